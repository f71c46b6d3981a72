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


SOMEBODY_SPOKE = (Result.CONNECTED, Result.WRONG_PERSON)
