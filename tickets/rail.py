"""The procedure rail: what was done, what may be done now with which fields, and what must wait and why."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.systems.applications import label_of
from tenesa.systems.models import ExternalCall
from tenesa.workflow.offered import Offer, offered
from tenesa.workflow.step import Step, StepForm, steps_of
from tenesa.workspace import drafts as kept
from tenesa.workspace.models import Draft
from tenesa.workspace.step_names import NOTE, WRITE
from tickets.forms import MessageForm
from tickets.models import EmailCase
from tickets.states import CheckState, State
from tickets.timeline import TOLD_OTHERWISE

RECENT = 6
KEYS = {"take": "a", "pick_up": "a", "take_back": "u"}
ANY_TIME = {
    "write", "release", "escalate", "take_over", "hand_back", "ask_for_case", "propose_void", "read_segment",
    "read_checks_again", "record_check", "snooze", "expedite", "add_facts", "enter_ticket", "take_back",
    "merge", "split", "resend", "answer_by_phone", "send_now", "cancel_mail",
}  # fmt: skip
# When these are refused nobody needs to know why.
NOT_MISSED = {*ANY_TIME, "take", "pick_up", "join_case", "return_escalation"}
PANELS = {
    State.FORWARDING: "tickets/_panel_handover.html",
    State.TROUBLESHOOTING: "tickets/_panel_checks.html",
    State.CLASSIFIED: "tickets/_panel_incident.html",
    State.PROGRESS_LOOKUP: "tickets/_panel_incident.html",
    State.TICKET_OPEN: "tickets/_panel_incident.html",
    State.MONITORING: "tickets/_panel_incident.html",
    State.PROGRESS_INFORMED: "tickets/_panel_incident.html",
    State.TICKET_DRAFT: "tickets/_panel_ticket.html",
    State.TICKET_SUBMITTING: "tickets/_panel_incident.html",
    State.NORMAL_INFORMED: "tickets/_panel_checks.html",
    State.RECOVERED_INFORMED: "tickets/_panel_incident.html",
}


@dataclass
class RailOffer:
    """An offered step as the rail draws it."""

    step: Step
    form: StepForm | None
    refusals: list[str]
    number: int = 0
    open: bool = False
    token: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def allowed(self) -> bool:
        return not self.refusals

    @property
    def composes(self) -> bool:
        """Its mail is written in the composer, below the case."""
        return self.step.asks is not None and issubclass(self.step.asks, MessageForm)

    @property
    def key(self) -> str:
        return KEYS.get(self.step.name, "")

    @property
    def prefix(self) -> str:
        return f"{self.step.name}-"


@dataclass(frozen=True)
class Done:
    label: str
    clause: str
    who: str
    at: Any


@dataclass
class Rail:
    done: list[Done]
    earlier: list[Done]
    offers: list[RailOffer]
    blocked: list[Offer]
    blocked_by: list[str]
    compose: list[RailOffer]
    reply: RailOffer | None
    can_note: str
    waiting: list[str]
    panel: str
    draft: Draft | None
    nothing_to_do: str


def rail(case: EmailCase, user: User, events: list[Event], *, bound: tuple[str, StepForm] | None = None) -> Rail:
    """`bound` is a step whose inputs were just refused: its form is shown again with the reasons."""
    every = offered(case, user)
    drafts = {draft.step: draft for draft in kept.of(case, user)}
    offers = [_offer(case, user, offer, drafts, bound) for offer in every if offer.allowed and offer.step.name != NOTE]
    offers.sort(key=lambda offer: _rank(offer.step, case))
    for number, offer in enumerate(offers, 1):
        offer.number = number
    _open_one(offers, bound, drafts, _suggested(case))
    done = _done(events)
    compose = [offer for offer in offers if offer.composes]
    blocked = [offer for offer in every if not offer.allowed and offer.step.name not in NOT_MISSED]
    return Rail(
        done=done[-RECENT:],
        earlier=done[:-RECENT],
        offers=offers,
        blocked=blocked,
        blocked_by=_in_common(blocked),
        compose=compose,
        reply=next((offer for offer in compose if offer.step.name == WRITE), next(iter(compose), None)),
        can_note=NOTE if any(offer.step.name == NOTE and offer.allowed for offer in every) else "",
        waiting=_waiting(case),
        panel=PANELS.get(State(case.state), ""),
        draft=next((drafts[offer.step.name] for offer in compose if offer.step.name in drafts), None),
        nothing_to_do=_nothing(case, user),
    )


def _offer(
    case: EmailCase, user: User, offer: Offer, drafts: dict[str, Draft], bound: tuple[str, StepForm] | None
) -> RailOffer:
    step, form = offer.step, offer.form
    if bound and bound[0] == step.name:
        form = bound[1]
    elif step.asks and step.name in drafts:
        form = step.asks(case=case, actor=user, initial=drafts[step.name].values)
    return RailOffer(step, form, offer.refusals)


def _rank(step: Step, case: EmailCase) -> tuple[bool, bool, bool]:
    """What leads on first: then what repeats the present state, then our additions, then what is possible any time."""
    return step.name in ANY_TIME, step.clause.startswith("lokal"), step.target == (case.state,)


def _in_common(blocked: list[Offer]) -> list[str]:
    """The refusals that hold for every step that must wait: said once, above them."""
    if len(blocked) < 2:
        return []
    return [why for why in blocked[0].refusals if all(why in other.refusals for other in blocked)]


def _suggested(case: EmailCase) -> str:
    """Where the evidence points to one of several steps (W-05 1.2.7)."""
    if case.state != State.TROUBLESHOOTING:
        return ""
    return {CheckState.FAULT: "draft_ticket", CheckState.NORMAL: "tell_normal"}.get(CheckState(case.worst_check()), "")


def _open_one(
    offers: list[RailOffer], bound: tuple[str, StepForm] | None, drafts: dict[str, Draft], suggested: str
) -> None:
    """The step that was refused, else one with a draft, else what the evidence suggests, else the procedure's first."""
    wanted = [offer for offer in offers if bound and offer.step.name == bound[0]]
    wanted += [offer for offer in offers if offer.step.name in drafts and not offer.composes]
    wanted += [offer for offer in offers if offer.step.name == suggested]
    wanted += [offer for offer in offers if offer.step.name not in ANY_TIME]
    if wanted:
        wanted[0].open = True


def _done(events: list[Event]) -> list[Done]:
    steps = steps_of(EmailCase)
    done = []
    for event in events:
        step = steps.get(event.step)
        if step is None or (step.name in TOLD_OTHERWISE - {"receive"}) or (not step.by_people and not step.target):
            continue
        who = str(Role.SYSTEM.label) if event.actor is None else str(event.actor)
        done.append(Done(str(step.label), event.clause, who, event.at))
    return done


def _waiting(case: EmailCase) -> list[str]:
    """What the outer world still owes, in words."""
    status = ExternalCall.Status
    calls = ExternalCall.objects.filter(
        procedure=case.procedure_name(), case_id=case.pk, status__in=[status.WAITING, status.SENDING]
    )
    systems: dict[str, bool] = {}
    for system, attempts, now in calls.values_list("system", "attempts", "status"):
        failed = attempts > 1 or (attempts == 1 and now == status.WAITING)
        systems[system] = failed or systems.get(system, False)
    if not systems:
        return []
    tried = {system for system, failed in systems.items() if failed}
    names = ", ".join(sorted(label_of(system) for system in systems))
    if tried:
        late = ", ".join(sorted(label_of(system) for system in tried))
        words = _("%(names)s does not answer; it is tried again by itself. Nothing you entered is lost.")
        return [words % {"names": late}]
    return [
        ngettext("Waiting for the answer of %(names)s.", "Waiting for the answers of %(names)s.", len(systems))
        % {"names": names}
    ]


def _nothing(case: EmailCase, user: User) -> str:
    if case.merged_into:
        return _("This case lives on in %(number)s.") % {"number": case.merged_into}
    if case.state in {State.CLOSED, State.VOID}:
        return _("This case is finished. If the customer writes again, it opens by itself.")
    if case.owner_id and case.owner_id != user.pk:
        return _("This case is held by %(who)s.") % {"who": case.owner}
    return _("Nothing to do here now; the case comes back to the queue by itself when something happens.")
