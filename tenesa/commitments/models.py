"""One row a promise of a case; at most one of a kind is open."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Commitment(models.Model):
    """`kind` is the procedure's own word. EXPIRED: its time passed and what was promised has not happened yet."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("Open")
        KEPT = "KEPT", _("Kept")
        EXPIRED = "EXPIRED", _("Expired")
        BROKEN = "BROKEN", _("Broken")
        EXTENDED = "EXTENDED", _("Extended")

    UNSETTLED = (State.OPEN, State.EXPIRED)

    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    made_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["OPEN", "KEPT", "EXPIRED", "BROKEN", "EXTENDED"]),
                name="commitment_state_known",
            ),
            models.CheckConstraint(condition=Q(until__gte=F("made_at")), name="commitment_until_later"),
            models.CheckConstraint(
                condition=Q(state__in=["OPEN", "EXPIRED"], closed_at=None)
                | Q(state__in=["KEPT", "BROKEN", "EXTENDED"], closed_at__isnull=False),
                name="commitment_settled_has_time",
            ),
            models.UniqueConstraint(
                fields=["procedure", "case_id", "kind"],
                condition=Q(state__in=["OPEN", "EXPIRED"]),
                name="commitment_one_unsettled",
            ),
        ]
        indexes = [
            models.Index(fields=["procedure", "case_id", "id"], name="commitment_of_case"),
            models.Index(fields=["until", "id"], condition=Q(state="OPEN"), name="commitment_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.until:%Y-%m-%d %H:%M}: {self.state}"
