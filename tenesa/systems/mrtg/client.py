"""MRTG: traffic graphs of data and internet links (P-05 6.10)."""

from __future__ import annotations

from tenesa.systems.http import SystemClient
from tenesa.systems.mrtg.values import Traffic
from tenesa.systems.readings import Fields


class MrtgClient(SystemClient):
    system = "mrtg"
    label = "MRTG"

    def traffic(self, sid: str, hours: int = 24) -> Traffic:
        """S-15, W-05 1.2.7: one sample an hour, oldest first. Refused NOT_FOUND where no graph is kept."""

        def read(data: Fields) -> Traffic:
            data.same("sid", sid)
            return Traffic.read(data)

        return self._read("traffic", read, sid=sid, hours=hours)
