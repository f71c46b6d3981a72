"""Mails to the customer of the ticket, in their e-mail conversation where there is one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenesa.mail.address import normal
from tenesa.mail.models import InboundMail, Mailbox
from tenesa.mail.moments import moment_words
from tenesa.mail.recipients import Conversation
from tenesa.mail.salutation import addressed
from tenesa.mail.to_customer import mail_to_customer
from tenesa.mail.values import NEVER_A_CASE, Party
from tenesa.workflow.step import Outgoing, StepContext
from tenesa.workspace.cross_desk import MailCase, mail_case_about

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


def conversation(request: PendingRequest, case: MailCase | None) -> Conversation:
    """The customer's mails about the hold and those of their e-mail case; the newest of both is answered."""
    mine = Q(procedure=request.procedure_name(), case_id=request.pk)
    written = InboundMail.objects.filter(mine, party=Party.CUSTOMER).exclude(kind__in=NEVER_A_CASE)
    newest = written.select_related("mailbox").order_by("-pk").first()
    if case is None:
        return Conversation(newest, mine, [request.contact_mail])
    asked = case.conversation
    answered = max(filter(None, [newest, asked.answered]), key=lambda mail: mail.pk)
    return Conversation(answered, mine | asked.mails, [request.contact_mail])


def mailbox_of(request: PendingRequest) -> Mailbox | None:
    """Where its mails are written from: the mailbox of the customer's e-mail case, else one of the desk."""
    return _mailbox(request, mail_case_about(request.incident))


def _mailbox(request: PendingRequest, case: MailCase | None) -> Mailbox | None:
    return case.mailbox if case else Mailbox.objects.filter(active=True, desk=request.desk_id).order_by("pk").first()


def to_customer(
    request: PendingRequest, taken: StepContext, template: str, *, undo: bool = False
) -> Iterable[Outgoing]:
    """Nothing where no mail of theirs and no address is known: such a customer is called (W-02), or where no mailbox is
    there to write from."""
    case = mail_case_about(request.incident)
    thread, mailbox = conversation(request, case), _mailbox(request, case)
    if mailbox is None or not (thread.answered or thread.recipients.to or taken.inputs.get("to")):
        return
    words = _words(request, case, thread)
    yield mail_to_customer(taken, thread, mailbox, purpose=template, template=template, context=words, undo=undo)


def _words(request: PendingRequest, case: MailCase | None, thread: Conversation) -> dict[str, str]:
    words = {
        "incident": request.incident,
        "service": str(request.snapshot.get("service_no", "")),
        "reason": request.reason_text or str(request.reason),
        "until": moment_words(request.until or request.asked_until),
        "said": request.said,
    }
    if thread.recipients.to == (normal(request.contact_mail),) and not thread.name_of(request.contact_mail):
        words["customer"] = addressed(request.contact_name)
    if not case:
        words["subject"] = f"Tiket {request.incident}"
    return words
