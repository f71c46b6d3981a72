"""IOC: where trouble of our own tools is reported (P-01 6.9)."""

from __future__ import annotations

from datetime import datetime

from tenesa.systems.http import SystemClient
from tenesa.systems.ioc.values import Trouble
from tenesa.systems.readings import Fields


class IocClient(SystemClient):
    system = "ioc"
    label = "IOC"

    def report(self, tool: str, text: str, since: datetime, area: str, *, key: str) -> Trouble:
        """S-28: report trouble of a tool; `area` is "" for everywhere. The same key gives the same reference."""

        def read(data: Fields) -> Trouble:
            data.same("tool", tool)
            return Trouble.read(data)

        body = {"tool": tool, "text": text, "since": since.isoformat(), "area": area}
        return self._write("report", read, key=key, body=body)

    def status(self, reference: str) -> Trouble:
        """S-28: how far it is. Refused NOT_FOUND."""

        def read(data: Fields) -> Trouble:
            data.same("reference", reference)
            return Trouble.read(data)

        return self._read("status", read, reference=reference)
