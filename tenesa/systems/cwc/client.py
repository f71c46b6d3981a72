"""CWC, the input of TAMARA (P-01 step 2, step 6; AMB-28)."""

from __future__ import annotations

from tenesa.systems.http import SystemClient
from tenesa.systems.outbound import Entered, Outcome
from tenesa.systems.readings import Fields


class CwcClient(SystemClient):
    system = "cwc"
    label = "CWC"

    def enter(self, outcome: Outcome, *, key: str) -> Entered:
        """S-24: enter a result; it stands in TAMARA then and is read back from there by the key.

        The same key is one row, and what is sent again replaces what stands there. Refused INVALID (`fields`: name →
        what is wrong), CONFLICT where somebody has the row open (`locked_by`), CLOSED where another took its place.
        """

        def read(data: Fields) -> Entered:
            data.same("key", outcome.key)
            return Entered.read(data)

        return self._write("enter", read, key=key, body=outcome.body())
