"""What the steps of a 147 call set going: readings, the callback, the decision of the team leader, clocks, messages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation import classes, tools
from tenesa.accounts.models import User
from tenesa.commitments.outgoing import Expired, Promise, Settled
from tenesa.contact.numbers import is_telephone
from tenesa.escalation import services as escalations
from tenesa.escalation.states import Level, Purpose
from tenesa.systems.outbox import CallOut, TryNow
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.workflow.other_case import StepOn
from tenesa.workflow.step import Outgoing, StepContext, effect
from vvip.calls.duty import is_there
from vvip.calls.states import BACKEND_ANSWER, END_EMERGENCY, HANDLE, NEWS, NEWS_PROMISE, State

if TYPE_CHECKING:
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case
    from vvip.models import SpecialCase

UNIT = "BACKEND"
Asked = tuple[str, str, dict[str, Any]]  # system, operation and payload
WHO = ("mycx", "siskas", "nossa", "epayment")  # tell who calls, and what a caller is asked; the line is read after it


# --- readings (S-02, S-06, S-11, S-16, S-17, S-20) -------------------------------------------------------------------
@effect(gettext_lazy("CTI: category of the caller (S-20)"))
def read_category(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    """Also where the screen-pop told one: what CTI says now counts."""
    if call.contact_number:
        yield TryNow("cti")
        yield CallOut("cti", "category", {"number": call.contact_number}, key=f"call:{call.pk}:category")


@effect(gettext_lazy("MyCX, SISKAS, NOSSA, E-Payment: customer, tickets, last bill (S-02, S-06, S-11, S-17)"))
def read_customer(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from readings_of(call, f"call:{call.pk}:v{call.version}", only=WHO)


@effect(gettext_lazy("MyCX, SISKAS, NOSSA, EMBASSY, E-Payment are read (S-02, S-06, S-11, S-16, S-17)"))
def read_all(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from readings_of(call, f"call:{call.pk}:v{call.version}")


def readings_of(call: SpecialCase, key: str, *, only: Collection[str] = tools.SYSTEMS) -> Iterable[Outgoing]:
    """By the service where one is known, else by a telephone number; the ticket that the caller named as well."""
    asked = _of_another(call.customer) if call.is_about_another() else _of_the_numbers(call)
    if call.ticket_number:
        asked.append(("nossa", "get_incident", {"number": call.ticket_number}))
    for system, operation, payload in asked:
        if system in only:
            yield TryNow(system)
            yield CallOut(system, operation, payload, key=f"{key}:{system}:{operation}")


def _of_the_numbers(call: SpecialCase) -> list[Asked]:
    if service := call.service.product_id if call.service else call.internet_number:
        return _of_service(service)
    phone = call.phone_number or call.caller_number
    return [_by_phone(phone), ("siskas", "find_customer", {"phone": phone})] if phone else []


def _of_another(customer: Any) -> list[Asked]:
    """Of a customer who has none of the call's numbers: by their one service, else by what they are registered with."""
    services = list(customer.services.order_by("pk").values_list("product_id", flat=True)[:2])
    if len(services) == 1:
        return _of_service(services[0])
    siskas: Asked = ("siskas", "find_customer", {"reference": customer.reference})
    numbers = customer.numbers.filter(service=None).order_by("pk").values_list("number", flat=True)
    if phone := next(filter(is_telephone, numbers), ""):
        return [_by_phone(phone), siskas]
    return [("mycx", "search", {"search_type": "product_id", "value": one}) for one in services[:1]] + [siskas]


def _of_service(service: str) -> list[Asked]:
    return [(read.system, read.operation, read.payload(service)) for read in tools.reads_of(service)]


def _by_phone(phone: str) -> Asked:
    return "mycx", "search", {"search_type": "phone", "value": phone}


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


@effect(gettext_lazy("clock: handle the call, where it is back at the desk"))
def back_at_desk(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    if call.state == State.T1_ANALYSED:
        yield StartTimer(HANDLE)


@effect(gettext_lazy("clock of the back-end stops"))
def answered(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer((BACKEND_ANSWER,))


@effect(gettext_lazy("clocks stop; a super emergency ends at the latest 30 days later"))
def stop_clocks(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield StopTimer((HANDLE, BACKEND_ANSWER, NEWS))
    if call.is_super_emergency:
        yield Settled(NEWS_PROMISE)
        yield CustomerStatus()
        yield StartTimer(END_EMERGENCY, step="end_by_time")


# --- the callback ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class OpenCallback:
    """Put the customer into the queue of Tier 2; `resumed_by` has it at once, `promised_to` before all others."""

    facts: dict[str, Any] = field(default_factory=dict)
    resumed_by: User | None = None
    promised_to: User | None = None

    def write(self, case: Case, event: Event) -> None:
        to = {"resumed_by": self.resumed_by, "promised_to": self.promised_to}
        case.open_callback(self.facts, event.at, **to)  # type: ignore[attr-defined]


@effect(gettext_lazy("the callback waits for Tier 2 (S-21)"))
def open_callback(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield OpenCallback({name: value for name, value in taken.inputs.items() if name != "note"})


@effect(gettext_lazy("the callback that waits is raised"))
def join_callback(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    waiting = call.waiting_callback()
    if waiting is not None:
        yield StepOn(waiting, "join", {"call": call.number, "tier": call.tier})


@effect(gettext_lazy("the callback that waits is raised to the class of the customer; who holds it is told"))
def raise_callback(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    live = call.live_callback() if call.kind else None
    if live is None:
        return
    if call.is_behind:
        yield StepOn(live, "hear_class")
    elif call.state == State.CALLBACK_QUEUED and call.tier < live.first_tier:
        yield StepOn(live, "raise_tier", {"tier": call.tier})


@effect(gettext_lazy("the callback goes to the area of its call"))
def move_callback(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    live = call.live_callback()
    if live is not None and live.area_id != call.area_id:
        yield StepOn(live, "follow_call", {"area": call.area_id or ""})


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
    if call.state == State.T2_PICKED:
        yield OpenCallback(resumed_by=call.tier2)
    elif call.state == State.CALLBACK_QUEUED:  # whoever had them has gone, or holds as many as allowed and comes first
        there = call.tier2 is not None and is_there(call.tier2)
        yield OpenCallback(promised_to=call.tier2 if there else None)


# --- decision and back-end (X-11, S-22) ------------------------------------------------------------------------------
@dataclass(frozen=True)
class AskLeader:
    """Open the escalation that the team leader decides; approved, the unit has it."""

    actor: User
    reason: str
    purpose: str = Purpose.HELP

    def write(self, case: Case, event: Event) -> None:
        if any(one.purpose == self.purpose for one in escalations.live_of(case)):
            return  # the team leader or the unit has this question already; why again stands in the history
        unit, level = UNIT if self.purpose == Purpose.HELP else "", Level.TEAM_LEADER
        escalations.ask(case, self.actor, reason=self.reason[:300], level=level, unit=unit, purpose=self.purpose)


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
    """The customer is a super emergency until some days from now at the latest; or no more, where `note` says why and
    no other call of theirs is one."""

    by: User | None = None
    note: str = ""

    def write(self, case: Case, event: Event) -> None:
        call: Any = case
        if call.customer is None:
            return
        type(call.customer).objects.select_for_update(no_key=True).get(pk=call.customer.pk)  # two calls act in turn
        if self.note:
            if not _other_emergency(call):
                classes.super_emergency_off(call.customer, reason=f"{call.number}: {self.note}")
            return
        until = event.at + timedelta(days=settings.W26["emergency_days"])
        there = classes.emergency_of(call.customer)
        if there is None or there.valid_to < timezone.localdate(until):
            by = self.by or call.emergency_owner
            classes.super_emergency_on(call.customer, by=by, case_number=call.number, until=until)


@effect(gettext_lazy("the customer becomes a super emergency; the next news are promised, with their clock"))
def emergency_on(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield CustomerStatus(by=taken.inputs.get("decided_by"))
    yield from _next_news(call)


@effect(gettext_lazy("NOSSA: worklog with the urgency (S-07)"))
def log_emergency(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    for number in call.incident_numbers():
        payload = {
            "number": number,
            "log_type": "EXPEDITE",
            "summary": f"[{call.number}] SUPER EMERGENCY: pelanggan VVIP, prioritas tertinggi",
            "detail": call.analysis,
            "client_viewable": False,
        }
        yield CallOut("nossa", "add_worklog", payload, key=f"call:{call.pk}:emergency:{number}")


@effect(gettext_lazy("the promise of news is kept, the next one made"))
def news_told(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield Settled(NEWS_PROMISE)
    yield CustomerStatus()
    yield from _next_news(call)


def _next_news(call: SpecialCase) -> Iterable[Outgoing]:
    if call.news_due is not None:
        yield Promise(NEWS_PROMISE, call.news_due)
        warn = timedelta(minutes=settings.W26["news_minutes"] * 3 / 4)
        yield StartTimer(NEWS, until=call.news_due, warn=warn, step="miss_news", goes_on=True)


@effect(gettext_lazy("the promise is broken: the team leader is asked, then the supervisor"))
def news_missed(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield Expired(NEWS_PROMISE)
    asked = any(one.purpose == Purpose.PROMISE for one in escalations.live_of(call))
    if call.emergency_owner is not None and not asked:
        words = _("Super emergency %(number)s: the customer has not heard the promised news. See to it.")
        yield AskLeader(call.emergency_owner, words % {"number": call.number}, purpose=Purpose.PROMISE)


@effect(gettext_lazy("the customer's status and place in the queue go back; clocks of the emergency stop"))
def emergency_off(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    yield Settled(NEWS_PROMISE)
    yield CustomerStatus(note=taken.inputs.get("note") or _("its time is over"))
    yield StopTimer((NEWS, END_EMERGENCY))
    yield from _placed_again(call)


def _placed_again(call: SpecialCase) -> Iterable[Outgoing]:
    """What of the customer stands first in the queue for the emergency alone takes its own place again."""
    if call.customer is None or _other_emergency(call):
        return
    for waiting in call.first_in_queue():
        yield StepOn(waiting, "leave_emergency", {"tier": waiting.call.lasting_tier})


def _other_emergency(call: Any) -> bool:
    """Whether another call of the customer is a super emergency. Two calls that end do it in turn."""
    type(call.customer).objects.select_for_update(no_key=True).get(pk=call.customer.pk)
    others = type(call).objects.filter(customer=call.customer, is_super_emergency=True).exclude(pk=call.pk)
    return bool(others.exists())


@effect(gettext_lazy("the group is asked to lift the isolation (S-18)"))
def ask_unisolation(call: SpecialCase, taken: StepContext) -> Iterable[Outgoing]:
    service = call.service.product_id if call.service else call.internet_number or call.phone_number
    text = f"[{call.number}] Permintaan buka isolir {service}: {call.report}"
    payload = {"group": settings.W26["billing_group"], "text": text, "case": call.number}
    yield CallOut("coordination", "post", payload, key=f"call:{call.pk}:unisolate")
