"""Clocks that another system keeps: its history says when they run, with its own moments, and we follow (ADR-0018).

The history is the truth and the ledger is told by it: what is new is written behind the marks that are there. Where the
history turns out to have been another one (a late or corrected status, another segment's rule) the clock stops and a
new one is told whole, so that no mark is ever changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from tenesa.timers import ledger
from tenesa.timers.models import Mark, Timer
from tenesa.timers.targets import Goal
from tenesa.workflow.case import Case

Kind, State = Mark.Kind, Timer.State
Move = tuple[str, datetime]  # STARTED, PAUSED, RESUMED or STOPPED, and when
MOVES = (Kind.STARTED, Kind.PAUSED, Kind.RESUMED, Kind.STOPPED)


def follow(
    case: Case, name: str, moves: Sequence[Move], goal: Goal | None, *, note: str, at: datetime, seq: int | None = None
) -> None:
    """Let the named clock say what `moves` tell, whole and in order; without moves or target it stops.

    `note` names what is followed; another note is another clock. A history that is over already starts none.
    """
    timer = _alive(case, name)
    marks = list(timer.marks.all()) if timer else []
    if timer and goal and timer.note == note and _goes_on(marks, moves):
        _write(timer, moves[sum(mark.kind in MOVES for mark in marks) :], goal, seq)
        return
    if timer:
        _write(timer, [(Kind.STOPPED, at)], None, seq)
    if goal and moves and (timer or moves[-1][0] != Kind.STOPPED):
        made = Timer(procedure=case.procedure_name(), case_id=case.pk, name=name, note=note, calendar_id=goal.calendar)
        _write(made, moves, goal, seq)


def _alive(case: Case, name: str) -> Timer | None:
    own = Timer.objects.filter(procedure=case.procedure_name(), case_id=case.pk, name=name, state__in=Timer.LIVE)
    return own.select_for_update().first()


def _goes_on(marks: Sequence[Mark], moves: Sequence[Move]) -> bool:
    """Whether the marks are how this history began, and nothing new in it is older than they are."""
    known = [(mark.kind, mark.at) for mark in marks if mark.kind in MOVES]
    new = moves[len(known) :]
    return list(moves[: len(known)]) == known and (not new or new[0][1] >= marks[-1].at)


def _write(timer: Timer, moves: Iterable[Move], goal: Goal | None, seq: int | None) -> None:
    written = [mark for kind, at in moves for mark in _marks(timer, kind, at, goal, seq)]
    if written:
        timer.save()
        Mark.objects.bulk_create(written)


def _marks(timer: Timer, kind: str, at: datetime, goal: Goal | None, seq: int | None) -> list[Mark]:
    """What the move makes of the clock, and its mark; before a pause also that it was overdue by then."""
    mark = Mark(timer=timer, kind=kind, at=at, seq=seq)
    found = [mark]
    if kind == Kind.STARTED and goal is not None:
        timer.started_at, timer.state = at, State.RUNNING
        timer.due_at, timer.warn_at = mark.due_at, mark.warn_at = goal.due(at), goal.warn(at)
    elif kind == Kind.PAUSED:
        if at > timer.due_at and not timer.breached:
            timer.breached = True
            late = Mark(timer=timer, kind=Kind.BREACHED, at=timer.due_at, due_at=timer.due_at, seq=seq)
            found.insert(0, late)
        timer.left, timer.left_warn = mark.left, mark.left_warn = ledger.rest(timer, at)
        timer.state, timer.paused_at = State.PAUSED, at
    elif kind == Kind.RESUMED:
        timer.due_at, timer.warn_at = mark.due_at, mark.warn_at = ledger.times_after(timer, at)
        timer.state, timer.paused_at, timer.left, timer.left_warn = State.RUNNING, None, None, None
    else:
        timer.breached = at > timer.due_at if timer.state == State.RUNNING else timer.breached
        timer.state, timer.ended_at = State.STOPPED, at
    return found
