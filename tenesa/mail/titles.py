"""Names of the customer mails as people read them: on the timeline and in the administration (X-07)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TITLES: dict[str, Promise] = {
    "ack_received": _("Receipt of a mail"),
    "ask_again": _("Question again: the number was not found"),
    "ask_reference": _("Question for the ticket or product id"),
    "callback_unreached": _("Callback: not reached"),
    "close_no_reference": _("Closed without a reference"),
    "closing": _("Closing"),
    "edu_forward_dbs_request": _("Education: request of a DBS customer"),
    "edu_forward_dcs": _("Education: DCS customer"),
    "forward_unit": _("Hand-over to the unit"),
    "info_answer": _("Answer with information"),
    "pend_agreed": _("Pending: agreed"),
    "pend_done": _("Pending: recorded"),
    "pend_notice": _("Pending: notice of our call"),
    "pend_refused": _("Pending: refused"),
    "pend_resumed": _("Pending: over"),
    "pend_unreached": _("Pending: not reached"),
    "progress_update": _("News of the progress"),
    "promise_reminder": _("Reminder of a promise to pay"),
    "recovered_cause": _("Recovery: cause and repair"),
    "remind_reference": _("Reminder of the ticket or product id"),
    "reply": _("Free answer"),
    "request_receipt": _("Receipt of a request"),
    "request_result": _("Result of a request"),
    "service_normal": _("Service normal"),
    "ticket_delayed": _("Ticket number follows"),
    "ticket_existing": _("Ticket exists already"),
    "ticket_opened": _("Ticket opened"),
    "too_large": _("Mail too large"),
}


def title_of(name: str) -> str:
    """The name of a mail in words; of one that is not known here, its own without underscores."""
    return str(TITLES[name]) if name in TITLES else name.replace("_", " ")
