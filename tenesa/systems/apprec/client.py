"""APPREC, the recordings of calls, for QC (P-01 9.3; requirements 8.1)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenesa.systems.apprec.values import Recording
from tenesa.systems.http import SystemClient
from tenesa.systems.readings import BadDataError, Fields


class ApprecClient(SystemClient):
    system = "apprec"
    label = _("Recordings (APPREC)")

    def find(self, call_id: str) -> Recording:
        """S-27: the recording of this call and of no other, never the nearest in time. Refused NOT_FOUND."""

        def read(data: Fields) -> Recording:
            data.same("call_id", call_id)
            return Recording.read(data)

        return self._read("find", read, call_id=call_id)

    def audio(self, recording: str) -> bytes:
        """The sound itself, a WAV file, for a view that checks who listens and hands it on. Refused NOT_FOUND."""

        def read(content: bytes) -> bytes:
            if not content.startswith(b"RIFF"):
                raise BadDataError("audio")
            return content

        return self._fetch("audio", read, recording=recording)
