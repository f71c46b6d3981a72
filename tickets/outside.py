"""The outbox page: mails and calls of the cases a person may see, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.mail.models import OutboundMail
from tenesa.systems import operations
from tenesa.systems.applications import label_of
from tenesa.systems.models import ExternalCall
from tenesa.workflow import keyset
from tickets.delivery import Delivery, delivery_of_mail
from tickets.letters import FAILED
from tickets.models import EmailCase
from tickets.timeline import delivery_of_call

PAGE = 50


@dataclass(frozen=True)
class Item:
    at: datetime
    case_id: int
    number: str
    where: str
    what: str
    delivery: Delivery
    problem: str
    retry: str


@dataclass(frozen=True)
class Outside:
    items: list[Item]
    next: str  # the cursor behind the last one, "" when there is no more


def outside(user: User, tab: str, after: str = "") -> Outside:
    """One page by keyset. What waits or failed goes by time; all of it by the step that decided on it: both tables
    have an index of that order."""
    column = "event_id" if tab == "all" else "created_at"
    behind = _behind(column, after)
    rows: list[Any] = []
    for source in (*_mails(tab), *_calls(tab)):
        visible = EmailCase.objects.visible_to(user).values("pk")
        mine = source.filter(behind, procedure=EmailCase.procedure_name(), case_id__in=visible)
        rows += mine.order_by(f"-{column}", "-pk")[: PAGE + 1]
    rows.sort(key=lambda row: (getattr(row, column), row.pk), reverse=True)
    shown = rows[:PAGE]
    more = f"{getattr(shown[-1], column)}_{shown[-1].pk}" if len(rows) > PAGE else ""
    return Outside([_mail(row) if isinstance(row, OutboundMail) else _call(row) for row in shown], more)


def _mails(tab: str) -> list[QuerySet[OutboundMail]]:
    status, every = OutboundMail.Status, OutboundMail.objects.defer("text", "html", "body")
    waiting = Q(status__in=[status.HELD, status.WAITING, status.SENDING])
    return [every.filter({"failed": FAILED, "all": Q()}.get(tab, waiting))]


def _calls(tab: str) -> list[QuerySet[ExternalCall]]:
    """What was answered and not heard yet has an index of its own, hence a reading of its own."""
    status, every = ExternalCall.Status, ExternalCall.objects.defer("answer")
    if tab == "all":
        return [every]
    if tab == "failed":
        return [every.filter(status__in=[status.DEAD, status.REFUSED])]
    unheard = Q(status=status.ANSWERED, applied_at=None)
    return [every.filter(status__in=[status.WAITING, status.SENDING]), every.filter(unheard)]


def _behind(column: str, after: str) -> Q:
    """Strictly behind the cursor."""
    if not after:
        return Q()
    at, _underscore, pk = after.rpartition("_")
    value: Any = keyset.number_of(at) if column == "event_id" else keyset.moment_of(at)
    return keyset.behind(column, value, keyset.uuid_of(pk), descending=True)


def _mail(mail: OutboundMail) -> Item:
    return Item(
        mail.created_at, mail.case_id, EmailCase(pk=mail.case_id).number, _("Mail"),
        f"{mail.subject} → {', '.join(mail.to)}", delivery_of_mail(mail), mail.error,
        reverse("retry-mail", args=[mail.pk]) if mail.failed and mail.to else "",
    )  # fmt: skip


def _call(call: ExternalCall) -> Item:
    dead = call.status == ExternalCall.Status.DEAD
    return Item(
        call.created_at, call.case_id, EmailCase(pk=call.case_id).number, label_of(call.system),
        operations.label_of(call.system, call.operation), delivery_of_call(call), call.error_message,
        reverse("retry-call", args=[call.pk]) if dead else "",
    )  # fmt: skip
