"""The figures: what a person may see of the tally, by KPI and split by day, agent, team, segment and part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tenesa.accounts.models import Area, Desk, Team, User
from tenesa.accounts.roles import Role
from tenesa.reporting.asked import NONE, Asked
from tenesa.reporting.buckets import COUNT, percentile
from tenesa.reporting.models import Tally
from tenesa.reporting.registry import Activity, Kpi, kpis, procedures
from tenesa.workflow.step import Step, steps_of

READERS = (Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER)
MONTHS_FROM = 93  # days from which on a month is one column
SUMS = {"sum_total": Sum("total"), "sum_met": Sum("met"), "sum_seconds": Sum("seconds")}


def leads(user: User) -> bool:
    return user.has_role(*READERS)


def seen_by(user: User) -> Q:
    """Rows of the desks and areas that this person leads; of the others only their own (X-12)."""
    led = dict.fromkeys((desk, area) for role, desk, area in user.places if role in READERS)
    where = Q(pk__in=[])
    for desk, area in led:
        where |= Q(desk_id=desk) & (Q(area_id=area) | Q(area_id=None)) if area else Q(desk_id=desk)
    if all((desk, area) in led for _role, desk, area in user.places):
        return where
    return where | Q(agent=user) & user.place_filter()


@dataclass(frozen=True)
class Figure:
    """So many of so many. `share` is None of nothing: there is no percentage of an empty period."""

    total: int = 0
    met: int = 0
    seconds: int = 0

    @property
    def missed(self) -> int:
        return self.total - self.met

    @property
    def share(self) -> float | None:
        return self.met / self.total if self.total else None

    @property
    def average(self) -> float | None:
        return self.seconds / self.total if self.total else None

    def signal(self, target: float | None) -> str:
        """Met, at risk (up to five points below), or missed."""
        if target is None or self.share is None:
            return ""
        return "met" if self.share >= target else "risk" if self.share >= target - 0.05 else "breach"


@dataclass(frozen=True)
class Line:
    """One line of a table: what it is of, its figure, and the question that leads to its cases."""

    label: str
    figure: Figure
    asked: Asked
    target: float | None = None

    @property
    def signal(self) -> str:
        return self.figure.signal(self.target)


@dataclass(frozen=True)
class KpiLine(Line):
    kpi: Kpi = field(kw_only=True)


def tally(user: User, asked: Asked) -> QuerySet[Tally]:
    rows = Tally.objects.filter(seen_by(user), day__gte=asked.first, day__lte=asked.last)
    return asked.narrow(rows)


def overview(user: User, asked: Asked) -> list[KpiLine]:
    """Every measure with its figure of the period, also where it is nothing."""
    rows = tally(user, asked).order_by().values("kpi").annotate(**SUMS)
    figures = {row["kpi"]: _figure(row) for row in rows}
    return [
        KpiLine(str(kpi.label), figures.get(kpi.slug, Figure()), asked, kpi.target, kpi=kpi) for kpi in kpis().values()
    ]


def of_kpi(user: User, asked: Asked, kpi: Kpi) -> QuerySet[Tally]:
    return tally(user, asked).filter(kpi=kpi.slug).order_by()


def total(rows: QuerySet[Tally]) -> Figure:
    return _figure(rows.aggregate(**SUMS))


def _figure(row: Any) -> Figure:
    return Figure(row["sum_total"] or 0, row["sum_met"] or 0, row["sum_seconds"] or 0)


# --- split ------------------------------------------------------------------------------------------------------------
def by_day(rows: QuerySet[Tally], asked: Asked, target: float | None) -> list[Line]:
    """One line a day, or a month where the period is long."""
    if asked.days >= MONTHS_FROM:
        months = rows.annotate(month=TruncMonth("day")).values("month").annotate(**SUMS).order_by("month")
        return [_of_month(row, asked, target) for row in months]
    found = {row["day"]: _figure(row) for row in rows.values("day").annotate(**SUMS).order_by("day")}
    days = [asked.first + timedelta(days=place) for place in range(asked.days)]
    return [
        Line(date_format(day, "j M"), found.get(day, Figure()), asked.but(period="own", first=day, last=day), target)
        for day in days
    ]


def _of_month(row: Any, asked: Asked, target: float | None) -> Line:
    first: date = row["month"]
    after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    last = date.fromordinal(after.toordinal() - 1)
    inside = asked.but(period="own", first=max(first, asked.first), last=min(last, asked.last))
    return Line(date_format(first, "M Y"), _figure(row), inside, target)


SPLITS = {"agent": "agent_id", "team": "team_id", "segment": "segment", "part": "part"}


def split(rows: QuerySet[Tally], name: str, asked: Asked, kpi: Kpi) -> list[Line]:
    """One line for each agent, team, segment or part, the largest first."""
    column = SPLITS[name]
    found = list(rows.values(column).annotate(**SUMS).order_by("-sum_total", column))
    names = _names(name, [row[column] for row in found], kpi)
    lines = []
    for row in found:
        key = row[column]
        inside = asked.but(**{name: str(key or NONE)})
        lines.append(Line(names.get(key) or str(key), _figure(row), inside, kpi.target))
    return lines


def _names(name: str, keys: Iterable[Any], kpi: Kpi) -> dict[Any, str]:
    if name == "agent":
        people = User.objects.filter(pk__in=[key for key in keys if key])
        return {None: _("nobody"), **{user.pk: str(user) for user in people}}
    if name == "team":
        return {None: _("no team"), **{team.pk: team.name for team in Team.objects.all()}}
    if name == "segment":
        return {"": _("not checked")}
    return {"": _("none"), **{key: str(words) for key, words in kpi.parts.items()}}


@dataclass(frozen=True)
class Distribution:
    """How the durations are spread; `p50` and `p90` are the ends of the buckets they fall in (0: above all)."""

    buckets: Sequence[int]

    @property
    def p50(self) -> int | None:
        return percentile(self.buckets, 0.5)

    @property
    def p90(self) -> int | None:
        return percentile(self.buckets, 0.9)

    def __bool__(self) -> bool:
        return any(self.buckets)


def distribution(rows: QuerySet[Tally]) -> Distribution:
    sums = {f"sum_{place}": Sum(f"buckets__{place}") for place in range(COUNT)}
    row = rows.exclude(buckets=[]).aggregate(**sums)
    return Distribution([row[f"sum_{place}"] or 0 for place in range(COUNT)])


@dataclass(frozen=True)
class ActivityLine:
    activity: Activity
    lines: list[KpiLine]
    steps: list[Step]


def activities(user: User, asked: Asked) -> list[ActivityLine]:
    """The matrix of P-05 7 with the KPIs of each activity and the steps that fulfil it (E-40)."""
    lines = overview(user, asked)
    return [
        ActivityLine(
            activity,
            [line for line in lines if line.kpi in procedure.kpis and line.kpi.activity == activity.number],
            [step for step in _steps(procedure.name) if activity.number in step.activities],
        )
        for procedure in procedures
        for activity in procedure.activities
    ]


def _steps(procedure: str) -> Iterable[Step]:
    model: Any = apps.get_model(procedure)
    return steps_of(model).values()


# --- what can be chosen -----------------------------------------------------------------------------------------------
def choices(user: User, kpi: Kpi | None = None) -> dict[str, list[tuple[str, str]]]:
    """The filters that this person can set, with the values that there are at their desks."""
    desks = {desk for _role, desk, _area in user.places}
    teams = Team.objects.filter(desk__in=desks)
    areas = Area.objects.all()
    segments = dict.fromkeys(segment for procedure in procedures for segment in procedure.segments)
    found = {
        "desk": [(desk.code, desk.name) for desk in Desk.objects.filter(pk__in=desks)],
        "area": [(area.code, area.name) for area in areas],
        "team": [(str(team.pk), team.name) for team in teams],
        "agent": [],
        "segment": [(segment, segment) for segment in segments],
        "part": [(key or NONE, str(words)) for key, words in kpi.parts.items()] if kpi else [],
    }
    if leads(user):
        people = User.objects.filter(memberships__team__in=teams).exclude(memberships__role=Role.API_CLIENT)
        found["agent"] = [(str(one.pk), str(one)) for one in people.distinct().order_by("first_name", "username")]
    return {name: options for name, options in found.items() if len(options) > 1}
