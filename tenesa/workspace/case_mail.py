"""Mails of a case that still wait for something: held, scheduled, not arrived. Merged cases count with their target."""

from __future__ import annotations

from django.db.models import QuerySet

from tenesa.mail.models import FAILED, OutboundMail
from tenesa.workflow.case import Case

Status = OutboundMail.Status


def sent(case: Case) -> QuerySet[OutboundMail]:
    """Every mail of the case and of those merged into it, whatever became of it."""
    return OutboundMail.objects.filter(procedure=case.procedure_name(), case_id__in=case.family())


def failed(case: Case) -> QuerySet[OutboundMail]:
    """Refused for good or bounced, and nobody has dealt with it."""
    return sent(case).filter(FAILED).order_by("created_at")


def held(case: Case) -> QuerySet[OutboundMail]:
    """A person's mails that have not left: still to be undone, or scheduled."""
    return sent(case).filter(status=Status.HELD, automatic=False).order_by("send_after")


def scheduled(case: Case) -> QuerySet[OutboundMail]:
    """Mails that a person wrote for a later hour."""
    return held(case).filter(scheduled=True)
