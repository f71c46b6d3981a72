"""What a procedure does when it is escalated. Procedure apps register theirs in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenesa.accounts.models import Actor, User

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


def briefs_of(escalations: Sequence[Escalation]) -> dict[int, Brief]:
    """Escalation → brief of its case, one question a procedure."""
    found: dict[int, Brief] = {}
    for procedure in {escalation.procedure for escalation in escalations}:
        mine = [escalation for escalation in escalations if escalation.procedure == procedure]
        briefs = subject_of(procedure).briefs([escalation.case_id for escalation in mine])
        found |= {one.pk: briefs[one.case_id] for one in mine if one.case_id in briefs}
    return found
