"""EMBASSY: bandwidth, attenuation, attainable rate and SNR of a line (P-05 6.11)."""

from __future__ import annotations

from tenesa.systems.embassy.values import LineQuality
from tenesa.systems.http import SystemClient
from tenesa.systems.readings import Fields


class EmbassyClient(SystemClient):
    system = "embassy"
    label = "EMBASSY"

    def line(self, service_no: str) -> LineQuality:
        """S-16, W-05 1.2.7: the line as measured now; an offline modem is an answer. Refused NOT_FOUND."""

        def read(data: Fields) -> LineQuality:
            data.same("service_no", service_no)
            return LineQuality.read(data)

        return self._read("line", read, service_no=service_no)
