"""What a procedure does when it is escalated. Procedure apps register theirs in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tenesa.accounts.models import SYSTEM, Actor, User
from tenesa.workflow.case import Case
from tenesa.workflow.perform import perform
from tenesa.workflow.procedures import procedures
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.desk import desk_of

if TYPE_CHECKING:
    from tenesa.escalation.models import Escalation


@dataclass(frozen=True)
class Brief:
    """The escalated case in a list: enough to decide without opening it."""

    number: str
    title: str
    who: str
    state: str
    address: str
    facts: tuple[tuple[str, str], ...] = ()
    customer: CustomerKeys | None = None

    @classmethod
    def of(cls, case: Case, facts: Iterable[tuple[str, object]]) -> Brief:
        """What the case says of itself; a fact without a value is left out."""
        desk = desk_of(case.procedure_name())
        return cls(
            number=case.number,
            title=case.title,
            who=case.who,
            state=state_of(case),
            address=case.get_absolute_url(),
            facts=tuple((label, str(value)) for label, value in facts if value),
            customer=desk.customer_of(case) if desk else None,
        )


@dataclass(frozen=True)
class Subject:
    """A procedure that can be escalated. All but `briefs` and `moot` take a step of the case in the transaction of the
    escalation's own step, so both are stored or none; a case that refuses makes that step refuse, with its words."""

    briefs: Callable[[Sequence[int]], Mapping[int, Brief]]
    give_back: Callable[[Escalation, Actor, str], None]
    """The case goes back to where it was, with the decision in words."""
    take_over: Callable[[Escalation, User, str], None]
    """The case goes back to where it was, and this person holds it."""
    hand_to: Callable[[Escalation, User, str], None]
    """The case changes hands and nothing else: the owner, or a leader in their stead, agreed to it."""
    tell: Callable[[Escalation, str], None]
    """Something moved, in words: for the history of the case and its open pages."""
    moot: Callable[[Escalation], str]
    """Why there is nothing left to decide, or ""."""


_subjects: dict[str, Subject] = {}


def register(procedure: str, subject: Subject) -> None:
    _subjects[procedure] = subject


def subject_of(procedure: str) -> Subject:
    """LookupError says plainly which procedure nobody registered."""
    try:
        return _subjects[procedure]
    except KeyError:
        raise LookupError(f"No procedure “{procedure}” can be escalated.") from None


def take_step(escalation: Escalation, step: str, **inputs: Any) -> Any:
    """A step of the system on the escalated case; the case as it is then."""
    case = procedures()[escalation.procedure]._default_manager.get(pk=escalation.case_id)
    return perform(case, step, actor=SYSTEM, **inputs)


def state_of(case: Case) -> str:
    return str(case.get_state_display())  # type: ignore[attr-defined]


def moved_on(case: Case) -> str:
    """Words for what was asked about a case that has ended, or is no longer where help was asked for."""
    words = {"number": case.number, "state": state_of(case)}
    return _("%(number)s has moved on: it is now “%(state)s”.") % words


def briefs_of(escalations: Sequence[Any]) -> dict[int, Brief]:
    """Escalation, or its row in a list → brief of its case, one question a procedure."""
    found: dict[int, Brief] = {}
    for procedure in {escalation.procedure for escalation in escalations}:
        mine = [escalation for escalation in escalations if escalation.procedure == procedure]
        briefs = subject_of(procedure).briefs([escalation.case_id for escalation in mine])
        found |= {one.pk: briefs[one.case_id] for one in mine if one.case_id in briefs}
    return found
