"""Years by kind, holds, lists of what is due, what was removed, and certificates. Nothing here is rewritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

PERSON = settings.AUTH_USER_MODEL
APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
NEVER_DELETED = pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)


class Why(models.TextChoices):
    """What holds a record back."""

    OPEN = "OPEN", _("still open")
    YOUNGER = "YOUNGER", _("something in it is younger")
    HOLD = "HOLD", _("legal hold")
    REFERRED = "REFERRED", _("another record still refers to it")
    GONE = "GONE", _("removed before")


class Policy(models.Model):
    """How many years a kind is kept from a day on: proposed by one person, decided by another (four eyes)."""

    kind = models.CharField(_("kind of record"), max_length=60)
    years = models.PositiveSmallIntegerField(_("years"))
    since = models.DateField(_("holds from"))
    note = models.CharField(_("why"), max_length=300)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("proposed by"), db_index=False)
    at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, db_index=False)
    decided_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("retention period")
        verbose_name_plural = _("retention periods")
        constraints = [
            models.CheckConstraint(condition=Q(years__gte=1, years__lte=30), name="policy_years_sensible"),
            models.CheckConstraint(condition=~Q(note=""), name="policy_says_why"),
            models.CheckConstraint(
                condition=Q(accepted=None, decided_by=None, decided_at=None)
                | Q(accepted__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="policy_decided_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(accepted=True) | ~Q(by=F("decided_by")), name="policy_four_eyes"),
            models.UniqueConstraint(fields=["kind"], condition=Q(accepted=None), name="policy_one_proposal"),
        ]
        indexes = [models.Index(fields=["kind", "since", "id"], name="policy_of_kind")]
        triggers = [
            pgtrigger.ReadOnly(name="terms_stay", fields=["kind", "years", "since", "note", "by", "at"]),
            pgtrigger.Protect(
                name="decided_stays", operation=pgtrigger.Update, condition=pgtrigger.Q(old__accepted__isnull=False)
            ),
            NEVER_DELETED,
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.years} ({self.since:%Y-%m-%d})"


class Hold(models.Model):
    """A legal hold on a record, or on every record of a customer. Append-only; `HoldEnd` lifts it."""

    procedure = models.CharField(max_length=60, blank=True)
    record_id = models.BigIntegerField(null=True)
    number = models.CharField(_("number"), max_length=40, blank=True)
    customer = models.CharField(_("customer number"), max_length=20, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)

    end: HoldEnd

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="hold_says_why"),
            models.CheckConstraint(
                condition=Q(customer="", record_id__isnull=False) & ~Q(procedure="") & ~Q(number="")
                | ~Q(customer="") & Q(procedure="", record_id=None, number=""),
                name="hold_on_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="hold_newest")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.number or self.customer


class HoldEnd(models.Model):
    """Who lifted a hold, when and why. Append-only."""

    hold = models.OneToOneField(Hold, models.PROTECT, primary_key=True, related_name="end")
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="hold_end_says_why")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.hold}: {self.reason}"


class Disposal(models.Model):
    """One run: a list of what is due at a day, its approval by another person, and its execution.

    `drawn_by` is None for the list of the month that the house draws by itself. `until` has for each kind the last day
    of closing that is due ({"tickets.emailcase": "2024-11-28"}), as the periods stood when the list was drawn.
    """

    class Status(models.TextChoices):
        DRAWING = "DRAWING", _("Being drawn")
        LISTED = "LISTED", _("To be decided")
        EMPTY = "EMPTY", _("Nothing due")
        DROPPED = "DROPPED", _("Not approved")
        APPROVED = "APPROVED", _("Being executed")
        DONE = "DONE", _("Executed")

    UNDER_WAY = (Status.DRAWING, Status.APPROVED)

    cutoff = models.DateField(_("cut-off day"))
    drawn_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, verbose_name=_("drawn by"))
    at = models.DateTimeField(default=timezone.now)
    status = models.CharField(_("state"), max_length=8, choices=Status, default=Status.DRAWING)
    until = models.JSONField(default=dict)
    listed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, verbose_name=_("decided by"))
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    records: RelatedManager[ListedRecord]
    certificate: Certificate

    class Meta:
        verbose_name = _("disposal run")
        verbose_name_plural = _("disposal runs")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["DRAWING", "LISTED", "EMPTY", "DROPPED", "APPROVED", "DONE"]),
                name="disposal_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status="DRAWING", listed_at=None) | ~Q(status="DRAWING") & Q(listed_at__isnull=False),
                name="disposal_listed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["DROPPED", "APPROVED", "DONE"], decided_by__isnull=False, decided_at__gte=F("at")
                )
                | Q(status__in=["DRAWING", "LISTED", "EMPTY"], decided_by=None, decided_at=None),
                name="disposal_decided_by_somebody",
            ),
            models.CheckConstraint(  # requirements 13: nobody approves a list of their own
                condition=Q(status="DROPPED") | Q(drawn_by=None) | Q(decided_by=None) | ~Q(drawn_by=F("decided_by")),
                name="disposal_four_eyes",
            ),
            models.UniqueConstraint(fields=["cutoff"], condition=Q(drawn_by=None), name="disposal_one_list_a_month"),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="disposal_newest"),
            models.Index(fields=["at"], condition=Q(status__in=["DRAWING", "APPROVED"]), name="disposal_under_way"),
        ]
        triggers = [pgtrigger.ReadOnly(name="asked_stays", fields=["cutoff", "drawn_by", "at"]), NEVER_DELETED]

    def __str__(self) -> str:
        return f"MS{self.pk:05d}"

    def get_absolute_url(self) -> str:
        return reverse("retention:run", args=[self.pk])


class ListedRecord(models.Model):
    """A line of a list as it was drawn: due, or held back for a reason. Append-only.

    Records of one `unit` refer to each other and go together. `place` is the order in which kinds are removed. `about`
    is the number of the record that `why` is about.
    """

    disposal = models.ForeignKey(Disposal, models.PROTECT, related_name="records", db_index=False)
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind of record"), max_length=60)
    record = models.BigIntegerField()
    unit = models.BigIntegerField()
    number = models.CharField(_("number"), max_length=40)
    closed_on = models.DateField(_("closed"), null=True)
    why = models.CharField(_("held back"), max_length=8, choices=Why, blank=True)
    about = models.CharField(max_length=40, blank=True)

    outcome: Outcome

    class Meta:
        verbose_name = _("listed record")
        verbose_name_plural = _("listed records")
        constraints = [
            models.UniqueConstraint(fields=["disposal", "kind", "record"], name="listed_once"),
            models.CheckConstraint(condition=~Q(why="") | Q(closed_on__isnull=False), name="listed_due_was_closed"),
        ]
        indexes = [models.Index(fields=["disposal", "place", "unit", "record"], name="listed_in_order")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.number


class Outcome(models.Model):
    """What became of a listed record: removed, with the SHA-256 of all its rows, or skipped. Append-only.

    Written in the transaction that removes the record.
    """

    listed = models.OneToOneField(ListedRecord, models.PROTECT, primary_key=True, related_name="outcome")
    removed = models.BooleanField()
    rows = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    why = models.CharField(max_length=8, choices=Why, blank=True)
    about = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(removed=True, why="", rows__gte=1) & ~Q(sha256="")
                | Q(removed=False, sha256="", rows=0) & ~Q(why=""),
                name="outcome_removed_or_skipped",
            ),
        ]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.listed_id}: {'removed' if self.removed else self.why}"


class Certificate(models.Model):
    """The disposal certificate of a run: who, when, how many of each kind, and a digest of all lines. Append-only.

    `counts` has for each kind `removed`, `skipped` and `rows`. `digest` is the SHA-256 over "number sha256" of every
    record removed, a line each, in the order of the list. Nothing of a person's data is in it.
    """

    disposal = models.OneToOneField(Disposal, models.PROTECT, primary_key=True, related_name="certificate")
    drawn_by = models.CharField(_("listed by"), max_length=160)
    approved_by = models.CharField(_("approved by"), max_length=160)
    approved_at = models.DateTimeField(_("approved at"))
    at = models.DateTimeField(_("executed at"), default=timezone.now)
    counts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("disposal certificate")
        verbose_name_plural = _("disposal certificates")
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"BAP{self.disposal_id:05d}"
