"""The group in which the units talk to each other (W-05 1.2.3, 1.2.4; S-18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenesa.systems.readings import Fields


@dataclass(frozen=True)
class Posted:
    message: str
    group: str
    posted_at: datetime

    @classmethod
    def read(cls, data: Fields) -> Posted:
        return cls(data.text("message"), data.text("group"), data.moment("posted_at"))


@dataclass(frozen=True)
class GroupReply:
    message: str
    author: str
    text: str
    at: datetime

    @classmethod
    def read(cls, data: Fields) -> GroupReply:
        return cls(data.text("message"), data.text("author"), data.text("text"), data.moment("at"))
