"""The day of the holds: what ends when, hour by hour, what should be over, and what ended already (W-02 1.2.5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from pending.effects import GRACE
from pending.models import PendingRequest
from pending.states import WORKED_ON, State
from tenesa.accounts.models import User

MOST = 400  # holds of one day that are drawn; the list has them all
HOUR = timedelta(hours=1)
ENDING = Q(state=State.PENDED) | Q(state=State.RESUME_DUE) | Q(state=State.FAILED, failed_in=State.RESUME_DUE)
EXTENDING = Q(state__in=WORKED_ON, held_until__isnull=False) | Q(state=State.FAILED, held_until__isnull=False)


@dataclass(frozen=True)
class End:
    """One hold and when it ends, or ended. `asks` says that more time is being asked for meanwhile."""

    obj: PendingRequest
    at: datetime
    ended: bool = False
    late: bool = False
    asks: bool = False


@dataclass(frozen=True)
class Hour:
    start: datetime
    ends: Sequence[End] = ()
    now: bool = False
    past: bool = False

    @property
    def ahead(self) -> int:
        return sum(not end.ended for end in self.ends)


@dataclass(frozen=True)
class Day:
    """`over` are holds that should have ended and that NOSSA has not let go on; they stand above the hours."""

    now: datetime
    over: Sequence[End]
    hours: Sequence[Hour]
    ahead: int
    soon: int
    ended: int
    late: int
    more: bool = field(default=False)


def day(user: User, now: datetime | None = None) -> Day:
    now = timezone.localtime(now)
    begin = now.replace(hour=0, minute=0, second=0, microsecond=0)
    ends, more = _ends(user, begin, begin + timedelta(days=1), now)
    over = [end for end in ends if end.late and not end.ended]
    rest = [end for end in ends if end not in over]
    ahead = [end for end in rest if not end.ended]
    return Day(
        now, over, _hours(rest, now), len(ahead), sum(end.at <= now + HOUR for end in ahead),
        sum(end.ended for end in rest), sum(end.late for end in rest), more,
    )  # fmt: skip


def _ends(user: User, begin: datetime, midnight: datetime, now: datetime) -> tuple[list[End], bool]:
    visible: QuerySet[PendingRequest] = PendingRequest.objects.visible_to(user).select_related("reason")
    running = visible.filter(ENDING, until__lt=midnight) | visible.filter(EXTENDING, held_until__lt=midnight)
    ended = visible.filter(state=State.RESUMED, resumed_at__gte=begin, resumed_at__lt=midnight)
    rows = [*running.order_by("until", "pk")[: MOST + 1], *ended.order_by("resumed_at", "pk")[: MOST + 1]]
    found = sorted((_end(row, now) for row in rows), key=lambda end: (end.at, end.obj.pk))
    return found[:MOST], len(found) > MOST


def _end(row: PendingRequest, now: datetime) -> End:
    agreed = row.until or now
    if row.state == State.RESUMED:
        at = row.resumed_at or agreed
        return End(row, at, ended=True, late=at > agreed + GRACE)
    if row.held_until is not None:
        return End(row, row.held_until, asks=True, late=row.held_until <= now)
    return End(row, agreed, late=row.state != State.PENDED or agreed <= now)


def _hours(ends: Iterable[End], now: datetime) -> list[Hour]:
    """Every hour from the first end (or now) to the last one: a scale without holes."""
    of_hour: dict[datetime, list[End]] = {}
    for end in ends:
        of_hour.setdefault(_hour(end.at), []).append(end)
    this = _hour(now)
    at, last = min([this, *of_hour]), max([this, *of_hour])
    hours = []
    while at <= last:
        hours.append(Hour(at, of_hour.get(at, []), now=at == this, past=at < this))
        at += HOUR
    return hours


def _hour(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(minute=0, second=0, microsecond=0)
