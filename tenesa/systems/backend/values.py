"""What a back-end unit says of a matter that was passed on to it (P-05 5.6; S-22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenesa.systems.readings import Fields


@dataclass(frozen=True)
class Accepted:
    """The unit has the matter under its own reference."""

    reference: str
    group: str
    accepted_at: datetime

    @classmethod
    def read(cls, data: Fields) -> Accepted:
        return cls(data.text("reference"), data.text("group"), data.moment("accepted_at"))


@dataclass(frozen=True)
class UnitResult:
    """`answer` is empty until the unit has one."""

    reference: str
    answer: str
    answered_by: str

    @classmethod
    def read(cls, data: Fields) -> UnitResult:
        return cls(data.text("reference"), data.words("answer"), data.words("answered_by"))
