"""Mails of a case that still wait for something: held, scheduled, not arrived. Merged cases count with their target."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case as Choice
from django.db.models import F, Q, QuerySet, TextField, Value, When

from tenesa.accounts.models import User
from tenesa.mail.models import InboundAttachment, InboundMail, OutboundAttachment, OutboundMail
from tenesa.workflow.case import Case
from tenesa.workflow.offered import may_take
from tenesa.workflow.readings import Reading

Status = OutboundMail.Status


def _sent(case: Any) -> QuerySet[OutboundMail]:
    return OutboundMail.objects.filter(procedure=case.procedure_name(), case_id__in=case.family())


def _shown(mails: QuerySet[OutboundMail]) -> QuerySet[OutboundMail]:
    """For the timeline: of a plain mail its text, of a formatted one its HTML as well."""
    formatted = When(formatted=True, then=F("html"))
    return (
        mails.defer("html")
        .annotate(sent_html=Choice(formatted, default=Value(""), output_field=TextField()))
        .order_by("created_at")
    )


def html_of(mail: Any) -> str:
    """Of a formatted mail as `sent` reads it; "" of a plain one."""
    html: str = mail.sent_html
    return html


def _received(case: Any) -> QuerySet[InboundMail]:
    return InboundMail.objects.filter(case.received(case.family()))


def _files_sent(case: Any) -> QuerySet[OutboundAttachment]:
    files = OutboundAttachment.objects.filter(mail__in=_sent(case).values("pk"))
    return files.select_related("blob").defer("blob__data").order_by("pk")


def _files_received(case: Any) -> QuerySet[InboundAttachment]:
    return InboundAttachment.objects.filter(mail__in=_received(case).values("pk")).order_by("pk")


RECEIVED, FILES_RECEIVED = (
    Reading("mails in", lambda case: _received(case).order_by("pk")),
    Reading("files in", _files_received),
)
SENT, FILES_SENT = (
    Reading("mails", lambda case: _shown(_sent(case))),
    Reading("files out", _files_sent),
)


def _of_other_desks(case: Any) -> QuerySet[OutboundMail]:
    """What other procedures wrote in answer to a mail of this case, such as what was agreed about its ticket."""
    answered = _received(case).exclude(message_id="").values("message_id")
    mine = Q(procedure=case.procedure_name(), case_id__in=case.family())
    return _shown(OutboundMail.objects.filter(in_reply_to__in=answered).exclude(mine))


OF_OTHERS = Reading("mails of other desks", _of_other_desks)


def sent(case: Case) -> list[OutboundMail]:
    """Every mail of the case and of those merged into it, whatever became of it, in the order of writing."""
    return SENT.of(case)


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


def scheduled_steps(case: Case, user: User) -> list[str]:
    """What this person may do now with a scheduled mail of the case."""
    return [name for name in ("send_now", "cancel_mail") if may_take(case, name, user)]


def rows(mails: Iterable[OutboundMail]) -> QuerySet[OutboundMail]:
    """These mails as a choice of a form."""
    chosen = [mail.pk for mail in mails]
    return OutboundMail.objects.filter(pk__in=chosen) if chosen else OutboundMail.objects.none()
