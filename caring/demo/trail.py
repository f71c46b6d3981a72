"""The past of one case, told step by step and stored at once.

No step of it is taken by `perform`: 2,400 calls would take minutes (ADR-0038 has the same of lists). Each step stands
in the history as it would, with clause, role and chain of hashes, and is checked against its declaration.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Model

from caring.dapros.copying import copy_rows
from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.timers.models import Mark, Timer
from tenesa.timers.targets import Default
from tenesa.workflow.case import NO_CLOCK, Case
from tenesa.workflow.step import START, Step, steps_of


class Trail:
    """A case on its way. `columns` are those that the steps have set; `row` makes the case of them."""

    def __init__(self, model: type[Case], pk: int, **columns: Any) -> None:
        self.model, self.pk, self.columns = model, pk, columns
        self.state, self.version, self.chain = START, 0, ""
        self.events: list[Event] = []
        self.clock: Timer | None = None

    @property
    def at(self) -> datetime:
        return self.events[-1].at

    def take(self, name: str, at: datetime, actor: User | None, role: Role, target: str = "", **data: Any) -> None:
        """The step as `perform` would have written it. ValueError where it is not declared so."""
        step = steps_of(self.model)[name]
        source, self.state = self.state, target or self.state
        self._check(step, source, role)
        self.version += 1
        event = Event(
            procedure=self.model.procedure_name(), case_id=self.pk, seq=self.version, at=at,
            actor_id=actor.pk if actor else None, role=role, step=name, clause=step.clause,
            revision=f"{self.model.document} rev {self.model.revision}", source=source, target=self.state,
            data={key: value for key, value in data.items() if value not in (None, "", [], ())},
            previous_hash=self.chain,
        )  # fmt: skip
        event.hash = self.chain = event.digest()
        self.events.append(event)

    def _check(self, step: Step, source: str, role: Role) -> None:
        if source not in step.source or role not in step.roles:
            msg = f"{step.name}: not from “{source}” by {role}"
            raise ValueError(msg)

    def by_system(self, name: str, at: datetime, target: str = "", **data: Any) -> None:
        self.take(name, at, None, min(SYSTEM.roles), target, **data)

    def run(self, clock: Default, at: datetime) -> None:
        """Its clock runs from the last step on."""
        due = at + timedelta(minutes=clock.minutes)
        warn = at + timedelta(minutes=clock.warn) if clock.warn else None
        self.due(clock.name, at, due, warn)

    def due(self, name: str, at: datetime, due: datetime, warn: datetime | None = None) -> None:
        self.clock = Timer(
            procedure=self.model.procedure_name(), case_id=self.pk, name=name, started_at=at, due_at=due, warn_at=warn
        )

    def row(self) -> Any:
        begun, clock = self.events[0].at, self.clock
        urgent: dict[str, Any] = {"urgent_at": begun + NO_CLOCK}
        if clock is not None:
            urgent = {"urgent_at": clock.due_at, "urgent_for": clock.name, "warn_at": clock.warn_at}
        given: dict[str, Any] = {
            "pk": self.pk, "state": self.state, "version": self.version, "chain": self.chain, "opened_at": begun,
            "changed_at": self.at, "needs_action": self.state in self.model.waits_in, **urgent, **self.columns,
        }  # fmt: skip
        return self.model(**given)

    def mark(self) -> Mark:
        clock = self.clock
        assert clock is not None  # noqa: S101 - whoever asks has looked
        return Mark(
            timer=clock, kind=Mark.Kind.STARTED, at=clock.started_at, seq=self.version, due_at=clock.due_at,
            warn_at=clock.warn_at,
        )  # fmt: skip


def store_events(trails: Iterable[Trail]) -> int:
    """The histories, by COPY; in the order of time, as they would have come."""
    names = [field for field in Event._meta.concrete_fields if not field.primary_key]
    events = sorted((event for trail in trails for event in trail.events), key=lambda event: event.at)
    lines = ([getattr(event, field.attname) for field in names] for event in events)
    return copy_rows(Event._meta.db_table, [str(field.column) for field in names], lines)


def store_clocks(trails: Iterable[Trail]) -> None:
    running = [trail for trail in trails if trail.clock is not None]
    Timer.objects.bulk_create([trail.clock for trail in running if trail.clock])
    Mark.objects.bulk_create([trail.mark() for trail in running])


def next_ids(model: type[Model], count: int) -> Sequence[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [pk for (pk,) in cursor.fetchall()]
