"""Mails of a case that still wait for something: held, scheduled, not arrived. Merged cases count with their target."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from tenesa.mail.models import OutboundMail
from tenesa.workflow.case import Case

Status = OutboundMail.Status


def sent(case: Case) -> list[OutboundMail]:
    """Every mail of the case and of those merged into it, whatever became of it, in the order of writing."""
    mails = OutboundMail.objects.filter(procedure=case.procedure_name(), case_id__in=case.family())
    return case.once("mails", lambda: list(mails.defer("html").order_by("created_at")))


def failed(case: Case) -> list[OutboundMail]:
    """Refused for good or bounced, and nobody has dealt with it."""
    return [mail for mail in sent(case) if mail.failed]


def held(case: Case) -> list[OutboundMail]:
    """A person's mails that have not left: still to be undone, or scheduled."""
    mine = [mail for mail in sent(case) if mail.status == Status.HELD and not mail.automatic]
    return sorted(mine, key=lambda mail: mail.send_after)


def scheduled(case: Case) -> list[OutboundMail]:
    """Mails that a person wrote for a later hour."""
    return [mail for mail in held(case) if mail.scheduled]


def rows(mails: Iterable[OutboundMail]) -> QuerySet[OutboundMail]:
    """These mails as a choice of a form."""
    chosen = [mail.pk for mail in mails]
    return OutboundMail.objects.filter(pk__in=chosen) if chosen else OutboundMail.objects.none()
