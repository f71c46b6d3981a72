"""Calls of a case to outside systems that are not settled: waiting, being made, refused or given up."""

from __future__ import annotations

from tenesa.systems.models import ExternalCall
from tenesa.workflow.case import Case

Status = ExternalCall.Status
SETTLED = (Status.DONE, Status.ANSWERED, Status.CANCELLED)


def unsettled_calls(case: Case) -> list[ExternalCall]:
    """In the order in which they were decided on, without their answers."""
    calls = ExternalCall.objects.filter(procedure=case.procedure_name(), case_id=case.pk).exclude(status__in=SETTLED)
    return case.once("calls", lambda: list(calls.select_related("event__actor").defer("answer").order_by("created_at")))
