"""The history: append-only, one chain of hashes a case, written in the step's own transaction (X-03)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.roles import Role


class Event(models.Model):
    """One thing that happened to one case. PostgreSQL refuses to change or delete it.

    `procedure` and `case_id` name the case ("tickets.emailcase", 17); `seq` counts its events from 1 without a gap.
    """

    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)
    step = models.CharField(max_length=60)
    clause = models.CharField(max_length=60)
    revision = models.CharField(max_length=20)
    source = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    key = models.CharField(
        max_length=64, null=True, help_text="SHA-256 of the form's or client's own key: posted twice, done once"
    )
    fingerprint = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="SHA-256 of step, actor and inputs, with a key"
    )
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(fields=["procedure", "case_id", "seq"], name="event_one_per_seq"),
            models.UniqueConstraint(
                fields=["procedure", "case_id", "key"],
                condition=models.Q(key__isnull=False),
                name="event_one_per_key",
            ),
            models.CheckConstraint(
                condition=models.Q(key__isnull=True) | ~models.Q(fingerprint=""), name="event_key_has_fingerprint"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.case_id} #{self.seq} {self.step}"

    def digest(self) -> str:
        """SHA-256 over every column that carries meaning and the hash before it."""
        return hashlib.sha256(canonical(self).encode()).hexdigest()


def canonical(event: Event) -> str:
    """The text that is hashed: one line of JSON, keys sorted, times in UTC with microseconds."""
    content: dict[str, Any] = {
        "procedure": event.procedure,
        "case": event.case_id,
        "seq": event.seq,
        "at": _utc(event.at),
        "actor": event.actor_id,
        "role": event.role,
        "step": event.step,
        "clause": event.clause,
        "revision": event.revision,
        "source": event.source,
        "target": event.target,
        "data": event.data,
        "key": event.key,
        "previous": event.previous_hash,
    }
    if event.fingerprint:  # events from before there were any keep their hash
        content["fingerprint"] = event.fingerprint
    return json.dumps(content, sort_keys=True, separators=(",", ":"), cls=DjangoJSONEncoder)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
