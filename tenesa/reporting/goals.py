"""Which target held for a KPI on which day: rows of the administration, read rarely and kept for some seconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tenesa.remembered import Remembered
from tenesa.reporting.models import KpiTarget
from tenesa.reporting.registry import Kpi


@dataclass(frozen=True)
class Goal:
    """A target and the day from which it holds; without a day it came with the product."""

    share: float
    since: date | None = None


def history(kpi: Kpi) -> list[Goal]:
    """Every target of the KPI, oldest first; of several for one day the last one. Empty where it only counts."""
    if kpi.target is None:
        return []
    return [Goal(kpi.target), *_all().get(kpi.slug, ())]


def goal_on(kpi: Kpi, day: date) -> Goal | None:
    return next((goal for goal in reversed(history(kpi)) if goal.since is None or goal.since <= day), None)


def target_on(kpi: Kpi, day: date) -> float | None:
    goal = goal_on(kpi, day)
    return goal.share if goal else None


def _read() -> Mapping[str, Sequence[Goal]]:
    found: dict[str, dict[date, Goal]] = defaultdict(dict)
    for row in KpiTarget.objects.order_by("since", "pk"):
        found[row.kpi][row.since] = Goal(float(row.percent) / 100, row.since)
    return {slug: list(goals.values()) for slug, goals in found.items()}


_all = Remembered(_read, seconds=30)
forget = _all.forget
