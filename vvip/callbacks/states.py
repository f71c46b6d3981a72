"""Words of a callback: states, tiers with their targets, results of a dial."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from tenesa.timers.targets import Default


class State(TextChoices):
    """Requirements 7.1."""

    QUEUED = "QUEUED", _("In the queue")
    SCHEDULED = "SCHEDULED", _("Appointment")
    CLAIMED = "CLAIMED", _("Taken")
    DIALLING = "DIALLING", _("Being dialled")
    RETRY_WAIT = "RETRY_WAIT", _("Waits for the next attempt")
    CONNECTED = "CONNECTED", _("Customer reached")
    DONE = "DONE", _("Done")
    EXPIRED = "EXPIRED", _("Expired")
    CANCELLED = "CANCELLED", _("Cancelled")


ALL = tuple(State)
ENDED = (State.DONE, State.EXPIRED, State.CANCELLED)
LIVE = tuple(state for state in ALL if state not in ENDED)
WAITING = (State.QUEUED, State.SCHEDULED, State.RETRY_WAIT)
HELD = (State.CLAIMED, State.DIALLING, State.CONNECTED)  # by an agent; they count for the limit of open items
LEASED = (State.CLAIMED, State.DIALLING)  # silence gives them back


class Tier(IntegerChoices):
    """The order of the queue, the smaller the earlier (requirements 7.1)."""

    SUPER_EMERGENCY = 0, _("Super emergency")
    VVIP = 1, "VVIP"
    HARD_COMPLAINT = 2, _("Hard complaint")
    MANAGEMENT = 3, _("Management request")
    HIGH_SPEED = 4, _("High speed")


HIGHEST_BY_WAITING = Tier.VVIP  # nobody becomes a super emergency by waiting
TARGETS = {  # [A] minutes until an item is taken; hold until an administrator sets others (timers.Target)
    Tier.SUPER_EMERGENCY: 5,
    Tier.VVIP: 15,
    Tier.HARD_COMPLAINT: 30,
    Tier.MANAGEMENT: 60,
    Tier.HIGH_SPEED: 60,
}
RISE_AFTER = 2  # times its target that an item waits for each tier it rises


class How(TextChoices):
    """How Tier 2 escalates (W-26 5.2.6 c, 5.3.4 c)."""

    TICKET = "TICKET", _("Ticket in MyCX")
    WORKLOG = "WORKLOG", _("Worklog on the ticket in NOSSA")
    GROUP = "GROUP", _("Message to the unit's group")


class GivenBack(TextChoices):
    ENDING_SHIFT = "ENDING_SHIFT", _("My shift ends")
    NOT_MINE = "NOT_MINE", _("Somebody else knows the matter")
    TROUBLE = "TROUBLE", _("Trouble with my tools")
    OTHER = "OTHER", _("Other")


LEASE = timedelta(minutes=5)  # from the claim, or the analysis, until the first dial
SILENCE = timedelta(seconds=120)  # two missed heartbeats of a minute; an open page gives one every 20 seconds
TOO_OFTEN_LEFT = 3  # abandons that the team leader hears of

PICKUP, DUE, EXPIRY, PROMISED, RISE = "pickup", "callback_due", "callback_expiry", "promised", "rise"
LEFT, PASSED_ON = "left_often", "passed_on"  # overdue from their start: the team leader hears of it
CLOCKS = {
    PICKUP: _("take the callback"),
    DUE: _("time of the next call"),
    EXPIRY: _("end of the callback"),
    PROMISED: _("appointment of one agent"),
    RISE: _("next tier"),
    LEFT: _("left by three agents"),
    PASSED_ON: _("customer reached, agent gone"),
}
DEFAULTS = tuple(Default(PICKUP, minutes, segment=tier.name) for tier, minutes in TARGETS.items())
OPENS_TO_ALL_AFTER = timedelta(minutes=15)
