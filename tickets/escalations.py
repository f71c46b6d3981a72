"""What a decision about an e-mail case does to it (tenesa.escalation.registry)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from tenesa.accounts.models import SYSTEM, Actor, PresenceState, User
from tenesa.accounts.presence import presence_of
from tenesa.escalation import registry
from tenesa.escalation.models import Escalation
from tenesa.escalation.registry import Brief, Subject
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
        (_("Owner"), str(case.owner or "")),
        (_("Came from"), str(State(case.state_before).label) if case.state == State.ESCALATED else ""),
    )
    return Brief(
        number=case.number,
        title=case.subject,
        who=str(case.customer or case.sender_name or case.sender_address),
        state=str(case.get_state_display()),
        address=case.get_absolute_url(),
        facts=tuple((label, str(value)) for label, value in facts if value),
    )


def _case(escalation: Escalation) -> EmailCase:
    case: EmailCase = EmailCase.objects.get(pk=escalation.case_id)
    return case


def give_back(escalation: Escalation, actor: Actor, words: str) -> None:
    """Back to where it was; to the queue where its owner has gone home meanwhile."""
    case = perform(_case(escalation), "return_escalation", actor=SYSTEM, answer=words)
    if case.owner is not None and case.state in WORKED_ON and not _is_here(case.owner):
        perform(case, "release", actor=SYSTEM)


def _is_here(user: User) -> bool:
    return user.is_active and presence_of(user).state != PresenceState.OFFLINE


def take_over(escalation: Escalation, user: User, words: str) -> None:
    perform(_case(escalation), "take_escalated", actor=SYSTEM, owner=user, decision=words)


def hand_to(escalation: Escalation, user: User, words: str) -> None:
    perform(_case(escalation), "change_hands", actor=SYSTEM, owner=user, decision=words)


def tell(escalation: Escalation, words: str) -> None:
    case = _case(escalation)
    if case.state in OPEN:
        perform(case, "note_escalation", actor=SYSTEM, decision=words)


def moot(escalation: Escalation) -> str:
    case = EmailCase.objects.filter(pk=escalation.case_id).select_related("owner").first()
    if case is None:
        return _("The case is no longer there.")
    now = {"number": case.number, "state": case.get_state_display(), "who": case.owner}
    if escalation.purpose == Purpose.HELP:
        return "" if case.state == State.ESCALATED else _("%(number)s has moved on: it is now “%(state)s”.") % now
    if case.state in ENDED:
        return _("%(number)s has moved on: it is now “%(state)s”.") % now
    if case.owner is None:
        return _("Nobody holds %(number)s any more: take it.") % now
    if case.owner_id == escalation.asker_id or (
        escalation.state == Asked.REQUESTED and case.owner_id != escalation.owner_id
    ):
        return _("%(number)s has changed hands: it is held by %(who)s.") % now
    return ""
