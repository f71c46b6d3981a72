"""For what customers are called, in which way, and what comes of it."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Purpose(TextChoices):
    """What a call is for; the hours and limits of each are settings (`CONTACT`)."""

    HOLD = "hold", _("Hold of a ticket")
    CALLBACK = "callback", _("Callback")
    CARING = "caring", _("Caring")


class By(TextChoices):
    """How the customer was tried."""

    PHONE = "PHONE", _("Phone")
    WHATSAPP = "WHATSAPP", _("WhatsApp call")
    INBOUND = "INBOUND", _("The customer called us")


class Result(TextChoices):
    CONNECTED = "CONNECTED", _("Connected: customer or somebody entitled")
    WRONG_PERSON = "WRONG_PERSON", _("Wrong person")
    NO_ANSWER = "NO_ANSWER", _("No answer")
    BUSY = "BUSY", _("Busy")
    REJECTED = "REJECTED", _("Call rejected")
    MAILBOX = "MAILBOX", _("Answering machine")
    OFF = "OFF", _("Switched off or out of range")
    WRONG_NUMBER = "WRONG_NUMBER", _("Wrong number")
    INVALID = "INVALID", _("Invalid number")
    FAX = "FAX", _("Fax or modem")


class NumberIs(TextChoices):
    """What is known of a number as one of a person's."""

    VERIFIED = "VERIFIED", _("Verified: the person was reached on it")
    VALID = "VALID", _("Valid")
    DEAD = "DEAD", _("Dead: no telephone answers there")
    WRONG = "WRONG", _("Wrong: somebody else's")


class Why(TextChoices):
    """The rule that refuses a call."""

    HOURS = "HOURS", _("Hours, Sunday or holiday")
    DAILY = "DAILY", _("Calls within 24 hours")
    WEEKLY = "WEEKLY", _("Calls within 7 days")
    GAP = "GAP", _("Gap between calls")
    SILENCE = "SILENCE", _("Silence after a conversation")
    NUMBER = "NUMBER", _("Number that is not to be called")
    PART = "PART", _("Another part of the day")
    SPENT = "SPENT", _("All attempts made")


NUMBER_ENDED = (Result.WRONG_NUMBER, Result.INVALID, Result.FAX)  # it is not tried again for this person
SOMEBODY_SPOKE = (Result.CONNECTED, Result.WRONG_PERSON)
CANCELLED = "CANCELLED"  # it rang until the agent hung up: a dial for the limits, and no try that reached nobody
