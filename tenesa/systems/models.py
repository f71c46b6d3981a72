"""Calls to outside systems, how these systems are, and where they may be used (X-04, X-15; P-05 11.1)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import Area, Presence
from tenesa.audit.models import Event
from tenesa.systems import operation as operations
from tenesa.systems.applications import APPLICATIONS, OUR_OWN, label_of
from tenesa.systems.cti.values import AgentState


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
            models.Index(
                fields=["system", "next_try_at"],
                condition=Q(status__in=["WAITING", "SENDING"]),
                name="call_of_system",
            ),
            BrinIndex(fields=["created_at"], pages_per_range=16, name="call_recent"),
        ]

    def __str__(self) -> str:
        what = operations.label_of(self.system, self.operation)
        return f"{label_of(self.system)} · {what}: {self.get_status_display()}"

    @property
    def succeeded(self) -> bool:
        """The system did what was asked."""
        return self.status in {self.Status.ANSWERED, self.Status.DONE}


class SystemState(models.Model):
    """Whether a system answers: written when that changes, when it fails, and by each probe (ADR-0014).

    While `retry_at` is set the system counts as down and is asked nothing until then.
    """

    system = models.CharField(_("system"), max_length=20, primary_key=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row")
    since = models.DateTimeField(default=timezone.now, help_text="When it went down or came back")
    retry_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    last_error_at = models.DateTimeField(null=True)
    probed_at = models.DateTimeField(null=True)
    probe_ms = models.PositiveIntegerField(null=True, help_text="None where the last probe was not answered")

    class Meta:
        verbose_name = _("state of a system")
        verbose_name_plural = _("states of systems")
        constraints = [
            models.CheckConstraint(condition=Q(retry_at=None) | Q(failures__gt=0), name="state_down_has_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.system}: {'down' if self.down else 'up'}"

    @property
    def down(self) -> bool:
        return self.retry_at is not None


class Notice(models.Model):
    """A person says that an application cannot be used, and until when (X-15)."""

    system = models.CharField(_("application"), max_length=20)
    text = models.CharField(_("notice"), max_length=200)
    until = models.DateTimeField(_("until"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="notice_says_something"),
            models.CheckConstraint(condition=Q(until__gt=models.F("created_at")), name="notice_lasts"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="notice_ended_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["until"], condition=Q(ended_at=None), name="notice_now")]

    def __str__(self) -> str:
        return f"{label_of(self.system)}: {self.text}"


class SiteTool(models.Model):
    """Whether a supporting application may be used in an area (P-05 11.1, E-42).

    A pair without a row may be used: the document names two areas, what the others have is lokal (ADR-0014).
    """

    area = models.ForeignKey(Area, models.CASCADE, verbose_name=_("area"), related_name="+")
    tool = models.CharField(_("application"), max_length=20, choices=[(code, label_of(code)) for code in APPLICATIONS])
    available = models.BooleanField(_("may be used"), default=True)
    clause = models.CharField(_("clause"), max_length=40, default=OUR_OWN)

    class Meta:
        verbose_name = _("application of an area")
        verbose_name_plural = _("applications of areas")
        constraints = [models.UniqueConstraint(fields=["area", "tool"], name="tool_once_an_area")]

    def __str__(self) -> str:
        return f"{self.area_id}: {label_of(self.tool)}"


class LineLimit(models.Model):
    """From where on a measured value of a line is doubtful, and from where on a fault (P-05 6.11)."""

    class Measure(models.TextChoices):
        RX = "rx_dbm", _("Received light (dBm)")
        ATTENUATION = "attenuation_db", _("Attenuation (dB)")
        SNR = "snr_db", _("SNR (dB)")
        ATTAINABLE = "attainable_percent", _("Attainable rate (% of the bandwidth)")

    measure = models.CharField(_("measure"), max_length=20, choices=Measure, primary_key=True)
    at_risk = models.FloatField(_("doubtful from"))
    breached = models.FloatField(_("fault from"))
    clause = models.CharField(_("clause"), max_length=40, default=OUR_OWN)

    class Meta:
        verbose_name = _("limit of a line")
        verbose_name_plural = _("limits of a line")
        constraints = [
            models.CheckConstraint(
                condition=Q(measure="attenuation_db", breached__gt=models.F("at_risk"))
                | ~Q(measure="attenuation_db") & Q(breached__lt=models.F("at_risk")),
                name="limit_fault_is_worse",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_measure_display())


class CtiState(models.Model):
    """What the CTI was told of a person. `since` is the change of presence that it knows; behind it, it is told again.

    A state that the CTI refuses counts as told, with `error`: the same would be refused again.
    """

    presence = models.OneToOneField(Presence, models.CASCADE, primary_key=True, related_name="cti_state")
    state = models.CharField(max_length=10, blank=True)
    since = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("state in the CTI")
        verbose_name_plural = _("states in the CTI")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["", *(each.value for each in AgentState)]), name="cti_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.presence_id}: {self.state or '—'}"


from tenesa.systems.trouble import TroubleReport  # noqa: E402 - it is a case and builds on the rows above

__all__ = ["CtiState", "ExternalCall", "LineLimit", "Notice", "SiteTool", "SystemState", "TroubleReport"]
