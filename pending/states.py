"""The states of a pend request, its words, and its clocks (lokal: ADR-0017)."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tenesa.timers.targets import Default


class State(TextChoices):
    RECEIVED = "RECEIVED", _("Request received")
    CHECKING = "CHECKING", _("Being checked in NOSSA")
    REJECTED = "REJECTED", _("Rejected")
    CONTACTING = "CONTACTING", _("Contacting the customer")
    APPROVED = "APPROVED", _("Agreed by the customer")
    UNREACHABLE = "UNREACHABLE", _("Customer not reached")
    REFUSED = "REFUSED", _("Refused by the customer")
    APPLYING = "APPLYING", _("Being entered in NOSSA")
    PENDED = "PENDED", _("On hold")
    RETURNING = "RETURNING", _("Going back to the unit")
    RETURNED = "RETURNED", _("Back with the unit")
    RESUME_DUE = "RESUME_DUE", _("Hold is over, NOSSA is told")
    RESUMED = "RESUMED", _("Work goes on")
    EXTENDED = "EXTENDED", _("Goes on in a request for more time")
    CANCELLED = "CANCELLED", _("Cancelled")
    FAILED = "FAILED", _("NOSSA did not take it")


ENDED = (State.REJECTED, State.RETURNED, State.RESUMED, State.EXTENDED, State.CANCELLED)
LIVE = tuple(state for state in State if state not in ENDED)
WORKED_ON = (State.CHECKING, State.CONTACTING)
AWAITING = (State.RECEIVED, *WORKED_ON, State.FAILED)
ON_HOLD = (State.PENDED, State.RESUME_DUE, State.RESUMED, State.EXTENDED)  # NOSSA has, or had, the ticket on hold
ASKED_NOSSA = (State.APPLYING, State.RETURNING, State.RESUME_DUE)

HELD = {"PENDING", "SLAHOLD"}  # NOSSA's words: we write the first and read both (AMB-17)
BACK_WITH_UNIT = "BACKEND"  # NOSSA's status after the customer said no (AMB-16)


class Channel(TextChoices):
    API = "API", _("REST")
    FORM = "FORM", _("Form")
    PHONE = "PHONE", _("Phone")
    CHAT = "CHAT", _("Chat")
    MAIL = "MAIL", _("E-mail")


class Answer(TextChoices):
    AGREED = "AGREED", _("Agreed")
    UNREACHABLE = "UNREACHABLE", _("Not reached")
    REFUSED = "REFUSED", _("Refused")


class AsksOn(TextChoices):
    """Who wants the work to go on before the time."""

    CUSTOMER = "CUSTOMER", _("Customer")
    UNIT = "UNIT", _("Unit")


class Unfit(TextChoices):
    """Why a request is rejected at the check (PD-03)."""

    CLOSED = "CLOSED", _("The ticket is repaired or closed")
    ON_HOLD = "ON_HOLD", _("The ticket is on hold already")
    REASON = "REASON", _("The reason does not fit")
    UNKNOWN = "UNKNOWN", _("NOSSA does not know the ticket")
    NO_CONTACT = "NO_CONTACT", _("There is nobody to ask")


HOLD = "hold"  # the kind of commitment that a hold is

PICK_UP, DECIDE, CALL_BACK, ENDING, RESUME = "pick_up", "decide", "call_back", "ending", "resume"
LETTER, RETRY = "letter", "retry"
OF_THE_HOLD = (
    PICK_UP,
    DECIDE,
    CALL_BACK,
    ENDING,
    RESUME,
    RETRY,
)  # a letter waits for a reader whatever becomes of the hold
CLOCKS = {
    PICK_UP: _("pick up the request"),
    DECIDE: _("decide about the hold"),
    CALL_BACK: _("call back at the agreed time"),
    ENDING: _("notice before the hold ends"),
    RESUME: _("end of the hold"),
    RETRY: _("try NOSSA again"),
    LETTER: _("read what the customer wrote"),
}
DEFAULTS = (Default(PICK_UP, 15, 10), Default(DECIDE, 120, 90), Default(LETTER, 30, 15), Default(RETRY, 15, 5))


def cap_of(answer: str) -> timedelta:
    """How long a hold may last before a team leader has to say so."""
    hours = settings.PENDING["cap_unreached"] if answer == Answer.UNREACHABLE else settings.PENDING["cap_agreed"]
    return timedelta(hours=hours)
