"""What became of a mail or a call, in words, a colour and an icon: the same on timeline, list and outbox."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tenesa.mail.models import OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.ui.templatetags.ui import clock

Status = OutboundMail.Status


@dataclass(frozen=True)
class Delivery:
    text: str
    signal: str
    icon: str


def delivery_of_mail(mail: OutboundMail) -> Delivery:
    if mail.settled_at:
        return Delivery(_("Not delivered; told by phone"), "", "phone")
    if mail.bounced_at:
        return Delivery(_("Came back undelivered"), "breach", "mail-x")
    if mail.status in {Status.HELD, Status.WAITING, Status.SENDING}:
        return _on_its_way(mail)
    ended = {
        Status.SENT: Delivery(_("Sent %(time)s") % {"time": clock(mail.sent_at)}, "met", "check-check"),
        Status.DEAD: Delivery(_("Not delivered"), "breach", "circle-alert"),
        Status.CANCELLED: Delivery(_("Taken back, never sent"), "", "ban"),
    }
    return ended[Status(mail.status)]


def _on_its_way(mail: OutboundMail) -> Delivery:
    if mail.status == Status.HELD and mail.scheduled:
        return Delivery(_("Leaves %(time)s") % {"time": clock(mail.send_after)}, "", "calendar-clock")
    if mail.status == Status.HELD:
        return Delivery(_("Held, can be undone"), "", "hourglass")
    if mail.attempts:
        words = {"n": mail.attempts + 1, "time": clock(mail.send_after)}
        return Delivery(_("Waiting, try %(n)d at %(time)s") % words, "risk", "hourglass")
    return Delivery(_("In the outbox"), "", "hourglass")


def delivery_of_call(call: ExternalCall) -> Delivery:
    status = ExternalCall.Status
    match call.status:
        case status.REFUSED:
            unknown = Delivery(_("Not found"), "risk", "circle-dot")
            return unknown if call.error_code == "NOT_FOUND" else Delivery(_("Refused"), "breach", "circle-x")
        case status.DEAD:
            return Delivery(_("Not reached; tries are used up"), "breach", "circle-alert")
        case status.CANCELLED:
            return Delivery(_("Cancelled"), "", "ban")
        case status.ANSWERED | status.DONE:
            return Delivery(_("Answered %(time)s") % {"time": clock(call.answered_at)}, "met", "check-check")
        case _waiting:
            if not call.attempts or call.status == status.SENDING:
                return Delivery(_("On its way"), "", "hourglass")
            words = {"n": call.attempts + 1, "time": clock(call.next_try_at)}
            return Delivery(_("Waiting, try %(n)d at %(time)s") % words, "risk", "hourglass")
