"""What a decision about a 147 call does to it (tenesa.escalation.registry): V-12, V-14, V-21, V-15."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.accounts.models import Actor, User
from tenesa.escalation import registry
from tenesa.escalation.models import Escalation
from tenesa.escalation.registry import Brief, Subject, moved_on, take_step
from tenesa.escalation.states import Purpose
from tenesa.escalation.states import State as Decision
from tenesa.ui.templatetags.ui import when
from tenesa.workflow.perform import perform
from vvip.calls.states import REACHED, Asked, State
from vvip.models import SpecialCase


def register() -> None:
    """Called once, in `AppConfig.ready`."""
    subject = Subject(briefs, give_back=give_back, take_over=take_over, hand_to=take_over, tell=tell, moot=moot)
    registry.register(SpecialCase.procedure_name(), subject)


def briefs(case_ids: Sequence[int]) -> Mapping[int, Brief]:
    calls = SpecialCase.objects.filter(pk__in=case_ids).select_related("customer", "tier2", "service")
    return {call.pk: Brief.of(call, _facts(call)) for call in calls}


def _facts(call: SpecialCase) -> list[tuple[str, object]]:
    return [
        (_("Path"), call.get_kind_display() if call.kind else ""),
        (_("Category in CTI"), call.get_category_display() if call.is_behind else ""),
        (_("Asked for"), call.get_asked_display() if call.asked else ""),
        (_("Report"), call.report),
        (_("Analysis"), call.analysis),
        (_("Service"), call.service),
        (_("Ordered by the list"), call.ordered),
        (_("On the list as"), ", ".join(str(entry["label"]) for entry in call.entries)),
        (_("Tier 2"), call.tier2),
        (_("Super emergency, owner"), call.emergency_owner if call.is_super_emergency else ""),
        (_("News promised until"), when(call.news_due) if call.news_due else ""),
    ]


def tell(escalation: Escalation, words: str) -> None:
    """The unit has it: approved. All else is only heard."""
    approved = escalation.state == Decision.WITH_UNIT
    call = SpecialCase.objects.get(pk=escalation.case_id)
    if approved and call.state == State.BACKEND_WAIT_APPROVAL and not is_about_news(escalation):
        take_step(escalation, "note_escalation", decision=words)  # the system goes on; who decided stands here
        if call.asked == Asked.SUPER:
            take_step(escalation, "declare_emergency", decided_by=escalation.decided_by)
        else:
            take_step(escalation, "hand_to_backend")
    elif call.state != State.CLOSED:
        take_step(escalation, "note_escalation", decision=words)


def give_back(escalation: Escalation, actor: Actor, words: str) -> None:
    """Returned or withdrawn: to the agent who asked. Answered by the unit: to whoever tells the customer."""
    call = SpecialCase.objects.get(pk=escalation.case_id)
    if is_about_news(escalation) or call.state not in {State.BACKEND_WAIT_APPROVAL, State.BACKEND}:
        _note(escalation, call, words)
    elif escalation.state == Decision.ANSWERED:
        take_step(escalation, "take_result", answer=escalation.answer[:500], solved=False)
    elif call.state == State.BACKEND_WAIT_APPROVAL:
        take_step(escalation, "return_to_agent", note=words)
    else:
        _note(escalation, call, words)


def take_over(escalation: Escalation, user: User, words: str) -> None:
    """The leader holds the matter: the callback where Tier 2 has the customer, else the call."""
    call = SpecialCase.objects.get(pk=escalation.case_id)
    call = take_step(escalation, "return_to_agent", note=words)
    held = call.live_callback() if call.state in REACHED else call
    if held is not None:
        perform(held, "take_over", actor=user, owner=user)


def moot(escalation: Escalation) -> str:
    call = SpecialCase.objects.filter(pk=escalation.case_id).first()
    if call is None:
        return _("The case is no longer there.")
    if is_about_news(escalation):
        if call.state == State.CLOSED:
            return moved_on(call)
        late = call.is_super_emergency and call.news_due is not None and call.news_due <= timezone.now()
        return "" if late else _("The customer has heard the news, or the super emergency is over.")
    return "" if call.state in {State.BACKEND_WAIT_APPROVAL, State.SUPER_EMERGENCY, State.BACKEND} else moved_on(call)


def is_about_news(escalation: Escalation) -> bool:
    """Asked because a super emergency did not hear the promised news, not for the back-end."""
    return escalation.purpose == Purpose.PROMISE


def _note(escalation: Escalation, call: SpecialCase, words: str) -> None:
    if call.state != State.CLOSED:
        take_step(escalation, "note_escalation", decision=words)
