"""Every clock computed again from its marks alone, and the places where row and ledger differ (X-05)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tenesa.timers.models import Mark, Timer
from tenesa.timers.targets import hours_of
from tenesa.timers.working import Hours, add_working, working_between

Kind, State = Mark.Kind, Timer.State
NOTHING = timedelta()
STORED = ("state", "started_at", "due_at", "warn_at", "paused_at", "left", "left_warn", "ended_at", "warned_at",
          "breached")  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What a clock shows. `spans` are the stretches it ran, the last one open while it runs."""

    state: str
    started_at: datetime
    due_at: datetime
    warn_at: datetime | None = None
    paused_at: datetime | None = None
    left: timedelta | None = None
    left_warn: timedelta | None = None
    ended_at: datetime | None = None
    warned_at: datetime | None = None
    breached: bool = False
    spans: tuple[tuple[datetime, datetime | None], ...] = ()

    def elapsed(self, hours: Hours | None, now: datetime) -> timedelta:
        """The working time that counts against the target."""
        return sum((working_between(hours, start, end or max(start, now)) for start, end in self.spans), NOTHING)

    @property
    def pauses(self) -> list[tuple[datetime, datetime | None]]:
        """From when to when it stood still; the last one open while it is paused."""
        ends: list[datetime | None] = [start for start, _end in self.spans[1:]]
        if self.paused_at:
            ends.append(self.ended_at)
        return [(stop, end) for (_start, stop), end in zip(self.spans, ends, strict=False) if stop is not None]


class BrokenLedger(Exception):
    """The marks tell nothing that can have happened."""


def read(marks: Iterable[Mark]) -> Reading:
    """Fold the marks of one clock, oldest first."""
    now: Reading | None = None
    before: list[Reading] = []
    for mark in marks:
        if now is None:
            if mark.kind != Kind.STARTED or mark.due_at is None:
                raise BrokenLedger(f"begins with {mark.kind}")
            now = Reading(State.RUNNING, mark.at, mark.due_at, mark.warn_at, spans=((mark.at, None),))
            continue
        if mark.kind == Kind.RESTORED:
            if not before:
                raise BrokenLedger("nothing to take back")
            now = replace(before.pop(), warned_at=now.warned_at)
            continue
        if mark.kind in (Kind.PAUSED, Kind.RESUMED, Kind.STOPPED, Kind.FIRED):
            before.append(now)
        now = _after(now, mark)
    if now is None:
        raise BrokenLedger("no mark")
    return now


def _after(now: Reading, mark: Mark) -> Reading:  # noqa: PLR0911
    match Kind(mark.kind), State(now.state):
        case Kind.WARNED, State.RUNNING:
            return replace(now, warned_at=mark.at)
        case Kind.BREACHED, State.RUNNING:
            return replace(now, breached=True)
        case Kind.MOVED, State.RUNNING:
            return replace(now, due_at=mark.due_at or now.due_at, warn_at=mark.warn_at)
        case Kind.PAUSED, State.RUNNING:
            still = replace(now, state=State.PAUSED, paused_at=mark.at, spans=_closed(now, mark.at))
            return replace(still, left=mark.left, left_warn=mark.left_warn)
        case Kind.RESUMED, State.PAUSED:
            on = replace(now, state=State.RUNNING, paused_at=None, spans=(*now.spans, (mark.at, None)))
            return replace(on, due_at=mark.due_at or now.due_at, warn_at=mark.warn_at, left=None, left_warn=None)
        case Kind.STOPPED, State.RUNNING:
            breached = now.due_at < mark.at
            return replace(now, state=State.STOPPED, ended_at=mark.at, spans=_closed(now, mark.at), breached=breached)
        case Kind.STOPPED, State.PAUSED:
            return replace(now, state=State.STOPPED, ended_at=mark.at)
        case Kind.FIRED, State.RUNNING:
            return replace(now, state=State.FIRED, ended_at=mark.at, spans=_closed(now, mark.at))
    raise BrokenLedger(f"{mark.kind} while {now.state}")


def _closed(now: Reading, at: datetime) -> tuple[tuple[datetime, datetime | None], ...]:
    return (*now.spans[:-1], (now.spans[-1][0], at))


def recompute(timer: Timer) -> Reading:
    """What the row should say."""
    return read(timer.marks.all())


def target(marks: Sequence[Mark], reading: Reading, hours: Hours | None) -> timedelta:
    """The working time that the clock has in all, by the calendar as it is now."""
    said = next((mark for mark in reversed(marks) if mark.kind == Kind.MOVED), marks[0])
    before = ((start, min(end or said.at, said.at)) for start, end in reading.spans if start < said.at)
    spent = sum((working_between(hours, start, end) for start, end in before), NOTHING)
    return spent + (working_between(hours, said.at, said.due_at) if said.due_at else NOTHING)


def rest(timer: Timer, at: datetime) -> tuple[timedelta, timedelta | None]:
    """What a running clock has left of its target, and of its warning, when it is paused; negative when overdue."""
    hours = hours_of(timer.calendar_id)
    warn = working_between(hours, at, timer.warn_at) if timer.warn_at else None
    return working_between(hours, at, timer.due_at), warn


def times_after(timer: Timer, at: datetime) -> tuple[datetime, datetime | None]:
    """When a paused clock that goes on now is due and warns; what was over before the pause stays where it was."""
    hours = hours_of(timer.calendar_id)
    due, warn = timer.due_at, timer.warn_at
    if timer.left is not None and timer.left > NOTHING:
        due = add_working(hours, at, timer.left)
    if timer.left_warn is not None and timer.left_warn > NOTHING:
        warn = add_working(hours, at, timer.left_warn)
    return due, warn


def faults() -> Iterator[str]:
    """One sentence for each clock whose row says something else than its marks."""
    for timer in Timer.objects.prefetch_related("marks").order_by("pk").iterator(chunk_size=2000):
        try:
            told = recompute(timer)
        except BrokenLedger as broken:
            yield f"clock {timer.pk} ({timer}): {broken}"
            continue
        wrong = [name for name in STORED if getattr(timer, name) != getattr(told, name)]
        if wrong:
            yield f"clock {timer.pk} ({timer}): {', '.join(wrong)} differ from its marks"
        elif timer.calendar_id is None and (words := _drift(timer)):
            yield f"clock {timer.pk} ({timer}): {words}"


def _drift(timer: Timer) -> str:
    """A clock of day and night: what a pause left over is what the clock had when it went on."""
    due, left = timer.due_at, None
    for mark in timer.marks.all():
        if mark.kind == Kind.RESTORED:
            return ""
        if mark.kind == Kind.STARTED:
            due = mark.due_at or due
        elif mark.kind == Kind.PAUSED:
            left = mark.left
            if left != due - mark.at:
                return "a pause left over another time than there was"
        elif mark.kind == Kind.RESUMED and mark.due_at is not None:
            if left is not None and left > NOTHING and mark.due_at != mark.at + left:
                return "a pause cost or gave time"
            due = mark.due_at
    return ""
