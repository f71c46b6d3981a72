"""What a person may do with a case now: read from the same declaration that `perform` enforces."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tenesa.accounts.models import Actor
from tenesa.workflow.case import Case
from tenesa.workflow.perform import refusals
from tenesa.workflow.step import Step, StepForm, steps_of


@dataclass
class Offer:
    """A step from the present state that the actor's role may take; blocked while `refusals` has reasons."""

    step: Step
    refusals: list[str]
    case: Case
    actor: Actor

    @property
    def allowed(self) -> bool:
        return not self.refusals

    @cached_property
    def form(self) -> StepForm | None:
        """Made when it is asked for: many read the database, and most are not shown."""
        return self.step.form(case=self.case, actor=self.actor) if self.step.form and self.allowed else None


def may_take(case: Case, name: str, actor: Actor) -> bool:
    """Whether this one step could be taken now: False where the procedure has none of this name, too."""
    step = steps_of(type(case)).get(name)
    if step is None or case.state not in step.source or step.roles.isdisjoint(actor.roles):  # type: ignore[attr-defined]
        return False
    return not refusals(case, step, actor)


def offered(case: Case, actor: Actor) -> list[Offer]:
    """The steps from the case's state for this actor's roles, allowed ones first, in the document's order."""
    offers = []
    for step in steps_of(type(case)).values():
        if case.state not in step.source or step.roles.isdisjoint(actor.roles):  # type: ignore[attr-defined]
            continue
        offers.append(Offer(step, refusals(case, step, actor), case, actor))
    return sorted(offers, key=lambda offer: not offer.allowed)
