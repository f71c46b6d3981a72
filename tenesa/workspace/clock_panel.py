"""The clocks of a case as its page shows them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tenesa.incidents.incident_times import length
from tenesa.timers import ledger
from tenesa.timers.models import Mark, Timer
from tenesa.timers.targets import aside, hours_of, words_of
from tenesa.workflow.case import Case
from tenesa.workflow.readings import Reading

ENDED_SHOWN = 8


@dataclass(frozen=True)
class Clock:
    """One clock. `told` are (what, when, who); `left` is negative text where it is overdue."""

    name: str | Promise
    timer: Timer
    state: str
    signal: str
    target: str
    elapsed: str
    left: str
    wanted: timedelta
    spent: timedelta
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    told: list[tuple[str, datetime, str]] = field(default_factory=list)

    @property
    def alive(self) -> bool:
        return self.timer.state in Timer.LIVE

    @property
    def ticks(self) -> bool:
        """Its time left is shown by the moment at which it is due, as in the head of the case."""
        return self.timer.state == Timer.State.RUNNING


@dataclass(frozen=True)
class Panel:
    clocks: list[Clock]
    ended: list[Clock]


def _marks(case: Any) -> QuerySet[Mark]:
    marks = Mark.objects.filter(timer__procedure=case.procedure_name(), timer__case_id=case.pk)
    return marks.select_related("timer").order_by("timer_id", "id")


MARKS = Reading("marks", _marks)


def panel(case: Case) -> Panel:
    """Every clock of the case with its marks, in one query: those that run first, the most urgent on top."""
    now = timezone.now()
    clocks = [_clock(list(own), now) for _pk, own in groupby(MARKS.of(case), key=lambda mark: mark.timer_id)]
    alive = sorted((one for one in clocks if one.alive), key=lambda one: one.timer.due_at)
    ended = sorted((one for one in clocks if not one.alive), key=lambda one: one.timer.pk, reverse=True)
    return Panel(alive, ended[:ENDED_SHOWN])


def _clock(marks: list[Mark], now: datetime) -> Clock:
    timer = marks[0].timer
    reading, hours = ledger.read(marks), hours_of(timer.calendar_id)
    elapsed = reading.elapsed(hours, now)
    target = ledger.target(marks, reading, hours)
    left = target - elapsed
    return Clock(
        name=_name(timer),
        timer=timer,
        state=str(timer.get_state_display()),
        signal=_signal(timer, left, now),
        target=length(target),
        elapsed=length(elapsed),
        wanted=target,
        spent=elapsed,
        left=_("%(time)s over") % {"time": length(left)} if left < timedelta() else length(left),
        pauses=reading.pauses,
        told=[
            (str(mark.get_kind_display()), mark.at, _told(mark))
            for mark in marks
            if mark.kind in {Mark.Kind.WARNED, Mark.Kind.BREACHED, Mark.Kind.MOVED}
        ],
    )


def _name(timer: Timer) -> str:
    """In words; a clock that follows what another system tells names the number that it follows."""
    words = str(words_of(timer.procedure).get(timer.name, timer.name))
    return f"{words} {timer.note.partition(' ')[0]}" if timer.name in aside(timer.procedure) else words


def _told(mark: Mark) -> str:
    """Whom it was told; what NOSSA's history had as over before we read it was told to nobody (`due_at`: see Mark)."""
    if mark.kind == Mark.Kind.MOVED:
        return _("its calendar has changed")
    if mark.due_at is not None:
        return _("known from NOSSA afterwards")
    who = ", ".join(one["name"] for one in mark.told)
    return _("told: %(who)s") % {"who": who} if who else _("nobody was on duty")


def _signal(timer: Timer, left: timedelta, now: datetime) -> str:
    if timer.state == Timer.State.FIRED:
        return ""
    if timer.breached or left < timedelta():
        return "breach"
    if timer.state == Timer.State.RUNNING and timer.warn_at and timer.warn_at <= now:
        return "risk"
    return "" if timer.state == Timer.State.PAUSED else "met"
