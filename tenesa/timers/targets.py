"""Which target holds for a clock: the most specific row, read rarely and kept for some seconds in every process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.apps import apps as now

from tenesa.remembered import Remembered
from tenesa.timers.models import Calendar, Opening, SpecialDay, Target, midnight_is_last
from tenesa.timers.working import Hours, NeverOpen, add_working

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True)
class Default:
    """A target as the product brings it; it holds until an administrator's row of the same clock is there."""

    name: str
    minutes: int
    warn: int | None = None
    segment: str = ""


@dataclass(frozen=True)
class Goal:
    """What a clock that starts now has to keep."""

    duration: timedelta
    warning: timedelta | None = None
    calendar: str | None = None
    hours: Hours | None = None

    def due(self, start: datetime) -> datetime:
        return add_working(self.hours, start, self.duration)

    def expected(self, start: datetime) -> datetime | None:
        """The same for pages, which say nothing where the calendar is never open."""
        try:
            return self.due(start)
        except NeverOpen:
            return None

    def warn(self, start: datetime) -> datetime | None:
        return add_working(self.hours, start, self.warning) if self.warning else None


@dataclass(frozen=True)
class Clocks:
    """What a procedure tells of its clocks; those `aside` warn but give the case no place in lists."""

    defaults: tuple[Default, ...]
    words: Mapping[str, _StrOrPromise]
    segments: Mapping[str, _StrOrPromise]
    aside: tuple[str, ...] = ()


Rows = dict[tuple[str, str], dict[tuple[str, str], Goal | None]]
clocks: dict[str, Clocks] = {}  # by procedure; filled in AppConfig.ready


def register(
    procedure: str,
    defaults: Iterable[Default],
    words: Mapping[str, _StrOrPromise],
    segments: Iterable[tuple[str, _StrOrPromise]] = (),
    aside: Iterable[str] = (),
) -> None:
    clocks[procedure] = Clocks(tuple(defaults), words, dict(segments), tuple(aside))


def add(procedure: str, defaults: Iterable[Default]) -> None:
    """Targets of a clock of another procedure, for cases of these segments."""
    known = clocks[procedure]
    own = tuple(defaults)
    segments = {**{one.segment: one.segment for one in own}, **known.segments}
    clocks[procedure] = replace(known, defaults=(*known.defaults, *own), segments=segments)


def aside(procedure: str) -> list[str]:
    return list(clocks[procedure].aside) if procedure in clocks else []


def words_of(procedure: str) -> Mapping[str, _StrOrPromise]:
    """The names of the procedure's clocks in words."""
    return clocks[procedure].words if procedure in clocks else {}


def words_of_clock(procedure: str, name: str) -> str:
    return str(words_of(procedure).get(name, name.replace("_", " ")))


def segment_words(procedure: str, segment: str) -> str:
    return str(clocks[procedure].segments.get(segment, segment)) if procedure in clocks else segment


def procedure_of(name: str) -> str:
    """The procedure that brings a clock of this name, "" where none does."""
    return next((which for which, told in clocks.items() if any(one.name == name for one in told.defaults)), "")


def segments_of(procedure: str) -> tuple[str, ...]:
    return tuple(clocks[procedure].segments) if procedure in clocks else ()


def goal(procedure: str, name: str, desk: str = "", segment: str = "") -> Goal | None:
    """The target of a clock; None where it is switched off or nobody has set one."""
    rows = _rows().get((procedure, name)) or _defaults(procedure, name)
    for key in ((desk, segment), (desk, ""), ("", segment), ("", "")):
        if key in rows:
            return rows[key]
    return None


@cache
def _defaults(procedure: str, name: str) -> dict[tuple[str, str], Goal | None]:
    known = clocks[procedure].defaults if procedure in clocks else ()
    return {("", one.segment): _goal(one.minutes, one.warn) for one in known if one.name == name}


def hours_now(calendar: str) -> Hours | None:
    """The opening hours as the database has them this moment; None where there is no such calendar yet."""
    found = next(iter(Calendar.objects.filter(pk=calendar).prefetch_related("openings", "special_days")), None)
    return _hours(found) if found else None


def hours_of(calendar: str | None) -> Hours | None:
    """The opening hours of a calendar; None, day and night, where there is no calendar."""
    return None if calendar is None else _all()[1][calendar]


def _rows() -> Rows:
    return _all()[0]


def _read() -> tuple[Rows, dict[str, Hours]]:
    hours = {calendar.code: _hours(calendar) for calendar in _calendars()}
    rows: Rows = defaultdict(dict)
    for row in Target.objects.all():
        found = _goal(row.minutes, row.warn_minutes, row.calendar_id, hours) if row.active else None
        rows[row.procedure, row.name][row.desk_id or "", row.segment] = found
    return dict(rows), hours


_all = Remembered(_read, seconds=30)
forget = _all.forget


def _goal(
    minutes: int, warn: int | None, calendar: str | None = None, hours: Mapping[str, Hours] | None = None
) -> Goal:
    warning = timedelta(minutes=warn) if warn else None
    return Goal(timedelta(minutes=minutes), warning, calendar, hours[calendar] if hours and calendar else None)


def _calendars() -> Iterable[Calendar]:
    return Calendar.objects.prefetch_related("openings", "special_days")


def _hours(calendar: Calendar) -> Hours:
    week: list[list[tuple[int, int]]] = [[] for _weekday in range(7)]
    openings: Iterable[Opening] = calendar.openings.all()
    for opening in openings:
        week[opening.weekday].append(midnight_is_last(opening.opens, opening.closes))
    days: Iterable[SpecialDay] = calendar.special_days.all()
    special = {one.day: [midnight_is_last(one.opens, one.closes)] if one.opens else [] for one in days}
    kinds = (("public", calendar.public_holidays), ("government", calendar.collective_leave))
    names = tuple(name for name, wanted in kinds if wanted)
    return Hours(week, ZoneInfo(calendar.zone), (lambda day: day in _holidays(names)) if names else _never, special)


def _never(_day: date) -> bool:
    return False


@cache
def _holidays(kinds: tuple[str, ...]) -> Any:
    """Indonesia's days off, year by year as they are asked for. The library is costly to import and rarely needed."""
    from holidays import country_holidays

    return country_holidays("ID", categories=kinds)


def seed(apps: Any = None, **_signal: Any) -> None:
    """Bring the defaults into the administration; what is there already stays as it is (Django's `post_migrate`)."""
    try:
        model = (apps or now).get_model("timers", "Target")
    except LookupError:  # migrated back to before there were targets
        return
    model.objects.bulk_create(
        [
            model(procedure=procedure, name=one.name, segment=one.segment, minutes=one.minutes, warn_minutes=one.warn)
            for procedure, told in clocks.items()
            for one in told.defaults
        ],
        ignore_conflicts=True,
    )
