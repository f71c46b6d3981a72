"""TENOSS: the database of data and internet services (P-05 6.7)."""

from __future__ import annotations

from tenesa.systems.http import SystemClient
from tenesa.systems.readings import Fields
from tenesa.systems.tenoss.values import DataService


class TenossClient(SystemClient):
    system = "tenoss"
    label = "TENOSS"

    def service(self, sid: str) -> DataService:
        """S-12, W-05 1.2.2: customer, segment, bandwidth, node and address of a SID. Refused NOT_FOUND."""

        def read(data: Fields) -> DataService:
            data.same("sid", sid)
            return DataService.read(data)

        return self._read("get_service", read, sid=sid)
