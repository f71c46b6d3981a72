"""Whom we asked to hurry about a case under watch (P-05 5.7)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    PHONE = "PHONE", _("Phone")
    CHAT = "CHAT", _("Chat")
    GROUP = "GROUP", _("Coordination group")
    MAIL = "MAIL", _("E-mail")
    VISIT = "VISIT", _("In person")


class Expedite(models.Model):
    """We asked the working unit to hurry: whom, how, what they said, when we ask again (E-36)."""

    case = models.ForeignKey("tickets.EmailCase", models.CASCADE, related_name="expedites")
    unit = models.CharField(_("unit"), max_length=120)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    person = models.CharField(_("person"), max_length=120)
    answer = models.TextField(_("answer"))
    next_at = models.DateTimeField(_("ask again at"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="expedite_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="expedite_channel_known"),
            models.CheckConstraint(
                condition=Q(next_at=None) | Q(next_at__gt=models.F("at")), name="expedite_asks_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.person}"
