"""One escalation as the pages draw it: what was asked, what this person may do with it by which key, the trail."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.forms import BoundField
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.escalation.models import Escalation
from tenesa.escalation.registry import Brief, briefs_of
from tenesa.escalation.selectors import signal_of
from tenesa.escalation.states import LIVE
from tenesa.workflow.offered import offered
from tenesa.workflow.step import Step, StepForm, steps_of

KEYS = {
    "approve": "y", "agree": "y", "send_back": "s", "keep": "s", "add_level": "l", "take_over": "t", "delegate": "d",
    "pass_to_unit": "p", "take_answer": "y", "record_reference": "e", "remind": "m", "withdraw": "w",
}  # fmt: skip
LEADING = ("approve", "agree", "take_answer")


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
class Mark:
    """One line of the trail."""

    label: str
    clause: str
    who: str
    at: datetime
    words: str


@dataclass(frozen=True)
class Panel:
    it: Escalation
    case: Brief | None
    choices: list[Choice]
    blocked: list[str]
    trail: list[Mark]
    signal: str

    @property
    def is_live(self) -> bool:
        return self.it.state in LIVE


def panel(escalation: Escalation, user: User, *, bound: tuple[str, StepForm] | None = None) -> Panel:
    """`bound` is a step whose inputs were just refused: its form is shown again with the reasons."""
    offers = offered(escalation, user)
    choices = [Choice(offer.step, offer.form) for offer in offers if offer.allowed]
    for choice in choices:
        if bound and bound[0] == choice.step.name:
            choice.form, choice.open = bound[1], True
    reasons = dict.fromkeys(why for offer in offers if not offer.allowed for why in offer.refusals)
    return Panel(
        escalation,
        briefs_of([escalation]).get(escalation.pk),
        choices,
        [] if choices else list(reasons),
        trail(escalation),
        signal_of(escalation, timezone.now()),
    )


def trail(escalation: Escalation) -> list[Mark]:
    """The history of the escalation in words; it is the audit trail itself."""
    events = Event.objects.filter(procedure=escalation.procedure_name(), case_id=escalation.pk)
    steps = steps_of(Escalation)
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
    data = event.data
    to = User.objects.filter(pk=data["to"]).first() if "to" in data else None
    named = [data.get(name) for name in ("unit", "reference", "reason", "note", "answer", "message")]
    return " · ".join(str(part) for part in (to, *named) if part)
