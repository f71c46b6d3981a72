"""Named deadlines: a row a running clock, evaluated by beat, recomputable from its own columns (X-05)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Timer(models.Model):
    """One deadline of one case. When it is due, `step` is taken by the system; without a step it only counts."""

    class State(models.TextChoices):
        RUNNING = "RUNNING"
        STOPPED = "STOPPED"
        FIRED = "FIRED"

    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    warn_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    step = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    ended_at = models.DateTimeField(null=True)
    breached = models.BooleanField(default=False)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "case_id", "name"], condition=Q(state="RUNNING"), name="timer_one_running"
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("started_at")), name="timer_due_after_start"),
            models.CheckConstraint(
                condition=Q(state="RUNNING") | Q(ended_at__isnull=False), name="timer_ended_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="RUNNING", breached=False), name="timer_due"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.procedure} {self.case_id}: {self.state}"
