"""Whether APPREC has the recording of a call: what it answered when QC took the result (P-01 9.3; S-27)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tenesa.systems.models import ExternalCall
from tenesa.workflow.readings import Reading

if TYPE_CHECKING:
    from caring.models import CaringResult

ASKED_AGAIN = (ExternalCall.Status.DEAD, ExternalCall.Status.CANCELLED)  # by whoever presses play


def _asked(result: Any) -> QuerySet[ExternalCall]:
    """The newest question about it, if any."""
    calls = ExternalCall.objects.filter(procedure=result.procedure_name(), case_id=result.pk, system="apprec")
    return calls.order_by("-created_at")[:1]


ASKED = Reading("recording", _asked)


def is_found(result: CaringResult) -> bool:
    return any(call.succeeded for call in ASKED.of(result))


def lack_of(result: CaringResult) -> str:
    """Why there is nothing to hear, as far as it is known; "" where it may be played."""
    if not result.call_id:
        return _("There is no call id, so no recording can be found.")
    for call in ASKED.of(result):
        if call.status == ExternalCall.Status.REFUSED:
            return _("APPREC has no recording of this call.")
        if not call.succeeded and call.status not in ASKED_AGAIN:
            return _("APPREC is being asked for the recording.")
    return ""
