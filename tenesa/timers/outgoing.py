"""What a step says about clocks: start one, stop one, stop all. Rows only; beat does the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.db import connection

from tenesa.audit.models import Event
from tenesa.timers.models import Timer
from tenesa.workflow.case import NO_CLOCK, Case

# Written out to go in one round trip, and before the case, whose row then takes its new place in the lists with it.
_STOP_NAMED = """
    UPDATE timers_timer SET state = 'STOPPED', ended_at = %(at)s
     WHERE procedure = %(procedure)s AND case_id = %(case)s AND state = 'RUNNING' AND name = ANY (%(names)s);"""
_STOP_ALL = """
    UPDATE timers_timer SET state = 'STOPPED', ended_at = %(at)s
     WHERE procedure = %(procedure)s AND case_id = %(case)s AND state = 'RUNNING';"""
_START = """
    INSERT INTO timers_timer (procedure, case_id, name, started_at, warn_at, due_at, step, state, breached, note)
    VALUES (%(procedure)s, %(case)s, %(name)s, %(at)s, %(warn_at)s, %(due_at)s, %(step)s, 'RUNNING', false, '');"""
_NEAREST = """
    SELECT due_at, name, warn_at FROM timers_timer
     WHERE procedure = %(procedure)s AND case_id = %(case)s AND state = 'RUNNING' ORDER BY due_at LIMIT 1"""


@dataclass(frozen=True)
class StartTimer:
    """Start (or start again) the named clock; at its due time `step` is taken by the system."""

    before_case: ClassVar[bool] = True
    name: str
    due: timedelta
    warn: timedelta | None = None
    step: str = ""

    def write(self, case: Case, event: Event) -> None:
        values = {
            "names": [self.name],
            "name": self.name,
            "warn_at": event.at + self.warn if self.warn else None,
            "due_at": event.at + self.due,
            "step": self.step,
        }
        _run(_STOP_NAMED + _START, case, event, values)


@dataclass(frozen=True)
class StopTimer:
    """Stop the named clocks; without names, every clock of the case."""

    before_case: ClassVar[bool] = True
    names: tuple[str, ...] = ()

    def write(self, case: Case, event: Event) -> None:
        _run(_STOP_NAMED if self.names else _STOP_ALL, case, event, {"names": list(self.names)})


@dataclass(frozen=True)
class RestoreTimers:
    """Put the clocks back as they were before the event: those it started stop, those it stopped run on."""

    before_case: ClassVar[bool] = True
    undone: Event

    def write(self, case: Case, event: Event) -> None:
        mine = Timer.objects.filter(procedure=case.procedure_name(), case_id=case.pk)
        mine.filter(started_at=self.undone.at, state=Timer.State.RUNNING).update(
            state=Timer.State.STOPPED, ended_at=event.at
        )
        mine.filter(ended_at=self.undone.at, state=Timer.State.STOPPED).update(state=Timer.State.RUNNING, ended_at=None)
        _run("", case, event, {})


def _run(statements: str, case: Case, event: Event, values: Mapping[str, Any]) -> None:
    """Run the statements, then set the case's place in the lists: its nearest running deadline."""
    own = {"procedure": case.procedure_name(), "case": case.pk, "at": event.at}
    with connection.cursor() as cursor:
        cursor.execute(statements + _NEAREST, {**values, **own})
        nearest = cursor.fetchone() or (case.opened_at + NO_CLOCK, "", None)
        case.urgent_at, case.urgent_for, case.warn_at = nearest
