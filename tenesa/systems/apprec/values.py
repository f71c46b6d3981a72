"""Recordings of calls (requirements 9, S-27)."""

from __future__ import annotations

from dataclasses import dataclass

from tenesa.systems.readings import Fields


@dataclass(frozen=True)
class Recording:
    """The recording of one call: `recording` is its reference, `duration` its seconds, `media` "audio/wav"."""

    recording: str
    call_id: str
    duration: int
    media: str

    @classmethod
    def read(cls, data: Fields) -> Recording:
        return cls(data.text("recording"), data.text("call_id"), data.whole("duration"), data.text("media"))
