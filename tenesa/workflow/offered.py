"""What a person may do with a case now: read from the same declaration that `perform` enforces."""

from __future__ import annotations

from dataclasses import dataclass

from tenesa.accounts.models import Actor
from tenesa.workflow.case import Case
from tenesa.workflow.perform import refusals
from tenesa.workflow.step import Step, StepForm, steps_of


@dataclass(frozen=True)
class Offer:
    """A step from the present state that the actor's role may take; blocked while `refusals` has reasons."""

    step: Step
    form: StepForm | None
    refusals: list[str]

    @property
    def allowed(self) -> bool:
        return not self.refusals


def offered(case: Case, actor: Actor) -> list[Offer]:
    """The steps from the case's state for this actor's roles, allowed ones first, in the document's order."""
    offers = []
    for step in steps_of(type(case)).values():
        if case.state not in step.source or step.roles.isdisjoint(actor.roles):  # type: ignore[attr-defined]
            continue
        reasons = refusals(case, step, actor)
        form = step.form(case=case, actor=actor) if step.form and not reasons else None
        offers.append(Offer(step, form, reasons))
    return sorted(offers, key=lambda offer: not offer.allowed)
