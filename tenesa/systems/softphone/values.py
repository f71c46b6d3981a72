"""What a softphone says of its calls (requirements 9, S-25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenesa.systems.readings import Fields

STATES = ("RINGING", "CONNECTED", "ENDED")
RESULTS = ("ANSWERED", "NO_ANSWER", "BUSY", "OFF", "REJECTED", "INVALID", "CANCELLED")


@dataclass(frozen=True)
class CallLog:
    """One call: `result` is "" until it is known, `duration` the seconds of talk, `recording` its reference or "".

    CANCELLED: the agent hung up before anybody answered.
    """

    call_id: str
    number: str
    agent: str
    state: str
    result: str
    started_at: datetime
    ended_at: datetime | None
    duration: int
    recording: str

    @classmethod
    def read(cls, data: Fields) -> CallLog:
        result = data.words("result")
        return cls(
            call_id=data.text("call_id"),
            number=data.text("number"),
            agent=data.text("agent"),
            state=data.one_of("state", STATES),
            result=data.one_of("result", RESULTS) if result else "",
            started_at=data.moment("started_at"),
            ended_at=data.moment_or_none("ended_at"),
            duration=data.whole("duration"),
            recording=data.words("recording"),
        )
