"""Working time: pure functions over opening hours. A calendar that is None means day and night (X-06).

Opening hours are minutes of the local day; a span that ends at 1440 ends at midnight, so one that goes on after
midnight is two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[int, int]
DAY = 1440
LOOK_AHEAD = 800  # days without an opening after which a calendar counts as empty
NOTHING = timedelta()


class NeverOpen(Exception):
    """The calendar has no opening hours where a deadline would have to lie."""


def _none(_day: date) -> bool:
    return False


@dataclass(frozen=True)
class Hours:
    """Opening hours of Monday to Sunday, and what is known of single days: closed, or open by other hours."""

    week: Sequence[Sequence[Span]]
    zone: ZoneInfo
    is_holiday: Callable[[date], bool] = _none
    special: Mapping[date, Sequence[Span]] = field(default_factory=dict)

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The openings of a local day in UTC, in order, those that touch or overlap as one."""
        usual: Sequence[Span] = () if self.is_holiday(day) else self.week[day.weekday()]
        spans = self.special.get(day, usual)
        last: Span | None = None
        for span in sorted(spans):
            if last and span[0] <= last[1]:
                last = (last[0], max(last[1], span[1]))
                continue
            if last:
                yield self._moment(day, last[0]), self._moment(day, last[1])
            last = span
        if last:
            yield self._moment(day, last[0]), self._moment(day, last[1])

    def _moment(self, day: date, minute: int) -> datetime:
        days, rest = divmod(minute, DAY)
        local = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), self.zone)
        return local.astimezone(UTC)

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()


def add_working(hours: Hours | None, start: datetime, duration: timedelta) -> datetime:
    """The moment at which so much working time has passed since `start`; raises NeverOpen."""
    if hours is None or duration <= NOTHING:
        return start + duration if hours is None else start
    left, day = duration, hours.day_of(start)
    for _day in range(LOOK_AHEAD):
        for opens, closes in hours.spans(day):
            begin = max(opens, start)
            if begin >= closes:
                continue
            if left <= closes - begin:
                return begin + left
            left -= closes - begin
        day += timedelta(days=1)
    raise NeverOpen(f"no {duration} of working time within {LOOK_AHEAD} days")


def working_between(hours: Hours | None, start: datetime, end: datetime) -> timedelta:
    """The working time from `start` to `end`; negative where `end` is earlier."""
    if hours is None:
        return end - start
    if end < start:
        return -working_between(hours, end, start)
    total, day, last = NOTHING, hours.day_of(start), hours.day_of(end)
    while day <= last:
        for opens, closes in hours.spans(day):
            total += max(NOTHING, min(closes, end) - max(opens, start))
        day += timedelta(days=1)
    return total
