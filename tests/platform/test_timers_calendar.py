"""Working time, counted again minute by minute: midnight, weekends, holidays, calendars that are never open."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenesa.timers.targets import _holidays
from tenesa.timers.working import DAY, Hours, NeverOpen, Span, add_working, working_between

JAKARTA = ZoneInfo("Asia/Jakarta")
MINUTE = timedelta(minutes=1)
OFFICE: list[list[Span]] = [[(480, 1020)]] * 5 + [[], []]
START = datetime(2026, 12, 23, tzinfo=JAKARTA)

spans = st.builds(lambda at, length: (at, min(at + length, DAY)), st.integers(0, DAY - 60), st.integers(60, DAY))
weeks = st.lists(st.lists(spans, max_size=2), min_size=7, max_size=7)
days = st.sets(st.integers(0, 6).map(lambda n: START.date() + timedelta(days=n)), max_size=3)
specials = st.dictionaries(
    st.integers(0, 6).map(lambda n: START.date() + timedelta(days=n)), st.lists(spans, max_size=1)
)
moments = st.integers(0, 4 * DAY).map(lambda n: START + n * MINUTE)


def hours(
    week: list[list[Span]], closed: set[date] | None = None, special: dict[date, list[Span]] | None = None
) -> Hours:
    holidays = closed or set()
    return Hours(week, JAKARTA, lambda day: day in holidays, special or {})


def is_open(calendar: Hours, moment: datetime) -> bool:
    """The naive reference: is this one minute working time?"""
    local = moment.astimezone(JAKARTA)
    day, minute = local.date(), local.hour * 60 + local.minute
    if day in calendar.special:
        return any(start <= minute < end for start, end in calendar.special[day])
    return not calendar.is_holiday(day) and any(start <= minute < end for start, end in calendar.week[day.weekday()])


@settings(max_examples=60, deadline=None)
@given(weeks, days, specials, moments, st.integers(0, 2 * DAY))
def test_it_counts_the_minutes_that_are_open(
    week: list[list[Span]], closed: set[date], special: dict[date, list[Span]], start: datetime, length: int
) -> None:
    calendar = hours(week, closed, special)
    end = start + length * MINUTE
    naive = sum(is_open(calendar, start + n * MINUTE) for n in range(length))
    assert working_between(calendar, start, end) == naive * MINUTE
    assert working_between(calendar, end, start) == -naive * MINUTE


@settings(max_examples=60, deadline=None)
@given(weeks, days, specials, moments, st.integers(1, 900))
def test_it_finds_the_minute_at_which_enough_has_passed(
    week: list[list[Span]], closed: set[date], special: dict[date, list[Span]], start: datetime, wanted: int
) -> None:
    calendar = hours(week, closed, special)
    try:
        due = add_working(calendar, start, wanted * MINUTE)
    except NeverOpen:
        assert not any(week)
        return
    assert working_between(calendar, start, due) == wanted * MINUTE
    assert is_open(calendar, due - MINUTE)  # and not a minute earlier


def test_a_clock_without_a_calendar_counts_day_and_night() -> None:
    assert add_working(None, START, timedelta(hours=30)) == START + timedelta(hours=30)
    assert working_between(None, START, START + timedelta(days=2)) == timedelta(days=2)


def test_it_goes_over_midnight_where_the_hours_do() -> None:
    night = hours([[(1320, DAY), (0, 360)]] * 7)  # 22.00 to 06.00, as two openings a day
    due = add_working(night, START.replace(hour=23), timedelta(hours=3))
    assert due == START.replace(day=24, hour=2)
    assert list(night.spans(date(2026, 12, 23)))[1][1] == START.replace(day=24)


def test_it_leaves_out_indonesian_holidays_and_says_when_nothing_is_ever_open() -> None:
    calendar = Hours(OFFICE, JAKARTA, lambda day: day in _holidays(("public",)))
    thursday = datetime(2026, 12, 24, 16, 30, tzinfo=JAKARTA)  # the 25th is Christmas, then a weekend
    assert add_working(calendar, thursday, timedelta(hours=1)) == datetime(2026, 12, 28, 8, 30, tzinfo=JAKARTA)
    assert date(2027, 8, 17) in _holidays(("public",))
    assert date(2026, 12, 24) in _holidays(("public", "government"))  # collective leave
    with pytest.raises(NeverOpen):
        add_working(hours([[]] * 7), START, MINUTE)
