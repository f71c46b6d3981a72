"""The repair time as a clock: it follows NOSSA's status history by the segment's rule (requirements 2.4, ADR-0018)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tenesa.incidents.incident_times import NAME, histories_of
from tenesa.incidents.repair_time import moves, ttr
from tenesa.timers.external_clock import follow
from tenesa.workflow.step import Outgoing, StepContext, effect
from tickets.clocks import goal_of
from tickets.states import ENDED

if TYPE_CHECKING:
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case
    from tickets.models import EmailCase


def keep(case: EmailCase, at: datetime, seq: int | None = None) -> None:
    """Let the case's clock follow the incident that has used most of its time: of those that count, else of those on
    hold, else of those that are over. A case that has ended has no clock."""
    lines = case.lines.exclude(incident=None) if case.state not in ENDED else case.lines.none()
    found = histories_of(lines.values_list("incident_id", flat=True))
    ranked: list[tuple[Any, ...]] = []
    for pk, one in found.items():
        way = moves(case.segment, one.reported, one.history)
        net = ttr(case.segment, one.reported, one.history, at).net
        rank = {"STOPPED": 0, "PAUSED": 1}.get(way[-1][0], 2)
        ranked.append((rank, net, -pk, way, f"{one.number} {case.segment}".strip()))
    if ranked:
        _rank, _net, _pk, way, note = max(ranked)
        follow(case, NAME, way, goal_of(case, NAME), note=note, at=at, seq=seq)


@dataclass(frozen=True)
class Follow:
    """Outgoing: after the case's own rows, so that what the step linked is there."""

    def write(self, case: Case, event: Event) -> None:
        keep(case, event.at, event.seq)  # type: ignore[arg-type]


@effect(_("clock: repair time as NOSSA tells it"))
def follow_nossa(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    check = taken.inputs.get("check")
    if check is None or check.tool == "nossa":
        yield Follow()
