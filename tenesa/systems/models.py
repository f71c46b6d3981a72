"""Calls to outside systems: a row with the step, made after it, once (X-04)."""

from __future__ import annotations

import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenesa.audit.models import Event


class ExternalCall(models.Model):
    """One call that a step decided on, and what came back.

    WAITING: due at `next_try_at`. SENDING: a worker has it. ANSWERED: the system said yes, the procedure has not heard
    of it yet. DONE: heard. REFUSED: the system said no (`error_code`). DEAD: not reached to the last try; a team leader
    may try again. CANCELLED: no longer wanted.
    """

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        SENDING = "SENDING", _("Being called")
        ANSWERED = "ANSWERED", _("Answered")
        DONE = "DONE", _("Done")
        REFUSED = "REFUSED", _("Refused")
        DEAD = "DEAD", _("Not reached")
        CANCELLED = "CANCELLED", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()
    event = models.ForeignKey(Event, models.PROTECT, related_name="+")
    system = models.CharField(_("system"), max_length=20)
    operation = models.CharField(_("operation"), max_length=40)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    idempotency_key = models.CharField(max_length=200, unique=True)
    retry_seconds = models.JSONField(default=list)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now)
    claimed_at = models.DateTimeField(null=True)
    answer = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    error_code = models.CharField(max_length=20, blank=True)
    error_message = models.TextField(_("error"), blank=True)
    answered_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True, help_text="When the procedure took the outcome over")
    note = models.TextField(blank=True, help_text="Why the procedure could not take the outcome over")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("outside call")
        verbose_name_plural = _("outside calls")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=["WAITING", "SENDING", "ANSWERED", "DONE", "REFUSED", "DEAD", "CANCELLED"],
                ),
                name="call_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["ANSWERED", "DONE"]) | Q(answered_at__isnull=False),
                name="call_answered_has_time",
            ),
            models.CheckConstraint(condition=~Q(status="REFUSED") | Q(error_code__gt=""), name="call_refused_has_code"),
        ]
        indexes = [
            models.Index(fields=["procedure", "case_id", "created_at"], name="call_case"),
            models.Index(fields=["event"], name="call_event"),
            models.Index(
                fields=["next_try_at"],
                condition=Q(status__in=["WAITING", "SENDING"]),
                name="call_due",
            ),
            models.Index(
                fields=["answered_at"],
                condition=Q(status__in=["ANSWERED", "REFUSED", "DEAD"], applied_at__isnull=True),
                name="call_to_apply",
            ),
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(status__in=["WAITING", "SENDING", "REFUSED", "DEAD"]),
                name="call_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.system}.{self.operation}: {self.status}"

    @property
    def succeeded(self) -> bool:
        """The system did what was asked."""
        return self.status in {self.Status.ANSWERED, self.Status.DONE}
