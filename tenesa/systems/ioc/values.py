"""What the IOC says of a reported tool trouble (P-01 6.9; S-28)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenesa.systems.readings import Fields

OPEN = ("REPORTED", "IN_PROGRESS")
STATUSES = (*OPEN, "SOLVED")


@dataclass(frozen=True)
class Trouble:
    """`status` is REPORTED, IN_PROGRESS or SOLVED; `note` is what the IOC wrote last."""

    reference: str
    tool: str
    status: str
    status_at: datetime
    note: str

    @classmethod
    def read(cls, data: Fields) -> Trouble:
        return cls(
            data.text("reference"),
            data.text("tool"),
            data.one_of("status", STATUSES),
            data.moment("status_at"),
            data.words("note"),
        )
