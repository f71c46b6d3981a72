"""What a step says about clocks: start one, stop some, put them back. Rows only; beat does the rest.

Every statement writes the clock's mark with it, so the ledger costs no round trip of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from tenesa.audit.models import Event
from tenesa.timers import ledger, targets
from tenesa.timers.models import Mark, Timer
from tenesa.timers.working import NeverOpen
from tenesa.workflow import rows
from tenesa.workflow.case import NO_CLOCK, Case
from tenesa.workflow.errors import NotNow
from tenesa.workflow.step import Ahead, Decides

# Written out to go in one round trip with the case, whose row takes its new place in the lists with it.
# A clock that is stopped after its time was late, whether the sweep had seen it by then or not.
_STOP = """
    WITH ended AS (
        UPDATE timers_timer SET state = 'STOPPED', ended_at = %(at)s,
               breached = CASE state WHEN 'RUNNING' THEN due_at < %(at)s ELSE breached END
         WHERE procedure = %(procedure)s AND case_id = %(case)s AND state IN ('RUNNING', 'PAUSED') {named}
        RETURNING id)
    INSERT INTO timers_mark (timer_id, kind, at, seq, told)
    SELECT id, 'STOPPED', %(at)s, %(seq)s, '[]' FROM ended;"""
_STOP_ALL = _STOP.format(named="")
_STOP_NAMED = _STOP.format(named="AND name = ANY (%(names)s)")
_START = """
    WITH started AS (
        INSERT INTO timers_timer (procedure, case_id, name, started_at, warn_at, due_at, calendar_id, step, goes_on,
                                  state, breached, note)
        SELECT %(procedure)s, %(case)s, %(name)s, %(at)s, %(warn_at)s, %(due_at)s, %(calendar)s, %(step)s, %(goes_on)s,
               'RUNNING', false, ''
         {unless}
        RETURNING id)
    INSERT INTO timers_mark (timer_id, kind, at, seq, due_at, warn_at, told)
    SELECT id, 'STARTED', %(at)s, %(seq)s, %(due_at)s, %(warn_at)s, '[]' FROM started;"""
_RESTART = (_STOP_NAMED, _START.format(unless=""))
_START_UNLESS = (
    _START.format(
        unless="""WHERE NOT EXISTS (
        SELECT 1 FROM timers_timer WHERE procedure = %(procedure)s AND case_id = %(case)s
           AND state IN ('RUNNING', 'PAUSED') AND name = %(name)s)"""
    ),
)
_NEAREST = """
    SELECT urgent_at, urgent_for, warn_at
      FROM ((SELECT 1, due_at, name, warn_at FROM timers_timer
              WHERE procedure = %(procedure)s AND case_id = %(case)s AND state = 'RUNNING'
                AND name <> ALL (%(aside)s::text[]) ORDER BY due_at LIMIT 1)
            UNION ALL SELECT 2, %(otherwise)s::timestamptz, '', NULL) AS clock (rank, urgent_at, urgent_for, warn_at)
     ORDER BY rank LIMIT 1"""
_PLACE = ("urgent_at", "urgent_for", "warn_at")


@dataclass(frozen=True)
class StartTimer(Decides):
    """Start (or start again) the named clock; at its due time `step` is taken by the system.

    How long it runs says its target (`timers.Target`); a duration or a moment given here goes before. A clock whose
    target is switched off is not started. `goes_on`: it takes its step and counts on as breached. `unless_alive`: one
    that runs or is paused is left alone.
    """

    name: str
    due: timedelta | None = None
    warn: timedelta | None = None
    step: str = ""
    until: datetime | None = None
    goes_on: bool = False
    unless_alive: bool = False

    def ahead(self, case: Case, event: Event) -> Ahead:
        due_at, warn_at, calendar = self._times(case, event.at)
        if due_at is None:
            return _ahead((_STOP_NAMED,), case, event, {"names": [self.name]})
        values = {
            "names": [self.name], "name": self.name, "warn_at": warn_at, "due_at": due_at, "calendar": calendar,
            "step": self.step, "goes_on": self.goes_on,
        }  # fmt: skip
        return _ahead(_START_UNLESS if self.unless_alive else _RESTART, case, event, values)

    def _times(self, case: Case, at: datetime) -> tuple[datetime | None, datetime | None, str | None]:
        if self.until or self.due:
            return self.until or at + (self.due or timedelta()), at + self.warn if self.warn else None, None
        goal = targets.goal(case.procedure_name(), self.name, case.desk_id, getattr(case, "segment", ""))
        try:
            return (goal.due(at), goal.warn(at), goal.calendar) if goal else (None, None, None)
        except NeverOpen as error:
            words = _("The clock “%(clock)s” cannot be started: its calendar “%(calendar)s” is never open.")
            called = _called(case.procedure_name(), self.name)
            raise NotNow([words % {"clock": called, "calendar": goal.calendar if goal else ""}]) from error


@dataclass(frozen=True)
class StopTimer(Decides):
    """Stop the named clocks; without names, every clock of the case."""

    names: tuple[str, ...] = ()

    def ahead(self, case: Case, event: Event) -> Ahead:
        return _ahead((_STOP_NAMED if self.names else _STOP_ALL,), case, event, {"names": list(self.names)})


@dataclass(frozen=True)
class RestoreTimers:
    """Put the clocks back as they were before the event: those it started stop, those it stopped run on. With `names`
    these clocks alone, unless one of the name has been started again since."""

    before_case: ClassVar[bool] = True
    undone: Event
    names: tuple[str, ...] = ()

    def write(self, case: Case, event: Event) -> None:
        own = Timer.objects.filter(procedure=case.procedure_name(), case_id=case.pk)
        touched = own.filter(marks__seq=self.undone.seq)
        if self.names:
            alive = own.filter(state__in=Timer.LIVE).values("name")
            touched = touched.filter(name__in=self.names).exclude(name__in=alive)
        timers = list(touched.distinct().prefetch_related("marks"))
        begun = {timer.pk for timer in timers if self._kinds(timer)[0] == Mark.Kind.STARTED}
        ended = [timer for timer in timers if timer.pk in begun and timer.state in Timer.LIVE]
        others = [timer for timer in timers if timer.pk not in begun]
        _mark(ended, Mark.Kind.STOPPED, event)  # first: one clock of a name may be alive
        _mark([timer for timer in others for _kind in self._kinds(timer)], Mark.Kind.RESTORED, event)
        place(case)

    def _kinds(self, timer: Timer) -> list[str]:
        return [mark.kind for mark in timer.marks.all() if mark.seq == self.undone.seq]


def _mark(timers: Iterable[Timer], kind: Mark.Kind, event: Event) -> None:
    """Write a mark and let the row say what the marks say now."""
    for timer in timers:
        Mark.objects.create(timer=timer, kind=kind, at=event.at, seq=event.seq)
        told = ledger.read(Mark.objects.filter(timer=timer))
        for name in ledger.STORED:
            setattr(timer, name, getattr(told, name))
        timer.save()


def _called(procedure: str, name: str) -> str:
    known = targets.clocks.get(procedure)
    return str(known.words.get(name, name)) if known else name


def _ahead(statements: Sequence[str], case: Case, event: Event, values: Mapping[str, Any]) -> Ahead:
    """The statements go out with the case, whose place in the lists is then its nearest running deadline."""
    own = {"procedure": case.procedure_name(), "case": case.pk, "at": event.at, "seq": event.seq}
    parts = [rows.part(statement, {**values, **own}) for statement in statements]
    return Ahead(parts, _PLACE, *_nearest(case))


def _nearest(case: Case) -> rows.Part:
    otherwise = case.opened_at + NO_CLOCK
    procedure = case.procedure_name()
    own = {"procedure": procedure, "case": case.pk, "otherwise": otherwise, "aside": targets.aside(procedure)}
    return rows.part(_NEAREST, own)


def place(case: Case) -> None:
    for name, value in zip(_PLACE, rows.run([_nearest(case)]) or (), strict=True):
        setattr(case, name, value)
