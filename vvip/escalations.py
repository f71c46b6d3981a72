"""What a decision about a 147 call does to it (tenesa.escalation.registry): V-12, V-14, V-21, V-15."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from tenesa.accounts.models import Actor, User
from tenesa.escalation import registry
from tenesa.escalation.models import Escalation
from tenesa.escalation.registry import Brief, Subject, moved_on, take_step
from tenesa.escalation.states import State as Decision
from vvip.calls.states import Asked, State
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
        (_("Asked for"), call.get_asked_display() if call.asked else ""),
        (_("Ordered by the list"), call.action),
        (_("Analysis"), call.analysis),
        (_("Tier 2"), call.tier2),
    ]


def tell(escalation: Escalation, words: str) -> None:
    """The unit has it: approved. All else is only heard."""
    approved = escalation.state == Decision.WITH_UNIT
    call = SpecialCase.objects.get(pk=escalation.case_id)
    if approved and call.state == State.BACKEND_WAIT_APPROVAL:
        if call.asked == Asked.SUPER:
            take_step(escalation, "declare_emergency", decided_by=escalation.decided_by)
        else:
            take_step(escalation, "hand_to_backend")
    elif call.state != State.CLOSED:
        take_step(escalation, "note_escalation", decision=words)


def give_back(escalation: Escalation, actor: Actor, words: str) -> None:
    """Returned or withdrawn: to the agent who asked. Answered by the unit: to whoever tells the customer."""
    if escalation.state == Decision.ANSWERED:
        take_step(escalation, "take_result", answer=escalation.answer, solved=False)
    elif SpecialCase.objects.filter(pk=escalation.case_id, state=State.BACKEND_WAIT_APPROVAL).exists():
        take_step(escalation, "return_to_agent", note=words)
    else:
        take_step(escalation, "note_escalation", decision=words)


def take_over(escalation: Escalation, user: User, words: str) -> None:
    take_step(escalation, "return_to_agent", note=words)
    take_step(escalation, "note_escalation", decision=words)


def moot(escalation: Escalation) -> str:
    call = SpecialCase.objects.filter(pk=escalation.case_id).first()
    if call is None:
        return _("The case is no longer there.")
    return "" if call.state in {State.BACKEND_WAIT_APPROVAL, State.SUPER_EMERGENCY, State.BACKEND} else moved_on(call)
