"""The figures: what a person may see of the tally, by KPI and split by day, agent, team, segment and part."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from typing import Any

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tenesa.accounts.models import Area, Desk, Membership, Team, User
from tenesa.accounts.roles import AGENTS, Role
from tenesa.reporting.buckets import COUNT, percentile
from tenesa.reporting.goals import target_on
from tenesa.reporting.models import Monthly, Tally
from tenesa.reporting.registry import Activity, Kpi, Listing, kpis, procedures, segment_words
from tenesa.reporting.report_query import NONE, ReportQuery
from tenesa.reporting.sampling import Interval, wilson
from tenesa.workflow.step import Step, steps_of

READERS = (Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER)
WORKERS = AGENTS | {Role.QCO}
MONTHS_FROM = 93  # days from which on a month is one column
SUMS = {"sum_total": Sum("total"), "sum_met": Sum("met"), "sum_seconds": Sum("seconds")}


def leads(user: User) -> bool:
    return user.has_role(*READERS)


def seen_by(user: User, agent: str = "agent") -> Q:
    """Rows of the desks and areas that this person leads; of the others only their own (X-12)."""
    led = dict.fromkeys((desk, area) for role, desk, area in user.places if role in READERS)
    where = Q(pk__in=[])
    for desk, area in led:
        where |= Q(desk_id=desk) & (Q(area_id=area) | Q(area_id=None)) if area else Q(desk_id=desk)
    if all((desk, area) in led for _role, desk, area in user.places):
        return where
    return where | Q(**{agent: user}) & user.place_filter()


@dataclass(frozen=True)
class Figure:
    """So many of so many. `share` is None of nothing: there is no percentage of an empty period."""

    total: int = 0
    met: int = 0
    seconds: int = 0

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.total + other.total, self.met + other.met, self.seconds + other.seconds)

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
    report_query: ReportQuery
    target: float | None = None

    @property
    def signal(self) -> str:
        return self.figure.signal(self.target)


@dataclass(frozen=True)
class KpiLine(Line):
    kpi: Kpi = field(kw_only=True)

    @property
    def interval(self) -> Interval | None:
        return interval_of(self.kpi, self.figure)


def interval_of(kpi: Kpi, figure: Figure) -> Interval | None:
    """Where the share of all cases lies, when only a sample of them was looked at."""
    return wilson(figure.met, figure.total) if kpi.sampled else None


def tally(user: User, report_query: ReportQuery) -> QuerySet[Tally]:
    """The sums of every day of the period."""
    rows = Tally.objects.filter(seen_by(user), day__gte=report_query.first, day__lte=report_query.last)
    return report_query.narrow(rows)


def sums(user: User, report_query: ReportQuery) -> list[QuerySet[Any]]:
    """What adds up to the period: of a long one the sums of its whole months, and of the days before and after them."""
    months = _whole_months(report_query)
    if months is None:
        return [tally(user, report_query).order_by()]
    begin, end = months
    whole = report_query.narrow(Monthly.objects.filter(seen_by(user), day__gte=begin, day__lte=end))
    day = timedelta(days=1)  # two ranges and not one condition: each is a stretch of the index
    edges = [report_query.but(last=begin - day), report_query.but(first=end + day)]
    return [whole.order_by(), *(tally(user, edge).order_by() for edge in edges if edge.first <= edge.last)]


def _whole_months(report_query: ReportQuery) -> tuple[date, date] | None:
    """First day of the first, last day of the last whole month; None where days are shown or no month is whole."""
    first = report_query.first
    first = first if first.day == 1 else (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    last = (report_query.last + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    return (first, last) if report_query.days >= MONTHS_FROM and first < last else None


def overview(user: User, report_query: ReportQuery) -> list[KpiLine]:
    """Every measure with its figure of the period, also where it is nothing."""
    figures: defaultdict[str, Figure] = defaultdict(Figure)
    for rows in sums(user, report_query):
        for row in rows.values("kpi").annotate(**SUMS):
            figures[row["kpi"]] += _figure(row)
    in_order = sorted(kpis().values(), key=lambda kpi: float(kpi.activity.partition(".")[2] or 99))
    return [
        KpiLine(
            str(kpi.label), figures.get(kpi.slug, Figure()), report_query, target_on(kpi, report_query.last), kpi=kpi
        )
        for kpi in in_order
    ]


def of_desks(user: User, lines: Iterable[KpiLine]) -> list[KpiLine]:
    """Those of the documents that are worked by at the desks of this person, and whatever has a figure for them.

    All of them where nobody works at these desks, as for an administrator.
    """
    desks = {desk for _role, desk, _area in user.places}
    here = set(Membership.objects.filter(team__desk__in=desks, role__in=WORKERS).values_list("role", flat=True))
    of_procedure = {procedure.name: {kpi.slug for kpi in procedure.kpis} for procedure in procedures}
    wanted = {slug for name, slugs in of_procedure.items() if not here or here & _workers(name) for slug in slugs}
    return [line for line in lines if line.figure.total or line.kpi.slug in wanted]


@cache
def _workers(procedure: str) -> frozenset[str]:
    """Who works by this procedure, beside those who lead them: the roles that its steps name."""
    return frozenset(role for step in _steps(procedure) for role in step.roles if role in WORKERS)


def of_kpi(user: User, report_query: ReportQuery, kpi: Kpi) -> list[QuerySet[Any]]:
    return [rows.filter(kpi=kpi.slug) for rows in sums(user, report_query)]


def _figure(row: Any) -> Figure:
    return Figure(row["sum_total"] or 0, row["sum_met"] or 0, row["sum_seconds"] or 0)


# --- split ------------------------------------------------------------------------------------------------------------
SPLITS = {"agent": "agent_id", "team": "team_id", "segment": "segment", "part": "part"}
_COLUMNS = ("day", *SPLITS.values())
_SETS = """
SELECT GROUPING({columns}), {columns}, sum(total), sum(met), sum(seconds) FROM ({rows}) t
 GROUP BY GROUPING SETS ({sets})"""


@dataclass(frozen=True)
class Splits:
    """A measure's figures of a period by day, agent, team, segment and part: one walk over the tally for all."""

    kpi: Kpi
    report_query: ReportQuery
    figures: dict[str, dict[Any, Figure]]

    @property
    def target(self) -> float | None:
        """Of the period's last day."""
        return target_on(self.kpi, self.report_query.last)

    @property
    def total(self) -> Line:
        days = self.figures["day"].values()
        return Line(str(self.kpi.label), sum(days, Figure()), self.report_query, self.target)

    def by_day(self) -> list[Line]:
        """One line a day, or a month where the period is long."""
        days = [self.report_query.first + timedelta(days=place) for place in range(self.report_query.days)]
        if self.report_query.days < MONTHS_FROM:
            return [self._of(days[place : place + 1], "j M") for place in range(len(days))]
        return [self._of(list(month), "M Y") for _month, month in groupby(days, key=lambda day: (day.year, day.month))]

    def _of(self, days: Sequence[date], words: str) -> Line:
        figures = [figure for day in days if (figure := self.figures["day"].get(day))]
        report_query = self.report_query.but(period="own", first=days[0], last=days[-1])
        return Line(date_format(days[0], words), sum(figures, Figure()), report_query, target_on(self.kpi, days[-1]))

    def by(self, name: str) -> list[Line]:
        """One line for each agent, team, segment or part, the largest first."""
        found = sorted(self.figures[name].items(), key=lambda one: (-one[1].total, str(one[0])))
        names = _names(name, self.figures[name], self.kpi)
        return [
            Line(names.get(key) or str(key), figure, self.report_query.but(**{name: str(key or NONE)}), self.target)
            for key, figure in found
        ]


def splits(rows: Iterable[QuerySet[Any]], report_query: ReportQuery, kpi: Kpi) -> Splits:
    found: dict[str, dict[Any, Figure]] = {name: defaultdict(Figure) for name in ("day", *SPLITS)}
    for some in rows:
        _split(some, found)
    return Splits(kpi, report_query, found)


def _split(rows: QuerySet[Any], found: dict[str, dict[Any, Figure]]) -> None:
    try:
        inner, values = rows.values_list(*_COLUMNS, "total", "met", "seconds").query.sql_with_params()
    except EmptyResultSet:  # what was asked can find nothing
        return
    sets = ", ".join(f"({column})" for column in _COLUMNS)
    names = list(found)
    with connection.cursor() as cursor:
        cursor.execute(_SETS.format(columns=", ".join(_COLUMNS), rows=inner, sets=sets), values)
        for grouping, *keys, total, met, seconds in cursor.fetchall():
            place = _place(grouping)
            found[names[place]][keys[place]] += Figure(total, met, int(seconds))


def _place(grouping: int) -> int:
    """Which column a row is grouped by: PostgreSQL gives a bit for each that is not, the first one highest."""
    return len(_COLUMNS) - (~grouping & (1 << len(_COLUMNS)) - 1).bit_length()


def _names(name: str, keys: Iterable[Any], kpi: Kpi) -> dict[Any, str]:
    if name == "agent":
        people = User.objects.filter(pk__in=[key for key in keys if key])
        return {None: _("nobody"), **{user.pk: str(user) for user in people}}
    if name == "team":
        return {None: _("no team"), **{team.pk: team.name for team in Team.objects.all()}}
    if name == "segment":
        return {"": _("not checked"), **segment_words()}
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


def distribution(rows: Iterable[QuerySet[Any]]) -> Distribution:
    wanted = {f"sum_{place}": Sum(f"buckets__{place}") for place in range(COUNT)}
    found = [some.exclude(buckets=[]).aggregate(**wanted) for some in rows]
    return Distribution([sum(row[name] or 0 for row in found) for name in wanted])


@dataclass(frozen=True)
class ActivityLine:
    activity: Activity
    lines: list[KpiLine]
    steps: list[Step]


def activities(user: User, report_query: ReportQuery) -> list[ActivityLine]:
    """The matrix of P-05 7 with the KPIs of each activity and the steps that fulfil it (E-40)."""
    lines = overview(user, report_query)
    return [
        ActivityLine(
            activity,
            [line for line in lines if line.kpi.activity == activity.number],
            [step for step in _steps(procedure.name) if activity.number in step.activities],
        )
        for procedure in procedures
        for activity in procedure.activities
    ]


def matrix_clause() -> str:
    """The section of a document that has the matrix."""
    found = ((one.document, activity.number) for one in procedures for activity in one.activities)
    return ", ".join(dict.fromkeys(f"{document} {number.partition('.')[0]}" for document, number in found))


def source_words(kpi: Kpi) -> str:
    """Where a measure is read from, with the steps by their labels."""
    own_last = sorted(procedures, key=lambda one: kpi in one.kpis)
    labels = {step.name: str(step.label) for one in own_last for step in _steps(one.name)}
    parts = re.split(r"(, | → |[;:] )", kpi.source)
    return "".join(part if at % 2 else labels.get(part) or _(part) for at, part in enumerate(parts))


def _steps(procedure: str) -> Iterable[Step]:
    model: Any = apps.get_model(procedure)
    return steps_of(model).values()


# --- what can be chosen -----------------------------------------------------------------------------------------------
def choices(user: User, kpi: Kpi | Listing | None = None) -> dict[str, list[tuple[str, str]]]:
    """The filters that this person can set, with the values that there are at their desks."""
    desks = {desk for _role, desk, _area in user.places}
    teams = Team.objects.filter(desk__in=desks)
    areas = Area.objects.all()
    found = {
        "desk": [(desk.code, desk.name) for desk in Desk.objects.filter(pk__in=desks)],
        "area": [(area.code, area.name) for area in areas],
        "team": [(str(team.pk), team.name) for team in teams],
        "agent": [],
        "segment": list(segment_words().items()),
        "part": [(key or NONE, str(words)) for key, words in kpi.parts.items()] if kpi else [],
    }
    if leads(user):
        people = User.objects.filter(memberships__team__in=teams).exclude(memberships__role=Role.API_CLIENT)
        found["agent"] = [(str(one.pk), str(one)) for one in people.distinct().order_by("first_name", "username")]
    return {name: options for name, options in found.items() if len(options) > 1}
