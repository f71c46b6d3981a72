"""Daily counts of outbound calls (P-01 6.10; S-26)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tenesa.systems.readings import Fields


@dataclass(frozen=True)
class DayCount:
    """The results of one agent on one day for one campaign. `called` counts all, `reasons` them by reason."""

    day: date
    team: str
    login: str
    campaign: str
    called: int
    contacted: int
    agree: int
    follow_up: int
    decline: int
    not_contacted: int
    reasons: dict[str, int]

    @classmethod
    def read(cls, data: Fields) -> DayCount:
        reasons = data.many("reasons", lambda one: (one.text("reason"), one.whole("count")))
        counts = ("called", "contacted", "agree", "follow_up", "decline", "not_contacted")
        return cls(
            day=data.day("day"),
            team=data.words("team"),
            login=data.text("login"),
            campaign=data.text("campaign"),
            reasons=dict(reasons),
            **{name: data.whole(name) for name in counts},
        )
