"""The outbox page: mails and calls of the cases a person may see, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.mail.models import OutboundMail
from tenesa.systems.models import ExternalCall
from tickets.delivery import Delivery, delivery_of_mail
from tickets.letters import FAILED
from tickets.models import EmailCase
from tickets.timeline import delivery_of_call, system_label

LIMIT = 100


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


def outside(user: User, tab: str) -> list[Item]:
    visible = EmailCase.objects.visible_to(user).values("pk")
    mine = {"procedure": EmailCase.procedure_name(), "case_id__in": visible}
    wanted = FAILED if tab == "failed" else _wanted(tab, OutboundMail.Status, "HELD")
    mails: Any = OutboundMail.objects.filter(wanted, **mine).order_by("-created_at")
    calls: Any = ExternalCall.objects.filter(_wanted(tab, ExternalCall.Status, "ANSWERED"), **mine)
    items = [_mail(mail) for mail in mails[:LIMIT]]
    items += [_call(call) for call in calls.order_by("-created_at")[:LIMIT]]
    return sorted(items, key=lambda item: item.at, reverse=True)[:LIMIT]


def _wanted(tab: str, status: Any, also: str) -> Q:
    if tab == "failed":
        return Q(status__in=[s for s in ("DEAD", "REFUSED") if s in status.values])
    return Q() if tab == "all" else Q(status__in=["WAITING", "SENDING", also])


def _mail(mail: OutboundMail) -> Item:
    return Item(
        mail.created_at, mail.case_id, EmailCase(pk=mail.case_id).number, _("Mail"),
        f"{mail.subject} → {', '.join(mail.to)}", delivery_of_mail(mail), mail.error,
        reverse("retry-mail", args=[mail.pk]) if mail.failed else "",
    )  # fmt: skip


def _call(call: ExternalCall) -> Item:
    dead = call.status == ExternalCall.Status.DEAD
    return Item(
        call.created_at, call.case_id, EmailCase(pk=call.case_id).number, system_label(call.system),
        call.operation.replace("_", " "), delivery_of_call(call), call.error_message,
        reverse("retry-call", args=[call.pk]) if dead else "",
    )  # fmt: skip
