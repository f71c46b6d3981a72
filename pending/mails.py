"""Mails to the customer of the ticket, in their e-mail conversation where there is one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from pending.words import moment_words
from tenesa.mail.courtesy import may_be_written_to
from tenesa.mail.models import Mailbox
from tenesa.mail.outbox import MailOut
from tenesa.workflow.step import Outgoing, Taken
from tickets.models import EmailCase
from tickets.states import State

if TYPE_CHECKING:
    from pending.models import PendingRequest


WORDS = {
    "pend_notice": _("Notice of our call"),
    "pend_agreed": _("What was agreed"),
    "pend_unreached": _("We tried to reach you"),
    "pend_refused": _("The work goes on, as you wanted"),
    "pend_done": _("The ticket is on hold"),
    "pend_resumed": _("The work goes on"),
}


def email_case(request: PendingRequest) -> EmailCase | None:
    """The newest e-mail case about the ticket."""
    cases = EmailCase.objects.filter(lines__incident_number=request.incident).exclude(state=State.VOID)
    newest: EmailCase | None = cases.select_related("mailbox", "last_mail").order_by("-pk").first()
    return newest


def to_customer(request: PendingRequest, taken: Taken, template: str) -> Iterable[Outgoing]:
    """Nothing where nobody's address is known, or no mailbox is there to write from."""
    case = email_case(request)
    address = case.sender_address if case else request.contact_mail
    mailbox = case.mailbox if case else Mailbox.objects.filter(active=True, desk=request.desk_id).order_by("pk").first()
    if not address or mailbox is None or not may_be_written_to(address):
        return
    yield MailOut(
        purpose=template,
        template=template,
        mailbox=mailbox,
        to=[address],
        context=_words(request, case, taken),
        in_reply_to=case.last_mail if case else None,
        automatic=taken.actor.pk is None,
    )


def _words(request: PendingRequest, case: EmailCase | None, taken: Taken) -> dict[str, str]:
    name = (case.sender_name if case else "") or request.contact_name
    words = {
        "incident": request.incident,
        "service": str(request.snapshot.get("service_no", "")),
        "reason": f"{request.reason}: {request.reason_text}",
        "until": moment_words(request.until or request.asked_until),
        "said": request.said,
    }
    if name:
        words["customer"] = f"Bapak/Ibu {name}"
    if not case:
        words["subject"] = f"Tiket {request.incident}"
    if taken.actor.pk is not None:
        words["agent"] = str(taken.actor)
    return words
