"""Rows of notices: whom a step of a case concerns, whether they have read of it, and the mail that tells them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

WORDS = 200  # letters of a note or a reason that a notice carries


class Kind(models.TextChoices):
    TAKEN = "TAKEN", _("Your case was taken over")
    GIVEN = "GIVEN", _("A case was given to you")
    RETURNED = "RETURNED", _("Returned to you")
    NOTED = "NOTED", _("Note by a team leader")
    MENTIONED = "MENTIONED", _("You were mentioned in a note")
    ACTED = "ACTED", _("Somebody acted on your case")
    LEFT = "LEFT", _("Cases of somebody no longer active")
    ASKED = "ASKED", _("Waits for your decision")
    DECIDED = "DECIDED", _("What you asked for was decided")
    LET_GO = "LET_GO", _("What you gave to somebody was let go")


class Notice(models.Model):
    """What one event of a case tells one person; the case and `seq` name the event, written in its transaction.

    `actor` is None where the system took the step. `words` are the beginning of its note or reason. `digest_at` is the
    moment of the digest that has it, or will. A notice of the kind LEFT is of no event: `seq` is 0, `actor` the person
    who left, and the case the most urgent one that they hold at its desk. Nor is one of ASKED or DECIDED: `procedure`
    and `case_id` name a request that is no case (`workspace.second_person`).
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    step = models.CharField(max_length=60)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    words = models.CharField(max_length=WORDS, blank=True)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    digest_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notice to a person")
        verbose_name_plural = _("notices to persons")
        constraints = [
            # also the index by which the notices of a case are found
            models.UniqueConstraint(fields=["procedure", "case_id", "seq", "person"], name="notice_once_an_event"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="notice_kind_known"),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["person", "-id"], condition=Q(read_at__isnull=False), name="notice_read"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.person}"


class Digest(models.Model):
    """The newest mail of notices to a person, one row each.

    It has the unread notices from before `moment`. While it is to be sent, `due_at` is when it is tried next. `unsure`
    is True from before the mail server is spoken to until its answer is known. `message_id` belongs to this one mail.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="digest")
    moment = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=250, blank=True)
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    unsure = models.BooleanField(default=False)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at=None) | (Q(moment__isnull=False) & ~Q(message_id="")), name="digest_due_has_mail"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="digest_due")]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.moment}"
