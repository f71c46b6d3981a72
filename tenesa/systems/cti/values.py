"""What the telephone system knows of a caller and of an agent (W-26 5.3.2, W-05 1.1.8; S-20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tenesa.systems.readings import Fields


class Category(StrEnum):
    """What the CTI shows of a number; UNKNOWN where it has no entry."""

    VVIP = "VVIP"
    REGULAR = "REGULAR"
    UNKNOWN = "UNKNOWN"


class AgentState(StrEnum):
    AUTO_IN = "AUTO_IN"
    AUX = "AUX"
    ACW = "ACW"
    OFF = "OFF"


@dataclass(frozen=True)
class Caller:
    """`number` as it was asked for; `name` as the CTI has it, "" where it has none."""

    number: str
    category: Category
    name: str

    @classmethod
    def read(cls, data: Fields) -> Caller:
        return cls(data.text("number"), Category(data.one_of("category", list(Category))), data.words("name"))


@dataclass(frozen=True)
class Agent:
    login: str
    state: AgentState
    since: datetime

    @classmethod
    def read(cls, data: Fields) -> Agent:
        return cls(data.text("login"), AgentState(data.one_of("state", list(AgentState))), data.moment("since"))
