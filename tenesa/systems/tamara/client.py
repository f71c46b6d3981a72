"""TAMARA, where results of caring are kept, judged and watched (P-01 6.6)."""

from __future__ import annotations

from datetime import date

from tenesa.systems.http import SystemClient
from tenesa.systems.outbound import MOST_ROWS, Entered, Outcome, Page, Row
from tenesa.systems.readings import Fields


class TamaraClient(SystemClient):
    system = "tamara"
    label = "TAMARA"

    def write(self, outcome: Outcome, *, key: str) -> Entered:
        """S-23: enter a result directly; CWC is the usual way (AMB-28). Same rules as `CwcClient.enter`."""

        def read(data: Fields) -> Entered:
            data.same("key", outcome.key)
            return Entered.read(data)

        return self._write("write", read, key=key, body=outcome.body())

    def find(self, key: str) -> Row:
        """S-23, AMB-28: the row of our key. Refused NOT_FOUND."""

        def read(data: Fields) -> Row:
            data.same("key", key)
            return data.one("found", Row.read)

        return self._read("find", read, key=key)

    def qc_list(self, since: date, until: date, *, after: int = 0, limit: int = MOST_ROWS) -> Page:
        """S-23: the rows of a period (both days included) that wait for a QCO, a page of them."""
        return self._page("qc_list", since, until, after, limit)

    def verdict(self, result: str, valid: str, note: str, *, qco: str, key: str) -> Row:
        """S-23: the QCO's word, "Valid" or "Not Valid", on the result of this key of ours; `qco` is their login.

        A later word, as after an appeal, takes the place of the earlier one. Refused NOT_FOUND, INVALID, CONFLICT where
        somebody has the row open (`locked_by`), CLOSED where another stands in its place.
        """

        def read(data: Fields) -> Row:
            data.same("key", result)
            return data.one("found", Row.read)

        body = {"key": result, "valid": valid, "note": note, "qco": qco}
        return self._write("verdict", read, key=key, body=body)

    def export(self, since: date, until: date, *, after: int = 0, limit: int = MOST_ROWS) -> Page:
        """S-23, P-01 step 5: all rows of a period (both days included), superseded ones too, a page of them."""
        return self._page("export", since, until, after, limit)

    def _page(self, operation: str, since: date, until: date, after: int, limit: int) -> Page:
        period = {"since": since.isoformat(), "until": until.isoformat()}
        return self._read(operation, Page.read, **period, after=after, limit=limit)
