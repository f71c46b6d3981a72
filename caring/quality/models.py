"""The instruments of QC in versions, and verdicts: append-only (P-01 8 step 4, 10; F-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

PERSON = settings.AUTH_USER_MODEL
APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class Instrument(models.Model):
    """One version of the six-criterion gate or of the weighted scorecard; the newest one that holds is used."""

    class Kind(models.TextChoices):
        GATE = "GATE", _("Six criteria")
        SCORECARD = "SCORECARD", _("Scorecard")

    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    version = models.PositiveIntegerField(_("version"))
    valid_from = models.DateTimeField(_("valid from"), default=timezone.now)
    drafted_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, verbose_name=_("drafted by"))
    approved_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, verbose_name=_("approved by"))

    items: RelatedManager[InstrumentItem]

    class Meta:
        verbose_name = _("QC instrument")
        verbose_name_plural = _("QC instruments")
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="instrument_version_once"),
            models.CheckConstraint(
                condition=Q(drafted_by=None) | Q(approved_by=None) | ~Q(drafted_by=F("approved_by")),
                name="instrument_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} v{self.version}"


class InstrumentItem(models.Model):
    """One criterion. `weight` is its share of 100 in a scorecard, 0 in the gate; a critical one that fails decides."""

    class Critical(models.TextChoices):
        NOT = "", "—"
        COMPLIANCE = "COMPLIANCE", _("critical for compliance")
        CUSTOMER = "CUSTOMER", _("critical for the customer")
        BUSINESS = "BUSINESS", _("critical for the business")

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="items", db_index=False)
    place = models.PositiveSmallIntegerField(_("place"))
    code = models.CharField(_("code"), max_length=20)
    words = models.CharField(_("criterion"), max_length=200)
    critical = models.CharField(_("critical"), max_length=10, choices=Critical, blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=0)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["instrument", "code"], name="instrument_item_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return self.words


class Verdict(models.Model):
    """What one QCO found about one version of a result. Only DECIDING and APPEAL decide; never changed."""

    class Kind(models.TextChoices):
        DECIDING = "DECIDING", _("Decision")
        APPEAL = "APPEAL", _("Decision about the appeal")
        CALIBRATION = "CALIBRATION", _("Calibration")
        SECOND_LOOK = "SECOND_LOOK", _("Second look")

    class Decision(models.TextChoices):
        APPROVED = "APPROVED", _("Approved")
        RETURNED = "RETURNED", _("Returned")
        NOT_VALID = "NOT_VALID", _("Not valid")

    DECIDES = (Kind.DECIDING, Kind.APPEAL)

    result = models.ForeignKey("caring.CaringResult", models.PROTECT, related_name="verdicts", db_index=False)
    result_version = models.PositiveSmallIntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=11, choices=Kind)
    decision = models.CharField(_("decision"), max_length=9, choices=Decision)
    gate = models.ForeignKey(Instrument, models.PROTECT, related_name="+", db_index=False)
    ticks = models.JSONField(_("criteria"), default=dict)  # code → true (OK) or false
    scorecard = models.ForeignKey(Instrument, models.PROTECT, related_name="+", null=True, db_index=False)
    scores = models.JSONField(_("scorecard"), default=dict)  # code → true or false
    score = models.PositiveSmallIntegerField(_("score"), null=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    recommendation = models.CharField(_("recommendation"), max_length=300, blank=True)
    qco = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name="QCO", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    supersedes = models.OneToOneField("self", models.PROTECT, related_name="superseded_by", null=True)

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["DECIDING", "APPEAL", "CALIBRATION", "SECOND_LOOK"]), name="verdict_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(decision__in=["APPROVED", "RETURNED", "NOT_VALID"]), name="verdict_decision_known"
            ),
            models.CheckConstraint(  # C-14: a return says what to do
                condition=~Q(decision="RETURNED", kind__in=["DECIDING", "APPEAL"]) | ~Q(recommendation=""),
                name="verdict_return_recommends",
            ),
            models.CheckConstraint(
                condition=~Q(kind="APPEAL") | Q(supersedes__isnull=False), name="verdict_appeal_supersedes"
            ),
            models.UniqueConstraint(
                fields=["result", "result_version"], condition=Q(kind="DECIDING"), name="verdict_decides_once"
            ),
            models.UniqueConstraint(
                fields=["result", "result_version"], condition=Q(kind="APPEAL"), name="verdict_appeal_once"
            ),
        ]
        indexes = [
            models.Index(fields=["result", "id"], name="verdict_of_result"),
            models.Index(fields=["qco", "-at"], name="verdict_of_qco"),
            models.Index(fields=["-at", "-id"], condition=Q(kind__in=["DECIDING", "APPEAL"]), name="verdict_newest"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.result}: {self.decision}"
