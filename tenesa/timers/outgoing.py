"""What a step says about clocks: start one, stop one, stop all. Rows only; beat does the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from tenesa.audit.models import Event
from tenesa.timers.models import Timer
from tenesa.workflow.case import NO_CLOCK, Case


@dataclass(frozen=True)
class StartTimer:
    """Start (or start again) the named clock; at its due time `step` is taken by the system."""

    name: str
    due: timedelta
    warn: timedelta | None = None
    step: str = ""

    def write(self, case: Case, event: Event) -> None:
        _end(case, event, [self.name])
        Timer.objects.create(
            procedure=case.procedure_name(),
            case_id=case.pk,
            name=self.name,
            started_at=event.at,
            warn_at=event.at + self.warn if self.warn else None,
            due_at=event.at + self.due,
            step=self.step,
        )
        _order(case)


@dataclass(frozen=True)
class StopTimer:
    """Stop the named clocks; without names, every clock of the case."""

    names: tuple[str, ...] = ()

    def write(self, case: Case, event: Event) -> None:
        if _end(case, event, self.names):
            _order(case)


@dataclass(frozen=True)
class RestoreTimers:
    """Put the clocks back as they were before the event: those it started stop, those it stopped run on."""

    undone: Event

    def write(self, case: Case, event: Event) -> None:
        mine = Timer.objects.filter(procedure=case.procedure_name(), case_id=case.pk)
        mine.filter(started_at=self.undone.at, state=Timer.State.RUNNING).update(
            state=Timer.State.STOPPED, ended_at=event.at
        )
        mine.filter(ended_at=self.undone.at, state=Timer.State.STOPPED).update(state=Timer.State.RUNNING, ended_at=None)
        _order(case)


def _end(case: Case, event: Event, names: Iterable[str]) -> int:
    running = Timer.objects.filter(procedure=case.procedure_name(), case_id=case.pk, state=Timer.State.RUNNING)
    if names:
        running = running.filter(name__in=list(names))
    return running.update(state=Timer.State.STOPPED, ended_at=event.at)


def _order(case: Case) -> None:
    """Set the case's place in the lists: its nearest running deadline."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {case._meta.db_table} c
               SET urgent_at = coalesce(t.due_at, c.opened_at + %(idle)s::interval), urgent_for = coalesce(t.name, '')
              FROM (SELECT 1) AS always
              LEFT JOIN LATERAL (
                   SELECT due_at, name FROM timers_timer
                    WHERE procedure = %(procedure)s AND case_id = %(case)s AND state = 'RUNNING'
                    ORDER BY due_at LIMIT 1) t ON true
             WHERE c.id = %(case)s
         RETURNING c.urgent_at, c.urgent_for
            """,  # noqa: S608 - the table name is the model's own
            {"idle": f"{NO_CLOCK.total_seconds()} seconds", "procedure": case.procedure_name(), "case": case.pk},
        )
        case.urgent_at, case.urgent_for = cursor.fetchone()
