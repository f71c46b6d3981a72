"""Calls of a case to outside systems that are not settled: waiting, being made, refused or given up."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from tenesa.systems.models import ExternalCall
from tenesa.workflow.case import Case
from tenesa.workflow.readings import Reading

Status = ExternalCall.Status
SETTLED = (Status.DONE, Status.ANSWERED, Status.CANCELLED)


def _unsettled(case: Any) -> QuerySet[ExternalCall]:
    calls = ExternalCall.objects.filter(procedure=case.procedure_name(), case_id=case.pk).exclude(status__in=SETTLED)
    return calls.select_related("event__actor").defer("answer").order_by("created_at")


CALLS = Reading("calls", _unsettled)


def unsettled_calls(case: Case) -> list[ExternalCall]:
    """In the order in which they were decided on, without their answers."""
    return CALLS.of(case)


def calls_on_the_way(case: Case) -> list[ExternalCall]:
    """Those that wait to be made, also again, and those that are being made."""
    return [call for call in unsettled_calls(case) if call.status in {Status.WAITING, Status.SENDING}]
