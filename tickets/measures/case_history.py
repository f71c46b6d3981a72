"""A case's history made ready to be measured: steps taken back are gone, rounds end with a closing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any

from tenesa.audit.models import Event
from tenesa.timers.models import Timer
from tenesa.timers.targets import hours_of
from tenesa.timers.working import working_between
from tenesa.workflow.step import steps_of
from tickets import forms
from tickets.models import EmailCase, ToolCheck
from tickets.states import State

CAME_BACK = ("reopen", "reopen_with_case")
OPENINGS = ("receive", "open_split", *CAME_BACK)
COLUMNS = ("desk_id", "area_id", "segment", "kind", "symptom", "handed_to")


@cache
def writing_steps() -> frozenset[str]:
    """Steps in which a person writes to the customer."""
    steps = steps_of(EmailCase).values()
    return frozenset(step.name for step in steps if step.form and issubclass(step.form, forms.MessageForm))


@dataclass(frozen=True)
class Occurrence:
    """An occurrence of a measure at an event."""

    event: Event
    met: bool | None = None
    seconds: int | None = None
    part: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Round:
    """From an opening to its closing, and what came after it until the next closing."""

    events: Sequence[Event]
    closing: Event
    after: Sequence[Event]


@dataclass
class CaseHistory:
    case: Mapping[str, Any]
    events: list[Event]
    timers: Mapping[str, Sequence[Timer]] = field(default_factory=dict)
    checks: Mapping[str, ToolCheck] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.events = _kept(self.events)
        self.agents = _agents(self.events)

    def taken(self, *steps: str) -> Iterator[Event]:
        return (event for event in self.events if event.step in steps)

    def after(self, event: Event) -> list[Event]:
        return [other for other in self.events if other.seq > event.seq]

    def next(self, event: Event, *steps: str) -> Event | None:
        return next((other for other in self.after(event) if other.step in steps), None)

    @cached_property
    def rounds(self) -> list[Round]:
        closings = [event for event in self.events if event.target == State.CLOSED != event.source]
        edges = [0, *(event.seq for event in closings), self.events[-1].seq if self.events else 0]
        return [
            Round(self._between(edges[place], event.seq), event, self._between(event.seq, edges[place + 2]))
            for place, event in enumerate(closings)
        ]

    def _between(self, after: int, until: int) -> list[Event]:
        return [event for event in self.events if after < event.seq <= until]

    def in_time(self, clock: str, start: datetime, end: datetime, target: timedelta) -> bool:
        """Was the clock kept that ran at `end`? As it was set then; without its row, by the target."""
        timer = self._ran(clock, end)
        if timer is None:
            return end - start <= target
        return end <= timer.due_at or timer.state == Timer.State.PAUSED

    def took(self, clock: str, start: datetime, end: datetime) -> int:
        """Seconds as that clock counted them, by its calendar; without its row, by day and night."""
        timer = self._ran(clock, end)
        begun, hours = (timer.started_at, hours_of(timer.calendar_id)) if timer else (start, None)
        return max(0, int(working_between(hours, begun, end).total_seconds()))

    def _ran(self, clock: str, at: datetime) -> Timer | None:
        """The clock of this name that ran, or ended, at this moment."""
        of_name = self.timers.get(clock, ())
        return next(
            (one for one in of_name if one.started_at <= at and (one.ended_at is None or one.ended_at >= at)), None
        )


def by_person(event: Event) -> bool:
    return event.actor_id is not None


def seconds(start: Event, end: Event) -> int:
    return max(0, int((end.at - start.at).total_seconds()))


def _kept(events: Sequence[Event]) -> list[Event]:
    """A step that was taken back has sent nothing (ADR-0007): neither it nor the taking back is measured; nor is an
    opening that was none, since the merging was undone."""
    kept: list[Event] = []
    for event in events:
        if event.step == "take_back" and kept:
            kept.pop()
        elif event.step == "close_again":
            while kept and kept.pop().step != "reopen_with_case":
                pass
        else:
            kept.append(event)
    return kept


def _agents(events: Sequence[Event]) -> dict[int, int | None]:
    """Whom an event counts for: who did it; what the system did, for the person who worked on the case last."""
    found: dict[int, int | None] = {}
    last: int | None = None
    for event in events:
        last = event.actor_id or last
        found[event.seq] = last
    return found


def case_histories(histories: Mapping[int, Sequence[Event]]) -> Iterator[tuple[int, CaseHistory]]:
    """The case_histories of these cases, with what their measures ask for: three questions for all of them."""
    ids = list(histories)
    cases = {row["pk"]: row for row in EmailCase.objects.filter(pk__in=ids).values("pk", *COLUMNS)}
    timers: defaultdict[int, defaultdict[str, list[Timer]]] = defaultdict(lambda: defaultdict(list))
    for timer in Timer.objects.filter(procedure=EmailCase.procedure_name(), case_id__in=ids).order_by("started_at"):
        timers[timer.case_id][timer.name].append(timer)
    checks: defaultdict[int, dict[str, ToolCheck]] = defaultdict(dict)
    for check in ToolCheck.objects.filter(case__in=ids).only("case_id", "tool", "product_id", "state", "by_id", "at"):
        checks[check.case_id][str(check.pk)] = check
    for case_id, events in histories.items():
        if case_id in cases:
            yield case_id, CaseHistory(cases[case_id], list(events), timers[case_id], checks[case_id])
