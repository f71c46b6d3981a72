"""What a decision about an e-mail case does to it (tenesa.escalation.registry)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from tenesa.accounts.models import SYSTEM, Actor, PresenceState, User
from tenesa.accounts.presence import presence_of
from tenesa.escalation import registry
from tenesa.escalation.models import Escalation
from tenesa.escalation.registry import Brief, Subject, moved_on, take_step
from tenesa.escalation.states import Purpose
from tenesa.escalation.states import State as Asked
from tenesa.workflow.perform import perform
from tickets.models import EmailCase
from tickets.states import ENDED, OPEN, WORKED_ON, State


def register() -> None:
    """Called once, in `AppConfig.ready`."""
    subject = Subject(
        briefs=briefs, give_back=give_back, take_over=take_over, hand_to=hand_to, tell=tell, moot=moot
    )  # fmt: skip
    registry.register(EmailCase.procedure_name(), subject)


def briefs(case_ids: Sequence[int]) -> Mapping[int, Brief]:
    cases = EmailCase.objects.filter(pk__in=case_ids).select_related("customer", "owner")
    return {case.pk: _brief(case) for case in cases}


def _brief(case: EmailCase) -> Brief:
    facts = (
        (_("Segment"), case.get_segment_display() if case.segment else ""),
        (_("Need"), " · ".join(filter(None, [case.get_kind_display(), case.get_complaint_display()]))),
        (_("Owner"), case.owner),
        (_("Came from"), State(case.state_before).label if case.state == State.ESCALATED else ""),
    )
    return Brief.of(case, facts)


def give_back(escalation: Escalation, actor: Actor, words: str) -> None:
    """Back to where it was; to the queue where its owner has gone home meanwhile."""
    case: EmailCase = take_step(escalation, "return_escalation", answer=words)
    if case.owner is not None and case.state in WORKED_ON and not _is_here(case.owner):
        perform(case, "release", actor=SYSTEM)


def _is_here(user: User) -> bool:
    return user.is_active and presence_of(user).state != PresenceState.OFFLINE


def take_over(escalation: Escalation, user: User, words: str) -> None:
    take_step(escalation, "take_escalated", owner=user, decision=words)


def hand_to(escalation: Escalation, user: User, words: str) -> None:
    take_step(escalation, "change_hands", owner=user, decision=words)


def tell(escalation: Escalation, words: str) -> None:
    if EmailCase.objects.filter(pk=escalation.case_id, state__in=OPEN).exists():
        take_step(escalation, "note_escalation", decision=words)


def moot(escalation: Escalation) -> str:
    case = EmailCase.objects.filter(pk=escalation.case_id).select_related("owner").first()
    if case is None:
        return _("The case is no longer there.")
    now = {"number": case.number, "who": case.owner}
    if escalation.purpose == Purpose.HELP:
        return "" if case.state == State.ESCALATED else moved_on(case)
    if case.state in ENDED:
        return moved_on(case)
    if case.owner is None:
        return _("Nobody holds %(number)s any more: take it.") % now
    if case.owner_id == escalation.asker_id or (
        escalation.state == Asked.REQUESTED and case.owner_id != escalation.owner_id
    ):
        return _("%(number)s has changed hands: it is held by %(who)s.") % now
    return ""
