"""An entry of the callback application (W-26 5.2.6, 5.3.4; S-21)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenesa.systems.readings import Fields

STATUSES = ("QUEUED", "CLAIMED", "DONE")


@dataclass(frozen=True)
class Queued:
    """One entry a case. `due_at` is when the customer wants to be called; `agent` is "" until it is claimed."""

    queue_id: str
    case: str
    status: str
    number: str
    due_at: datetime
    priority: int
    agent: str
    result: str

    @classmethod
    def read(cls, data: Fields) -> Queued:
        return cls(
            data.text("queue_id"),
            data.text("case"),
            data.one_of("status", STATUSES),
            data.text("number"),
            data.moment("due_at"),
            data.whole("priority"),
            data.words("agent"),
            data.words("result"),
        )
