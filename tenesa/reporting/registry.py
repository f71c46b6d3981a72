"""What there is to report: procedures with their KPIs and activities, and lists of rows that concern cases.

Procedure apps fill this in AppConfig.ready; nothing here is imported upwards (X-12, E-40). A list is shown as a page
by keyset and leaves as CSV and XLSX without a row cap:

    listings.add(Listing("escalations", _("Escalations"), "P-05 5.6, 5.9", rows=escalations_seen_by, moment="asked_at",
                         columns=(Column(_("Level"), attrgetter("level")), …), case=attrgetter("procedure", "case_id")))
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from django.db.models import Q, QuerySet
    from django.utils.functional import _StrOrPromise

    from tenesa.accounts.models import User
    from tenesa.audit.models import Event
    from tenesa.reporting.report_query import ReportQuery

Value = str | int | float | date | None  # a datetime is a date


@dataclass(frozen=True)
class Kpi:
    """One measure. With a `target` (a share from 0 to 1) it is a KPI; without one it counts.

    `counted` and `met` say in words which occurrences are counted and which of them meet it, `source` names the steps
    of the history that tell. `part` names what its rows are split by (unit, tool, type), `timed` says that they carry
    a duration. `sampled`: only some cases are looked at, so the share has an interval (`sampling.wilson`).
    """

    slug: str
    label: _StrOrPromise
    clause: str
    counted: _StrOrPromise
    source: str
    met: _StrOrPromise = ""
    target: float | None = None
    activity: str = ""
    part: _StrOrPromise = ""
    parts: Mapping[str, _StrOrPromise] = field(default_factory=dict)
    timed: bool = False
    sampled: bool = False


@dataclass(frozen=True)
class Activity:
    """A line of a document's activity matrix (P-05 7)."""

    number: str
    label: _StrOrPromise
    performer: _StrOrPromise
    output: _StrOrPromise
    purpose: _StrOrPromise
    kpi: _StrOrPromise


@dataclass(frozen=True)
class Measured:
    """One occurrence of a measure, found in a case's history at event `seq`; a case has one of a KPI at an event."""

    kpi: str
    case_id: int
    seq: int
    at: datetime
    desk_id: str
    area_id: str | None = None
    agent_id: int | None = None
    segment: str = ""
    part: str = ""
    reference: str = ""
    met: bool | None = None
    seconds: int | None = None


class Measurer(Protocol):
    def __call__(self, histories: Mapping[int, Sequence[Event]]) -> Iterable[Measured]:
        """Everything that the whole histories of these cases tell, each time anew: same histories, same rows."""


@dataclass(frozen=True)
class Procedure:
    """A procedure that is measured. `who` gives the customer of each case, half hidden (X-09)."""

    name: str
    document: str
    measure: Measurer
    kpis: Sequence[Kpi]
    activities: Sequence[Activity]
    segments: Mapping[str, _StrOrPromise]
    number: Callable[[int], str]
    address: Callable[[int], str]
    who: Callable[[Collection[int]], Mapping[int, str]]


@dataclass(frozen=True)
class Column:
    """What one column of a list shows of a row: text, number or moment; `link` leads to what a figure is made of."""

    label: _StrOrPromise
    value: Callable[[Any], Value]
    link: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class Band:
    """Rows of a list that belong together, as an age from so long to so long; the bands of a list are all its rows."""

    label: _StrOrPromise
    where: Q


@dataclass(frozen=True)
class Listing:
    """A list of rows, in the order of their `moment` (newest first, or oldest first).

    `rows` gives what this person may see, narrowed by what was asked (`ReportQuery`: period, desk, area, team, agent,
    segment); a list of what is so now ignores the period and says so by `now`. `case` names procedure and number of
    a row's case: its number, customer and link are added. `bands` gives what its chart counts by, as of now. One that
    is not `exportable` is read here and leaves as no file (need to know).
    """

    slug: str
    label: _StrOrPromise
    clause: str
    rows: Callable[[User, ReportQuery], QuerySet[Any]]
    columns: Sequence[Column]
    moment: str = "at"
    about: _StrOrPromise = ""
    empty: _StrOrPromise = ""
    icon: str = "list"
    oldest_first: bool = False
    now: bool = False
    for_leaders: bool = False
    exportable: bool = True
    case: Callable[[Any], tuple[str, int]] | None = None
    bands: Callable[[], Sequence[Band]] | None = None
    bands_label: _StrOrPromise = ""
    part: _StrOrPromise = ""  # the filter "part" of this list, as a measure has it
    parts: Mapping[str, _StrOrPromise] = field(default_factory=dict)
    bands_drawn: bool = True  # as a chart beside their table; not where they are names without an order


Item = TypeVar("Item")


class Register(Generic[Item]):
    """Things by their key, in the order of registration; the same thing twice is a mistake."""

    def __init__(self, key: Callable[[Item], str]) -> None:
        self._key, self._items = key, dict[str, Item]()

    def add(self, *items: Item) -> None:
        for item in items:
            if self._key(item) in self._items:
                msg = f"{self._key(item)} is registered already"
                raise ValueError(msg)
            self._items[self._key(item)] = item

    def put(self, item: Item) -> None:
        """In the place of the one with the same key."""
        self._items[self._key(item)] = item

    def get(self, key: str) -> Item | None:
        return self._items.get(key)

    def __getitem__(self, key: str) -> Item:
        return self._items[key]

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items.values())


listings: Register[Listing] = Register(lambda listing: listing.slug)
procedures: Register[Procedure] = Register(lambda procedure: procedure.name)


def measure_also(procedure: Procedure) -> None:
    """More measures of a procedure, beside those that another part of its app has registered."""
    known = procedures.get(procedure.name)
    if known is None:
        procedures.add(procedure)
        return
    measurers = known.measure, procedure.measure

    def measure(histories: Mapping[int, Sequence[Event]]) -> Iterable[Measured]:
        return chain.from_iterable(one(histories) for one in measurers)

    procedures.put(replace(known, measure=measure, kpis=[*known.kpis, *procedure.kpis]))


def segment_words() -> dict[str, str]:
    """The segments of all procedures as they are written."""
    return {key: str(words) for procedure in procedures for key, words in procedure.segments.items()}


def kpis() -> dict[str, Kpi]:
    """Every measure by its slug, in the order of its document."""
    return {kpi.slug: kpi for procedure in procedures for kpi in procedure.kpis}


_notes: list[Callable[[date], str]] = []


def note(said: Callable[[date], str]) -> None:
    """Have something said on the report pages: `said` gets the first day of the period, and gives "" for nothing."""
    _notes.append(said)


def notes_of(first: date) -> list[str]:
    return [words for said in _notes if (words := said(first))]
