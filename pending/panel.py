"""One request as its page draws it: facts, the call panel, what may be done by which key, the trail."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.forms import BoundField
from django.utils import timezone

from pending import mails
from pending.columns import is_unit
from pending.local_steps import LocalSteps
from pending.models import Attempt, PendingRequest
from pending.rule import rule
from pending.selectors import signal_of
from pending.services import live_of
from pending.states import LIVE, State
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.incidents.incident_times import IncidentRepair, of_ticket
from tenesa.mail import quoting
from tenesa.mail.models import InboundMail, OutboundMail
from tenesa.workflow.case import Case
from tenesa.workflow.offered import offered
from tenesa.workflow.step import Step, StepForm, steps_of
from tenesa.workspace import cross_desk
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.customers import CustomerLabel, shown_as
from tenesa.workspace.desk import SidePanel

KEYS = {
    "pick_up": "a", "take": "a", "start_contact": "c", "record_attempt": "r", "take_call": "i", "agree": "y",
    "give_up": "u", "refuse": "b", "appoint": "p", "reject": "x", "read_again": "e", "go_on": "g", "extend": "t",
    "retry": "y", "cancel": "w", "keep_agreement": "h", "release": "o", "read_letter": "m",
}  # fmt: skip
# When these are refused nobody needs to know why.
NOT_MISSED = {
    "take",
    "release",
    "keep_agreement",
    "read_again",
    "take_call",
    "cancel",
    "read_letter",
    *steps_of(LocalSteps),
}
LEADING = ("pick_up", "start_contact", "retry", "agree")


@dataclass
class Choice:
    """An allowed step. One without a required input is done by its key alone."""

    step: Step
    form: StepForm | None
    open: bool = False
    token: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def key(self) -> str:
        return KEYS.get(self.step.name, "")

    @property
    def leads(self) -> bool:
        return self.step.name in LEADING

    @property
    def fields(self) -> list[BoundField]:
        return list(self.form) if self.form else []

    @property
    def at_once(self) -> bool:
        return not any(bound.field.required for bound in self.fields)

    @property
    def prefix(self) -> str:
        return f"{self.step.name}-"


@dataclass(frozen=True)
class Calls:
    """The call panel: what was tried, how much of it counts, when the next call is allowed, what to say."""

    attempts: list[Attempt]
    counted: int
    needed: int
    next_at: datetime | None
    script: str


@dataclass(frozen=True)
class Mark:
    label: str
    clause: str
    who: str
    at: datetime
    words: str


@dataclass(frozen=True)
class Letter:
    """A mail of ours, or with `who` one that came."""

    words: str
    at: datetime
    who: str = ""
    mail: int | None = None
    state: str = ""


@dataclass(frozen=True)
class Panel:
    it: PendingRequest
    calls: Calls
    choices: list[Choice]
    blocked: list[tuple[str, str]]
    trail: list[Mark]
    letters: list[Letter]
    signal: str
    clock: str
    cases: list[Case]  # others about the same ticket
    customer: CustomerLabel | None
    repair: IncidentRepair | None
    outside: bool  # a unit looks at its own

    @property
    def is_live(self) -> bool:
        return self.it.state in LIVE

    @property
    def calls_now(self) -> bool:
        return bool(self.it.state == State.CONTACTING)


def panel(request: PendingRequest, user: User, *, bound: tuple[str, StepForm] | None = None) -> Panel:
    """`bound` is a step whose inputs were just refused: its form is shown again with the reasons."""
    from pending.states import CLOCKS

    offers, outside = offered(request, user), is_unit(user)
    choices = [Choice(offer.step, offer.form) for offer in offers if offer.allowed]
    for choice in choices:
        if bound and bound[0] == choice.step.name:
            choice.form, choice.open = bound[1], True
    missed = [offer for offer in offers if not offer.allowed and offer.step.name not in NOT_MISSED]
    blocked = [(str(offer.step.label), why) for offer in missed for why in offer.refusals[:1]]
    return Panel(
        it=request,
        calls=_calls(request),
        choices=choices,
        blocked=blocked,
        trail=_trail(request, outside),
        letters=_letters(request, outside),
        signal=signal_of(request, timezone.now()),
        clock=str(CLOCKS.get(request.urgent_for, "")),
        cases=cross_desk.cases_of(CustomerKeys(incidents=[request.incident]), user, but=request),
        customer=_customer(request, user),
        repair=of_ticket(request.incident, request.desk_id),
        outside=outside,
    )


def _customer(request: PendingRequest, user: User) -> CustomerLabel | None:
    service = request.snapshot.get("service_no")
    return shown_as(CustomerKeys(services=[service])) if service and not is_unit(user) else None


def _calls(request: PendingRequest) -> Calls:
    attempts = list(request.attempts.select_related("agent"))
    needed, tried = rule(), request.tried
    upcoming = needed.next_at(tried)
    return Calls(
        attempts,
        needed.counted(tried),
        settings.PENDING["attempts"],
        upcoming if upcoming and upcoming > timezone.now() else None,
        request.reason.script,
    )


def _letters(request: PendingRequest, outside: bool) -> list[Letter]:
    """Our mails, and the customer's answers in their own words; a unit sees of ours those that W-02 names."""
    of_this = {"procedure": request.procedure_name(), "case_id": request.pk}
    ours = {"purpose__in": mails.WORDS} if outside else {}
    sent = OutboundMail.objects.filter(**of_this, **ours).only("purpose", "subject", "status", "error", "created_at")
    found = [
        Letter(str(mails.WORDS.get(mail.purpose, mail.subject)), mail.created_at, state=_became(mail)) for mail in sent
    ]
    for mail in InboundMail.objects.filter(**of_this).only("from_name", "from_address", "text", "subject", "stored_at"):
        own = quoting.read(mail.text).own.strip() or mail.subject
        found.append(Letter(own, mail.stored_at, mail.from_name or mail.from_address, mail.pk))
    return sorted(found, key=lambda letter: letter.at)


def _became(mail: OutboundMail) -> str:
    dead = mail.status == OutboundMail.Status.DEAD
    return f"{mail.get_status_display()}: {mail.error}" if dead else str(mail.get_status_display())


def _trail(request: PendingRequest, outside: bool) -> list[Mark]:
    """What was done; what the desk does among itself is not for a unit."""
    events = Event.objects.filter(procedure=request.procedure_name(), case_id=request.pk)
    events = events.exclude(step__in=steps_of(LocalSteps)) if outside else events
    steps = steps_of(PendingRequest)
    return [
        Mark(
            str(steps[event.step].label if event.step in steps else event.step),
            event.clause,
            str(event.actor or Role.SYSTEM.label),
            event.at,
            _words(event),
        )
        for event in events.select_related("actor").order_by("seq")
    ]


def _words(event: Event) -> str:
    named = [event.data.get(name) for name in ("reason_text", "status", "answered_by", "said", "note", "worklog")]
    return " · ".join(str(part) for part in named if part)


def beside(case: Case, incidents: Sequence[str], user: User) -> SidePanel | None:
    """The pend request of the case's ticket, on the page of a case of another procedure."""
    for number in () if isinstance(case, PendingRequest) else incidents:
        request = live_of(number) or PendingRequest.objects.filter(incident=number).order_by("-pk").first()
        if request is not None and PendingRequest.objects.visible_to(user).filter(pk=request.pk).exists():
            part = {
                "it": request,
                "signal": signal_of(request, timezone.now()),
                "repair": of_ticket(number, request.desk_id),
            }
            return SidePanel("pending/_beside.html", part)
    return None
