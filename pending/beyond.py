"""A hold that is to last beyond the cap: the customer agreed to it, and the team leader has to (ADR-0017)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tenesa.escalation.models import Escalation
from tenesa.escalation.states import Purpose, State
from tenesa.workspace.case_page import HISTORY

if TYPE_CHECKING:
    from pending.models import PendingRequest


@dataclass(frozen=True)
class Beyond:
    """Until when the customer agreed, in their words, and whether the team leader approved it."""

    until: datetime
    said: str
    approved: bool


def beyond_of(request: PendingRequest) -> Beyond | None:
    """What was put before the team leader last."""
    event = next((one for one in reversed(HISTORY.of(request)) if one.step == "ask_beyond"), None)
    if event is None:
        return None
    asked = Escalation.objects.filter(procedure=request.procedure_name(), case_id=request.pk, purpose=Purpose.HELP)
    first = asked.filter(opened_at__gte=event.at).order_by("pk").first()
    until = datetime.fromisoformat(event.data["until"])
    return Beyond(until, event.data.get("said", ""), first is not None and first.state == State.APPROVED)
