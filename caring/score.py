"""The declared score of a prospect, its facts, and why it stands where it stands (requirements 8.1).

The score is stored with its facts, so that a place in the queue can be explained next month. The weights are those of
the statement in `scoring.py` too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tenesa.rupiah import in_rupiah

BROKEN, APPOINTMENT, TERMINATION, ARREARS, CONTACT_RATE, ATTEMPTED = 400, 300, 200, 100, 50, 40
HORIZON_DAYS, FULL_ARREARS = 30, 1_500_000


@dataclass(frozen=True)
class ScoreFacts:
    """What a score is computed from. `days` are those to termination, `arrears` whole rupiah without fines,
    `contact_rate` the share of calls in thousandths that reached somebody in this part of the day, `attempts` the
    dials of the last 24 hours to the customer by all desks."""

    broken_promise: bool = False
    appointment_due: bool = False
    days: int = HORIZON_DAYS
    arrears: int = 0
    contact_rate: int = 0
    attempts: int = 0

    def stored(self) -> dict[str, Any]:
        """As it stands in `score_facts`."""
        return dict(vars(self))


def facts_of(stored: Mapping[str, Any]) -> ScoreFacts:
    """The facts that were stored with a score; what is not there stands for nothing."""
    return ScoreFacts(**{name: stored[name] for name in ScoreFacts.__dataclass_fields__ if name in stored})


def score_of(facts: ScoreFacts) -> int:
    """400·broken promise + 300·appointment due + 200·max(0, 1 − days/30) + 100·min(1, arrears/Rp 1,500,000)
    + 50·contact rate − 40·attempts in 24 h; each part is a whole number, rounded down."""
    return sum(points_of(facts))


def points_of(facts: ScoreFacts) -> tuple[int, ...]:
    """What each part gives or takes, in the order of the formula."""
    left = max(0, HORIZON_DAYS - max(0, facts.days))
    arrears = min(FULL_ARREARS, max(0, facts.arrears))
    rate = min(1_000, max(0, facts.contact_rate))
    return (
        BROKEN * facts.broken_promise,
        APPOINTMENT * facts.appointment_due,
        TERMINATION * left // HORIZON_DAYS,
        ARREARS * arrears // FULL_ARREARS,
        CONTACT_RATE * rate // 1_000,
        -ATTEMPTED * facts.attempts,
    )


def parts_of(facts: ScoreFacts, *, amounts: bool = True) -> Iterator[tuple[str, int]]:
    """Each part of the score with its reason in words, the parts that give or take nothing too. Without `amounts` no
    word tells how much or how late."""
    broken, appointment, termination, arrears, rate, attempts = points_of(facts)
    yield _("a promise was broken"), broken
    yield _("an appointment is due"), appointment
    until = _("%(days)d days to termination") % {"days": facts.days}
    yield until if amounts else _("urgency"), termination
    yield _("arrears of %(amount)s") % {"amount": in_rupiah(facts.arrears)} if amounts else _("size"), arrears
    share = f"{min(1_000, max(0, facts.contact_rate)) / 10:.0f} %"
    yield _("%(share)s reached in this part of the day") % {"share": share}, rate
    yield _("%(count)d calls in 24 hours") % {"count": facts.attempts}, attempts


def why_this_one(facts: ScoreFacts, *, amounts: bool = True) -> list[str]:
    """ "Why this one", the weightiest reason first: "a promise was broken (+400)"."""
    told = [(words, points) for words, points in parts_of(facts, amounts=amounts) if points]
    return [f"{words} ({points:+d})" for words, points in sorted(told, key=lambda part: -abs(part[1]))]
