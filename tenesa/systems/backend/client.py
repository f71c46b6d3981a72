"""Telkom and the back-end units (P-05 5.6)."""

from __future__ import annotations

from tenesa.systems.backend.values import Accepted, UnitResult
from tenesa.systems.http import SystemClient
from tenesa.systems.readings import Fields


class BackendClient(SystemClient):
    system = "backend"
    label = "Unit backend"

    def escalate(self, case: str, group: str, text: str, *, key: str) -> Accepted:
        """S-22: pass a matter on; the key is the escalation, so it is never opened twice. Refused NOT_FOUND."""

        def read(data: Fields) -> Accepted:
            data.same("group", group)
            return Accepted.read(data)

        return self._write("escalate", read, key=key, body={"case": case, "group": group, "text": text})

    def result(self, reference: str) -> UnitResult:
        """S-22: the unit's answer, empty while it works. Refused NOT_FOUND."""

        def read(data: Fields) -> UnitResult:
            data.same("reference", reference)
            return UnitResult.read(data)

        return self._read("result", read, reference=reference)
