"""TELKOM.CENTER: data and topology of a link (P-05 6.8)."""

from __future__ import annotations

from tenesa.systems.http import SystemClient
from tenesa.systems.readings import Fields
from tenesa.systems.telkom_center.values import Topology


class TelkomCenterClient(SystemClient):
    system = "telkom_center"
    label = "TELKOM.CENTER"

    def topology(self, sid: str) -> Topology:
        """S-13, W-05 1.2.7: nodes, ports and link states of a SID. Refused NOT_FOUND."""

        def read(data: Fields) -> Topology:
            data.same("sid", sid)
            return Topology.read(data)

        return self._read("topology", read, sid=sid)
