"""Mails of a case that still wait for something: held, scheduled, not arrived. Merged cases count with their target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from tenesa.mail.models import OutboundMail

if TYPE_CHECKING:
    from tickets.models import EmailCase

Status = OutboundMail.Status
FAILED = Q(settled_at=None) & (Q(status=Status.DEAD) | Q(status=Status.SENT, bounced_at__isnull=False))


def sent(case: EmailCase) -> QuerySet[OutboundMail]:
    """Every mail of the case and of those merged into it, whatever became of it."""
    return OutboundMail.objects.filter(procedure=case.procedure_name(), case_id__in=case.family())


def failed(case: EmailCase) -> QuerySet[OutboundMail]:
    """Refused for good or bounced, and nobody has dealt with it."""
    return sent(case).filter(FAILED).order_by("created_at")


def held(case: EmailCase) -> QuerySet[OutboundMail]:
    """A person's mails that have not left: still to be undone, or scheduled."""
    return sent(case).filter(status=Status.HELD, automatic=False).order_by("send_after")


def scheduled(case: EmailCase) -> QuerySet[OutboundMail]:
    """Mails that a person wrote for a later hour."""
    return held(case).filter(scheduled=True)
