"""What people write beside a case of any procedure: notes for colleagues, and words that are not sent yet."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Note(models.Model):
    """An internal remark; the customer never sees it."""

    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "tickets_note"
        indexes = [models.Index(fields=["procedure", "case_id", "at"], name="note_of_case")]

    def __str__(self) -> str:
        return self.text[:60]


class Draft(models.Model):
    """What somebody has typed into a step's form and not yet sent: survives browser, sign-off and take-over."""

    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    step = models.CharField(max_length=60)
    values = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "tickets_draft"
        constraints = [
            models.UniqueConstraint(fields=["procedure", "case_id", "author", "step"], name="draft_once_a_step")
        ]

    def __str__(self) -> str:
        return f"{self.step} · {self.author}"
