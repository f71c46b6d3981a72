"""What a decision about a hold does to it (tenesa.escalation.registry): it stays in its state and hears of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from pending.models import PendingRequest
from pending.states import ENDED
from tenesa.accounts.models import Actor, User
from tenesa.escalation import registry
from tenesa.escalation.models import Escalation
from tenesa.escalation.registry import Brief, Subject, moved_on, take_step
from tenesa.mail.moments import moment_words


def register() -> None:
    """Called once, in `AppConfig.ready`."""
    subject = Subject(briefs, give_back=give_back, take_over=hand_to, hand_to=hand_to, tell=tell, moot=moot)
    registry.register(PendingRequest.procedure_name(), subject)


def briefs(case_ids: Sequence[int]) -> Mapping[int, Brief]:
    requests = PendingRequest.objects.filter(pk__in=case_ids).select_related("reason", "owner")
    return {request.pk: Brief.of(request, _facts(request)) for request in requests}


def _facts(request: PendingRequest) -> list[tuple[str, object]]:
    return [
        (_("Reason"), request.reason),
        (_("Hold until"), moment_words(request.until or request.asked_until)),
        ("NOSSA", request.status),
        (_("Owner"), request.owner),
    ]


def give_back(escalation: Escalation, actor: Actor, words: str) -> None:
    tell(escalation, words)


def hand_to(escalation: Escalation, user: User, words: str) -> None:
    take_step(escalation, "change_hands", owner=user, decision=words)


def tell(escalation: Escalation, words: str) -> None:
    take_step(escalation, "note_escalation", decision=words)


def moot(escalation: Escalation) -> str:
    request = PendingRequest.objects.filter(pk=escalation.case_id).first()
    if request is None:
        return _("The case is no longer there.")
    return moved_on(request) if request.state in ENDED else ""
