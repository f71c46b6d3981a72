"""The procedure rail: what was done, what may be done now with which fields, and what must wait and why."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.mail.recipient_form import RecipientForm
from tenesa.systems.applications import label_of
from tenesa.systems.models import ExternalCall
from tenesa.workflow.case import Case
from tenesa.workflow.offered import Offer, offered
from tenesa.workflow.step import Step, StepForm
from tenesa.workspace import drafts
from tenesa.workspace.case_calls import calls_on_the_way
from tenesa.workspace.desk import Desk, Link
from tenesa.workspace.models import Draft
from tenesa.workspace.step_names import NOTE, TAKE_BACK, WRITE
from tenesa.workspace.suggestions import KEY, is_whole, suggested
from tenesa.workspace.take_back import Undo, undo_of

Bound = tuple[str, StepForm]


@dataclass
class RailOffer:
    """An offered step as the rail draws it."""

    step: Step
    form: StepForm | None
    refusals: list[str]
    key: str = ""
    number: int = 0
    open: bool = False
    reason: str = ""  # of the one step that the facts ask for
    ends: bool = False  # the case is finished by it, and another one may follow
    whole: bool = False  # what stands in its fields is complete, and the reason names the evidence
    says: BoundField | None = None  # a tick that a button of its own states, where the rest is complete
    token: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def allowed(self) -> bool:
        return not self.refusals

    @property
    def composes(self) -> bool:
        """Its mail is written in the composer, below the case."""
        return composes(self.step)

    @property
    def at_once(self) -> bool:
        """Its key alone takes it: nothing has to be entered."""
        asks = self.form is not None and (self.form.asks or any(bound.field.required for bound in self.form))
        return not self.composes and (self.whole or not asks)

    @property
    def prefix(self) -> str:
        return f"{self.step.name}-"

    @property
    def own_keys(self) -> str:
        """What takes it, or leads to its fields, beside its number."""
        return " ".join(filter(None, [self.key, KEY if self.reason else ""]))


def composes(step: Step) -> bool:
    return step.form is not None and issubclass(step.form, RecipientForm)


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
    writes: bool
    reply: RailOffer | None
    can_note: str
    waiting: list[str]
    draft: Draft | None
    nothing_to_do: str
    elsewhere: Link | None  # the page of the next step, which the key of suggestions then opens
    undo: Undo | None


def rail(desk: Desk, case: Any, user: User, events: list[Event], *, bound: Bound | None = None) -> Rail:
    """`bound` is a step whose inputs were just refused: its form is shown again with the reasons."""
    every = offered(case, user)
    kept = {draft.step: draft for draft in drafts.DRAFTS.of(case) if draft.author_id == user.pk}
    offers = [
        _offer(desk, case, offer, user, kept=kept, bound=bound)
        for offer in every
        if offer.allowed and offer.step.name != NOTE
    ]
    offers.sort(key=lambda offer: _rank(desk, offer.step, case))
    for number, offer in enumerate(offers, 1):
        offer.number = number
    row, reason = suggested(desk.suggestions, case, {offer.step.name for offer in offers}, user.roles)
    for offer in offers:
        if row is not None and offer.step.name == row.step:
            offer.reason = str(reason)
            refused = offer.form is not None and offer.form.is_bound
            form = next(one.form for one in every if one.step is offer.step) if refused else offer.form
            if form is not None and (row.says or (row.whole and not refused)) and is_whole(form, row.says):
                offer.whole, offer.says = row.whole and not refused, form[row.says] if row.says else None
    _open_one(desk, offers, bound, kept)
    done = _done(desk, events)
    folded = max(0, len(done) - desk.recent_steps)
    compose = [offer for offer in offers if offer.composes]
    blocked = [offer for offer in every if not offer.allowed and offer.step.name not in _not_missed(desk)]
    return Rail(
        done=done[folded:],
        earlier=done[:folded],
        offers=offers,
        blocked=blocked,
        blocked_by=_in_common(blocked),
        compose=compose,
        writes=any(composes(step) for step in desk.steps.values()),
        reply=next((offer for offer in compose if offer.step.name == WRITE), next(iter(compose), None)),
        can_note=NOTE if any(offer.step.name == NOTE and offer.allowed for offer in every) else "",
        waiting=[] if user.is_outside else _waiting(case),
        draft=next((kept[offer.step.name] for offer in compose if offer.step.name in kept), None),
        nothing_to_do=desk.nothing_to_do(case, user) or _nothing(blocked),
        elsewhere=None if row else desk.next_elsewhere(case, user),
        undo=_undo(desk, case, user),
    )


def _nothing(blocked: list[Offer]) -> str:
    """What must wait says itself why, and may be for the reader to change."""
    return "" if blocked else _("Nothing to do here now; the case comes back by itself when something happens.")


def _undo(desk: Desk, case: Case, user: User) -> Undo | None:
    """Said before it is pressed, where the person's last step sent something."""
    undo = undo_of(case, user) if TAKE_BACK in desk.steps and not user.is_outside else None
    return undo if undo and undo.sent else None


def _not_missed(desk: Desk) -> set[str]:
    return {*desk.any_time, *desk.not_missed, NOTE}


def _offer(desk: Desk, case: Case, offer: Offer, user: User, *, kept: dict[str, Draft], bound: Bound | None) -> Any:
    step = offer.step
    if bound and bound[0] == step.name:
        form: StepForm | None = bound[1]
    elif composes(step):
        form = None  # the composer makes it
    elif step.form and step.name in kept:
        form = step.form(case=case, actor=user, initial=kept[step.name].values)
    else:
        form = offer.form
    ends = bool(step.target) and set(step.target) <= set(desk.ended) and not user.is_outside
    return RailOffer(step, form, offer.refusals, desk.keys.get(step.name, ""), ends=ends)


def _rank(desk: Desk, step: Step, case: Any) -> tuple[bool, bool, bool]:
    """What leads on first: then what repeats the present state, then our additions, then what is possible any time."""
    return step.name in desk.any_time, step.clause.startswith("lokal"), step.target == (case.state,)


def _in_common(blocked: list[Offer]) -> list[str]:
    """The refusals that hold for every step that must wait: said once, above them."""
    if len(blocked) < 2:
        return []
    return [why for why in blocked[0].refusals if all(why in other.refusals for other in blocked)]


def _open_one(desk: Desk, offers: list[RailOffer], bound: Bound | None, kept: dict[str, Draft]) -> None:
    """The step that was refused, else one with a draft, else what the facts ask for, else the procedure's first."""
    wanted = [offer for offer in offers if bound and offer.step.name == bound[0]]
    wanted += [offer for offer in offers if offer.step.name in kept and not offer.composes]
    wanted += [offer for offer in offers if offer.reason]
    wanted += [offer for offer in offers if offer.step.name not in {*desk.any_time, *desk.folded}]
    if wanted:
        wanted[0].open = True


def _done(desk: Desk, events: list[Event]) -> list[Done]:
    """Steps of persons, and those of the system that moved the case."""
    told = {*desk.shown_elsewhere, NOTE}
    done = []
    for event in events:
        step = desk.steps.get(event.step)
        if step is None or (step.name in told and not step.opens) or (not step.by_people and not step.target):
            continue
        who = str(Role.SYSTEM.label) if event.actor is None else str(event.actor)
        done.append(Done(str(step.label), event.clause, who, event.at))
    return done


def _waiting(case: Case) -> list[str]:
    """What the outer world still owes, in words."""
    status = ExternalCall.Status
    systems: dict[str, bool] = {}
    for call in calls_on_the_way(case):
        failed = call.attempts > 1 or (call.attempts == 1 and call.status == status.WAITING)
        systems[call.system] = failed or systems.get(call.system, False)
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
