"""Lists of rows: pages by keyset, rows for a file, and the lists that every measure has (X-12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import Count, Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import Area, Desk, Team, User
from tenesa.reporting.buckets import BOUNDS
from tenesa.reporting.models import Export, Measurement, Tally
from tenesa.reporting.registry import Band, Column, Kpi, Listing, Value, kpis, listings, procedures, segment_words
from tenesa.reporting.report_query import ReportQuery
from tenesa.reporting.selectors import leads, seen_by, tally
from tenesa.workflow import keyset
from tenesa.workflow.procedures import procedures as every_procedure

PAGE = 50
CHUNK = 2000
COUNT_UP_TO = 1_000  # the figure of a period is the report's; of a list it is enough to know that it is long
CASE, CUSTOMER = gettext_lazy("Case"), gettext_lazy("Customer")


@dataclass(frozen=True)
class Row:
    values: list[Value]
    address: str = ""
    number: str = ""
    links: Sequence[str] = ()  # beside the values, "" where there is none

    @property
    def cells(self) -> list[tuple[Value, str]]:
        return list(zip_longest(self.values, self.links, fillvalue=""))


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    next: str


def may_see(listing: Listing, user: User) -> bool:
    return leads(user) or not listing.for_leaders


def bands(listing: Listing, user: User, report_query: ReportQuery) -> list[tuple[Band, int]]:
    """How many rows each band has, in one question; nothing where the list has none."""
    found = list(listing.bands()) if listing.bands else []
    counts = {f"band_{place}": Count("pk", filter=band.where) for place, band in enumerate(found)}
    told = listing.rows(user, report_query).order_by().aggregate(**counts) if counts else {}
    return [(band, told[f"band_{place}"]) for place, band in enumerate(found)]


def in_band(listing: Listing, place: str) -> Listing:
    """The list narrowed to one of its bands."""
    known = list(listing.bands()) if listing.bands else []
    if not place.isdecimal() or int(place) >= len(known):
        return listing
    where = known[int(place)].where
    return replace(listing, rows=lambda user, report_query: listing.rows(user, report_query).filter(where))


def number(listing: Listing, user: User, report_query: ReportQuery) -> tuple[int, bool]:
    """How many rows the list has, counted up to COUNT_UP_TO, and whether there are more."""
    found = listing.rows(user, report_query).order_by().values("pk")[: COUNT_UP_TO + 1].count()
    return min(found, COUNT_UP_TO), found > COUNT_UP_TO


def heads(listing: Listing) -> list[str]:
    case = [str(CASE), str(CUSTOMER)] if listing.case else []
    return [*case, *(str(column.label) for column in listing.columns)]


def page(listing: Listing, user: User, report_query: ReportQuery, after: str = "") -> Page:
    """The rows behind the cursor, as many as a page holds."""
    rows = _ordered(listing, listing.rows(user, report_query))
    if key := keyset.read(after):
        rows = rows.filter(keyset.behind(listing.moment, *key, descending=not listing.oldest_first))
    items = list(rows[: PAGE + 1])
    more, items = len(items) > PAGE, items[:PAGE]
    last = keyset.place(attrgetter(listing.moment)(items[-1]), items[-1].pk) if more else ""
    return Page(_shown(listing, items), last)


def every(listing: Listing, user: User, report_query: ReportQuery) -> Iterator[list[Row]]:
    """All rows in chunks by a server-side cursor, without links: as much memory for a million as for a thousand."""
    with transaction.atomic():
        rows = _ordered(listing, listing.rows(user, report_query)).iterator(chunk_size=CHUNK)
        while items := list(islice(rows, CHUNK)):
            yield _shown(listing, items, links=False)


def _ordered(listing: Listing, rows: QuerySet[Any]) -> QuerySet[Any]:
    sign = "" if listing.oldest_first else "-"
    return rows.order_by(f"{sign}{listing.moment}", f"{sign}pk")


def _shown(listing: Listing, items: Sequence[Any], *, links: bool = True) -> list[Row]:
    cases = _cases(listing, items, links=links)
    shown = []
    for item in items:
        values = [column.value(item) for column in listing.columns]
        led = [
            column.link(item) if links and column.link and value else ""
            for column, value in zip(listing.columns, values, strict=True)
        ]
        if listing.case is None:
            shown.append(Row(values, links=led))
        else:
            number, who, address = cases[listing.case(item)]
            shown.append(Row([number, who, *values], address, number, [address, "", *led]))
    return shown


def _cases(listing: Listing, items: Sequence[Any], *, links: bool) -> dict[tuple[str, int], tuple[str, str, str]]:
    """Number, customer (half hidden) and address of the rows' cases: one question a procedure."""
    if listing.case is None:
        return {}
    wanted = {listing.case(item) for item in items}
    measured = {procedure.name for procedure in procedures}
    found = {case: _unmeasured(*case, links=links) for case in wanted if case[0] not in measured}
    for procedure in procedures:
        ids = [case_id for name, case_id in wanted if name == procedure.name]
        who = procedure.who(ids) if ids else {}
        for case_id in ids:
            address = procedure.address(case_id) if links else ""
            found[procedure.name, case_id] = procedure.number(case_id), who.get(case_id, ""), address
    return found


def _unmeasured(procedure: str, case_id: int, *, links: bool) -> tuple[str, str, str]:
    """A case whose procedure has no KPI: what every case says of itself, without its customer."""
    model: Any = every_procedure()[procedure]
    case = model(pk=case_id)
    return case.number, "", case.get_absolute_url() if links else ""


# --- the lists of a measure -------------------------------------------------------------------------------------------
def name_of(field: str) -> Callable[[Any], str]:
    """The related row in words, "" where there is none."""
    return lambda row: str(getattr(row, field) or "")


def name_in(field: str, model: type[Model]) -> Callable[[Any], str]:
    """The same for long lists: the names of a small table are read once, when the first row asks for one."""
    known: dict[Any, str] = {}

    def name(row: Any) -> str:
        key = getattr(row, field)
        if key is not None and not known:
            known.update({one.pk: str(one) for one in model._default_manager.all()})
        return known.get(key, "")

    return name


def minutes(row: Measurement) -> float | None:
    return None if row.seconds is None else round(row.seconds / 60, 1)


def measurements(kpi: Kpi, *, met: str = "", bucket: str = "") -> Listing:
    """The cases behind a figure, one row an occurrence; `met` "0" or "1" and a bucket narrow them further."""

    def rows(user: User, report_query: ReportQuery) -> QuerySet[Measurement]:
        found = Measurement.objects.filter(seen_by(user), _more(met, bucket), kpi=kpi.slug)
        return report_query.within(report_query.narrow(found))

    columns = [
        Column(gettext_lazy("Time"), attrgetter("at")),
        Column(gettext_lazy("Agent"), name_in("agent_id", User)),
        Column(gettext_lazy("Team"), name_in("team_id", Team)),
        Column(gettext_lazy("Area"), name_in("area_id", Area)),
        Column(gettext_lazy("Segment"), _segment),
    ]
    if kpi.part:
        columns.append(Column(kpi.part, lambda row: str(kpi.parts.get(row.part, row.part))))
    columns.append(Column(gettext_lazy("Reference"), attrgetter("reference")))
    if kpi.met:
        columns.append(Column(gettext_lazy("Met"), lambda row: _("yes") if row.met else _("no")))
    if kpi.timed:
        columns.append(Column(gettext_lazy("Minutes"), minutes))
    case = attrgetter("procedure", "case_id")
    return Listing(kpi.slug, kpi.label, kpi.clause, rows=rows, columns=columns, case=case, about=kpi.counted)


def _more(met: str, bucket: str) -> Q:
    where = Q(met=met == "1") if met in {"0", "1"} else Q()
    if bucket.isdecimal() and int(bucket) <= len(BOUNDS):
        place = int(bucket)
        where &= Q(seconds__gt=BOUNDS[place - 1]) if place else Q(seconds__isnull=False)
        where &= Q(seconds__lte=BOUNDS[place]) if place < len(BOUNDS) else Q()
    return where


def figures(kpi: Kpi | None = None) -> Listing:
    """The tally itself: what the page adds up, one row a day, agent, team, segment and part."""

    def rows(user: User, report_query: ReportQuery) -> QuerySet[Tally]:
        found = tally(user, report_query)
        found = found.filter(kpi=kpi.slug) if kpi else found
        return found.defer("buckets")

    known = kpis()
    columns = [
        Column(gettext_lazy("Day"), attrgetter("day")),
        Column(gettext_lazy("KPI"), lambda row: str(known[row.kpi].label) if row.kpi in known else row.kpi),
        Column(gettext_lazy("Clause"), lambda row: known[row.kpi].clause if row.kpi in known else ""),
        Column(gettext_lazy("Desk"), name_in("desk_id", Desk)),
        Column(gettext_lazy("Area"), name_in("area_id", Area)),
        Column(gettext_lazy("Team"), name_in("team_id", Team)),
        Column(gettext_lazy("Agent"), name_in("agent_id", User)),
        Column(gettext_lazy("Segment"), _segment),
        Column(gettext_lazy("Part"), _part),
        Column(gettext_lazy("Counted"), attrgetter("total")),
        Column(gettext_lazy("Met"), lambda row: row.met if _judged(row.kpi) else None),
        Column(gettext_lazy("Minutes in all"), lambda row: round(row.seconds / 60, 1) if row.seconds else None),
    ]
    slug, label = (kpi.slug, kpi.label) if kpi else ("all", gettext_lazy("All KPIs"))
    return Listing(slug, label, kpi.clause if kpi else "", rows=rows, columns=columns, moment="day")


def _segment(row: Measurement | Tally) -> str:
    return segment_words().get(row.segment, row.segment)


def _part(row: Tally) -> str:
    kpi = kpis().get(row.kpi)
    return str(kpi.parts.get(row.part, row.part)) if kpi and kpi.part else row.part


def _judged(slug: str) -> bool:
    kpi = kpis().get(slug)
    return bool(kpi and kpi.met)


# --- who took figures out of the house --------------------------------------------------------------------------------
def exports_seen_by(user: User, report_query: ReportQuery) -> QuerySet[Export]:
    """Exports of the people of the desks that this person leads."""
    desks = {desk for role, desk, _area in user.places}
    people = User.objects.filter(memberships__team__desk__in=desks)
    return report_query.within(Export.objects.filter(by__in=people)).select_related("by", "end")


def _report(export: Export) -> str:
    """What was taken out, in words: a list, the figures of a measure, or the cases behind them."""
    first, _dash, rest = export.report.partition("-")
    slug = rest.partition("-")[0] if first in {"cases", "kpi"} else first
    found = kpis().get(slug) or listings.get(slug)
    label = str(found.label) if found else _("All KPIs")
    return f"{label}: {_('Cases')}" if first == "cases" else label


def _ending(export: Export) -> str:
    end = getattr(export, "end", None)
    if end is None:
        return _("running, or cut by the end of its process")
    return _("finished") if end.finished else _("cut")


def register() -> None:
    listings.add(
        Listing(
            "exports", gettext_lazy("Exports"), "X-09",
            about=gettext_lazy("who took which figures out of the house, with which filter"),
            rows=exports_seen_by, icon="file-down", for_leaders=True,
            columns=[
                Column(gettext_lazy("Time"), attrgetter("at")),
                Column(gettext_lazy("Person"), name_of("by")),
                Column(gettext_lazy("Report"), _report),
                Column(gettext_lazy("Format"), attrgetter("kind")),
                Column(gettext_lazy("Filter"), attrgetter("report_query")),
                Column(gettext_lazy("Rows"), lambda row: row.end.rows if getattr(row, "end", None) else None),
                Column(gettext_lazy("End"), _ending),
            ],
        )
    )  # fmt: skip
