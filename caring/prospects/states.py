"""Words of a prospect: states, campaigns, clocks."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tenesa.timers.targets import Default


class State(TextChoices):
    """Requirements 8, sheet E."""

    AVAILABLE = "AVAILABLE", _("Available")
    PICKED = "PICKED", _("Picked")
    IN_CALL = "IN_CALL", _("In the call")
    FOLLOW_UP = "FOLLOW_UP", _("Follow up")
    DONE_AGREE = "DONE_AGREE", _("Agreed")
    DONE_DECLINE = "DONE_DECLINE", _("Declined")
    PAID = "PAID", _("Paid")
    EXHAUSTED = "EXHAUSTED", _("Exhausted")
    EXCLUDED = "EXCLUDED", _("Excluded")


ALL = tuple(State)
WAITING = (State.AVAILABLE, State.FOLLOW_UP)  # nobody's; those that are ready may be picked
HELD = (State.PICKED, State.IN_CALL)
OPEN = (*WAITING, *HELD)
JUDGED = (State.DONE_AGREE, State.DONE_DECLINE)  # a result stands
ENDED = (*JUDGED, State.PAID, State.EXHAUSTED, State.EXCLUDED)


class Campaign(TextChoices):
    """P-01 6.1, 6.2."""

    PRANPC = "PRANPC", "PRANPC"
    CT0 = "CT0", "CT-0"


class Excluded(TextChoices):
    """Why a prospect is not called."""

    NOT = "", "—"
    LISTED = "LISTED", _("On the exclusion list")
    BEYOND = "BEYOND", _("More than two months due")
    DISPUTE = "DISPUTE", _("The bill is disputed")
    COMPLAINT = "COMPLAINT", _("Hard complaint")
    DECEASED = "DECEASED", _("Customer is deceased")
    NO_NUMBER = "NO_NUMBER", _("No number left that can be called")
    WITHDRAWN = "WITHDRAWN", _("The list was withdrawn")
    OTHER = "OTHER", _("Other")


PICK, APPOINTMENT, RESULT = "pick", "caring_appointment", "caring_result"
CLOCKS = {
    PICK: _("work on the prospect"),
    APPOINTMENT: _("time of the agreed call"),
    RESULT: _("result of the call"),
}
DEFAULTS = (Default(PICK, 30, 20), Default(RESULT, 60, 45))
LEASE = timedelta(minutes=30)  # [A] a pick that nobody works on goes back
OPENS_TO_ALL_AFTER = timedelta(minutes=15)
FRESH_FOR = timedelta(minutes=30)  # so long the bills that were read stand
