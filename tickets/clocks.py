"""The clocks of an e-mail case: which there are, how long they run by default, and what starts and stops them.

The documents give no number (ADR-0005). The minutes here are what a new installation begins with; the administrator
changes them per segment and desk as `timers.Target` rows. The repair time follows NOSSA's status history by the
segment's rule (requirements 2.4, ADR-0018).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from segmentation.segments import Segment
from tenesa.incidents.incident_times import NAME, histories_of
from tenesa.incidents.repair_time import moves, ttr
from tenesa.timers import targets
from tenesa.timers.external_clock import follow
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.timers.targets import Default, Goal
from tenesa.workflow.step import Outgoing, StepContext, effect
from tickets.states import ENDED, State

if TYPE_CHECKING:
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case
    from tickets.models import EmailCase


HOUR = 60
WORDS = {
    "first_response": _("first answer"),
    "segment_check": _("segment check"),
    "customer_replied": _("answer to the customer"),
    "third_party": _("answer of a third party"),
    "progress_update": _("next update"),
    "nossa_silent": _("news from NOSSA"),
    "expedite_next": _("asking the unit again"),
    "reference_reminder": _("reminder of the reference"),
    "reference_close": _("closing without reference"),
    "group_reply": _("answer of the group"),
    "mycx_submit": _("ticket number from MyCX"),
    "snooze": _("longest snooze of an update"),
    "ttr": _("repair time in NOSSA"),
}
ASIDE = ("ttr",)  # the units' own: told like every other, but the desk's next deadline is what it owes the customer
UPDATES = ("progress_update", "nossa_silent", "expedite_next")  # what a case under watch has to be looked at for
REFERENCE = ("reference_reminder", "reference_close")  # what waits for the customer
MAJOR = (Segment.DES, Segment.DGS)

DEFAULTS = (
    Default("first_response", HOUR, 45),
    Default("customer_replied", HOUR, 45),
    Default("third_party", HOUR, 45),
    Default("segment_check", 15),
    Default("progress_update", 4 * HOUR, 3 * HOUR),
    *(Default("progress_update", 2 * HOUR, 90, segment) for segment in MAJOR),
    Default("nossa_silent", 8 * HOUR),
    *(Default("nossa_silent", 4 * HOUR, segment=segment) for segment in MAJOR),
    Default("reference_reminder", 24 * HOUR),
    Default("reference_close", 72 * HOUR),
    Default("group_reply", 4 * HOUR),
    Default("mycx_submit", 18),
    Default("snooze", 8 * HOUR),
    Default("ttr", 24 * HOUR, 18 * HOUR),
    *(Default("ttr", 4 * HOUR, 3 * HOUR, segment) for segment in MAJOR),
    Default("ttr", 7 * HOUR, 5 * HOUR, Segment.DBS),
)


def goal_of(case: EmailCase, name: str) -> Goal | None:
    """The target that holds for a clock of this case."""
    return targets.goal(case.procedure_name(), name, case.desk_id, case.segment)


def next_update(case: EmailCase) -> datetime | None:
    """When the customer hears again if an update leaves now (P-05 5.8)."""
    goal = goal_of(case, "progress_update")
    return goal.expected(timezone.now()) if goal else None


def ends_response(step: str, state: str) -> bool:
    """Is a letter of a person, written by this step in this state, the reply that ends the response time (ADR-0043)?

    P-05 5.2 has the mail checked and then replied to, and W-05 checks the segment first (1.2.2): a free mail before
    that is none.
    """
    return not (step == "write" and state == State.ASSIGNED)


@effect(_("clock: first response"))
def first_response(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer("first_response")


@effect(_("clock: segment check"))
def segment_check(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer("segment_check")


@effect(_("clocks: next update by segment, news from NOSSA"))
def updates(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer("progress_update", step="update_due", goes_on=True)
    yield StartTimer("nossa_silent", unless_alive=True)


@effect(_("clock: news from NOSSA, from now"))
def news(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer("nossa_silent")


@effect(_("clock: ticket number from MyCX"))
def submitting(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer("mycx_submit")


@effect(_("clock: answer the customer's new mail; what waited for the customer stops"))
def customer_replied(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    if State.NEED_REFERENCE in {case.state, case.state_before}:  # it may be with the leader meanwhile
        yield StopTimer(REFERENCE)
    if case.answered_at and case.state != State.NEW:
        yield StartTimer("customer_replied")


@effect(_("clock: read the third party's answer"))
def third_party(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer("third_party")


@effect(_("clocks: reminder, then closing"))
def reference(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from _waits_for_reference()


@effect(_("clocks: reminder, then closing, where a reference is still missing"))
def waits_again(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    if case.state == State.NEED_REFERENCE:
        yield from _waits_for_reference()


def _waits_for_reference() -> Iterable[Outgoing]:
    reminder, close = REFERENCE
    yield StartTimer(reminder, step="remind_reference")
    yield StartTimer(close, step="close_without_reference")


def keep_repair_time(case: EmailCase, at: datetime, seq: int | None = None) -> None:
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
        keep_repair_time(case, event.at, event.seq)  # type: ignore[arg-type]


@effect(_("clock: repair time as NOSSA tells it"))
def follow_nossa(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    check = taken.inputs.get("check")
    if check is None or check.tool == "nossa":
        yield Follow()
