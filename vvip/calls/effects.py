"""What the steps of a 147 call set going: readings, the callback, the decision of the team leader, clocks, messages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation import classes
from tenesa.accounts.models import User
from tenesa.escalation import services as escalations
from tenesa.escalation.states import Level
from tenesa.systems.outbox import CallOut, TryNow
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.workflow.other_case import StepOn
from tenesa.workflow.step import Outgoing, StepContext, effect
from vvip.calls.states import BACKEND_ANSWER, END_EMERGENCY, HANDLE, NEWS, State

if TYPE_CHECKING:
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case
    from vvip.models import SpecialCase

UNIT = "BACKEND"


# --- readings (S-02, S-06, S-11, S-16, S-17, S-20) -------------------------------------------------------------------
@effect(gettext_lazy("CTI: category of the caller (S-20)"))
def read_category(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    if call.contact_number and not call.category_at:
        yield TryNow("cti")
        yield CallOut("cti", "category", {"number": call.contact_number}, key=f"call:{call.pk}:category")


@effect(gettext_lazy("MyCX, SISKAS, NOSSA: customer, tickets (S-02, S-06, S-11)"))
def read_customer(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from _readings(call, f"v{call.version}", lines=False)


@effect(gettext_lazy("all systems are read again, the line and the bill as well"))
def read_all(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from _readings(call, f"v{call.version}", lines=True)


def _readings(call: SpecialCase, part: str, *, lines: bool) -> Iterable[Outgoing]:
    service = call.service.product_id if call.service else call.internet_number
    asked: list[tuple[str, str, dict[str, Any]]] = []
    if call.ticket_number:
        asked.append(("nossa", "get_incident", {"number": call.ticket_number}))
    if service:
        asked.append(("mycx", "search", {"search_type": "product_id", "value": service}))
        asked.append(("nossa", "search_by_service", {"service_no": service}))
        asked.append(("siskas", "search", {"by": "fastel", "value": service}))
        if lines:
            asked.append(("embassy", "line_quality", {"internet_no": service}))
            asked.append(("epayment", "bills", {"fastel": service}))
    elif call.phone_number:
        asked.append(("mycx", "search", {"search_type": "phone", "value": call.phone_number}))
    for system, operation, payload in asked:
        yield TryNow(system)
        yield CallOut(system, operation, payload, key=f"call:{call.pk}:{part}:{system}:{operation}")


# --- clocks ----------------------------------------------------------------------------------------------------------
@effect(gettext_lazy("clock: handle the call"))
def handling_clock(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer(HANDLE)


@effect(gettext_lazy("clock of the call stops"))
def handled(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer((HANDLE,))


@effect(gettext_lazy("clock: answer of the back-end"))
def backend_clock(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer(BACKEND_ANSWER)


@effect(gettext_lazy("clocks stop; those of a super emergency run on"))
def stop_clocks(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer((HANDLE, BACKEND_ANSWER))
    if call.is_super_emergency:
        yield StopTimer((NEWS,))
        yield StartTimer(END_EMERGENCY, step="end_by_time")


# --- the callback ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class OpenCallback:
    """Put the customer into the queue of Tier 2; `resumed_by` has it at once."""

    facts: dict[str, Any] = field(default_factory=dict)
    resumed_by: User | None = None

    def write(self, case: Case, event: Event) -> None:
        case.open_callback(self.facts, event.at, resumed_by=self.resumed_by)  # type: ignore[attr-defined]


@effect(gettext_lazy("the callback waits for Tier 2 (S-21)"))
def open_callback(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield OpenCallback({name: value for name, value in taken.inputs.items() if name != "note"})


@effect(gettext_lazy("the callback that waits is raised"))
def join_callback(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    waiting = call.waiting_callback()
    if waiting is not None:
        yield StepOn(waiting, "join", {"call": call.number})


@effect(gettext_lazy("the callback is cancelled (S-21)"))
def cancel_callback(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    live = call.live_callback()
    if live is not None:
        yield StepOn(live, "cancel", {"note": _("The customer called meanwhile: %(call)s.") % {"call": call.number}})


@effect(gettext_lazy("the callback is done: the back-end has it"))
def end_callback(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    live = call.live_callback()
    if live is not None:
        yield StepOn(live, "hand_over")


@effect(gettext_lazy("Tier 2 has the customer again, who is to hear the answer"))
def callback_again(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    if call.state in {State.T2_PICKED, State.CALLBACK_QUEUED}:  # in the queue where whoever had them has gone
        yield OpenCallback(resumed_by=call.tier2 if call.state == State.T2_PICKED else None)


# --- decision and back-end (X-11, S-22) ------------------------------------------------------------------------------
@dataclass(frozen=True)
class AskLeader:
    """Open the escalation that the team leader decides; approved, the unit has it."""

    actor: User
    reason: str

    def write(self, case: Case, event: Event) -> None:
        escalations.ask(case, self.actor, reason=self.reason, level=Level.TEAM_LEADER, unit=UNIT)


@effect(gettext_lazy("the team leader is asked; approved, the back-end gets it (S-22)"))
def ask_leader(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    actor = taken.inputs.get("asked_by") or taken.actor
    if isinstance(actor, User):
        yield AskLeader(actor, taken.inputs["reason"])


@effect(gettext_lazy("what is asked of the team leader or the unit ends"))
def end_question(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    escalations.look_again(call)
    return ()


# --- super emergency (5.3.4 d) ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class CustomerStatus:
    """The customer's status: super emergency, or no more."""

    by: User | None = None
    note: str = ""  # why it ends; without one it begins

    def write(self, case: Case, event: Event) -> None:
        call: Any = case
        if call.customer is None:
            return
        if self.note:
            classes.super_emergency_off(call.customer, reason=f"{call.number}: {self.note}")
        else:
            until = event.at + timedelta(days=settings.W26["emergency_days"])
            by = self.by or call.emergency_owner
            classes.super_emergency_on(call.customer, by=by, case_number=call.number, until=until)


@effect(gettext_lazy("the customer becomes a super emergency; clock: news to them"))
def emergency_on(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield CustomerStatus(by=taken.inputs.get("decided_by"))
    yield StartTimer(NEWS, until=call.news_due, step="miss_news", goes_on=True)


@effect(gettext_lazy("NOSSA: worklog with the urgency (S-07)"))
def log_emergency(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    for number in call.incident_numbers():
        payload = {
            "number": number,
            "log_type": "WORK",
            "summary": f"[{call.number}] SUPER EMERGENCY: pelanggan VVIP, prioritas tertinggi",
            "detail": call.analysis,
            "client_viewable": False,
        }
        yield CallOut("nossa", "add_worklog", payload, key=f"call:{call.pk}:emergency:{number}")


@effect(gettext_lazy("clock: the next news"))
def news_clock(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer(NEWS, until=call.news_due, step="miss_news", goes_on=True)


@effect(gettext_lazy("the customer's status goes back; clocks of the emergency stop"))
def emergency_off(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield CustomerStatus(note=taken.inputs.get("note") or _("its time is over"))
    yield StopTimer((NEWS, END_EMERGENCY))


@effect(gettext_lazy("the group is asked to lift the isolation (S-18)"))
def ask_unisolation(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    service = call.service.product_id if call.service else call.internet_number or call.phone_number
    text = f"[{call.number}] Permintaan buka isolir {service}: {call.report}"
    payload = {"group": settings.W26["billing_group"], "text": text, "case": call.number}
    yield CallOut("coordination", "post", payload, key=f"call:{call.pk}:unisolate")
