"""The instruments of QC in versions, and verdicts: append-only (P-01 8 langkah 4, 10; F-18; ADR-0040)."""

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

    from caring.models import CaringResult

PERSON = settings.AUTH_USER_MODEL
APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete
BY_ANOTHER = """
    IF EXISTS (SELECT FROM caring_caringresult r WHERE r.id = NEW.result_id
               AND (r.agent_id = NEW.qco_id OR NEW.qco_id = ANY (r.workers))) THEN
        RAISE EXCEPTION 'verdict by somebody who had to do with the call';
    END IF;
    IF NEW.kind IN ('SECOND_LOOK', 'CALIBRATION') AND EXISTS (SELECT FROM caring_verdict v
               WHERE v.result_id = NEW.result_id AND v.qco_id = NEW.qco_id AND v.kind IN ('DECIDING', 'APPEAL')) THEN
        RAISE EXCEPTION 'score by somebody who judged the result';
    END IF;
    IF EXISTS (SELECT FROM caring_verdict v WHERE v.id IN (NEW.supersedes_id, NEW.looks_at_id)
               AND v.qco_id = NEW.qco_id) THEN
        RAISE EXCEPTION 'verdict about a verdict of the same person';
    END IF;
    RETURN NEW;
"""


GATE_NAMES = {
    "PAYER": _("Payer"), "BILL": _("Offer and caring"), "WILLING": _("Willing"), "CONTRACT": _("Read-out"),
    "RECORDED": _("Recording"), "OTHER": _("Other"),
}  # fmt: skip  # the six criteria of the gate, whose codes never change (F-18)


def criterion_name(code: str) -> str:
    """A short name of a criterion of the gate."""
    return str(GATE_NAMES.get(code, code))


class Instrument(models.Model):
    """One version of the six-criterion gate or of the weighted scorecard; the newest one that holds is used.

    One person drafts it, another approves it; until then, or when it was withdrawn, nobody judges by it.
    """

    class Kind(models.TextChoices):
        GATE = "GATE", _("Six criteria")
        SCORECARD = "SCORECARD", _("Scorecard")

    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    version = models.PositiveIntegerField(_("version"))
    valid_from = models.DateTimeField(_("valid from"), default=timezone.now)
    drafted_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, verbose_name=_("drafted by"))
    approved_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, verbose_name=_("approved by"))

    approved_at = models.DateTimeField(_("approved at"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)

    items: RelatedManager[InstrumentItem]

    class Meta:
        verbose_name = _("QC instrument")
        verbose_name_plural = _("QC instruments")
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(approved_at=None, withdrawn_at=None), name="instrument_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(withdrawn_at=None), name="instrument_approved_or_withdrawn"
            ),
            models.CheckConstraint(  # the first versions come with the house
                condition=Q(approved_at=None) | Q(drafted_by=None) | Q(approved_by__isnull=False),
                name="instrument_approved_by_somebody",
            ),
            models.UniqueConstraint(fields=["kind", "version"], name="instrument_version_once"),
            models.CheckConstraint(
                condition=Q(drafted_by=None) | Q(approved_by=None) | ~Q(drafted_by=F("approved_by")),
                name="instrument_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("qc:instrument", args=[self.pk])


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


class CalibrationRound(models.Model):
    """The same results scored by all QCOs, none of whom sees what another found before it is closed."""

    desk = models.ForeignKey("accounts.Desk", models.PROTECT, related_name="+", verbose_name=_("desk"), db_index=False)
    gate = models.ForeignKey(Instrument, models.PROTECT, related_name="+", db_index=False)
    scorecard = models.ForeignKey(Instrument, models.PROTECT, related_name="+", db_index=False)
    sample = models.OneToOneField("reporting.Sample", models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("opened by"), db_index=False)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, db_index=False)
    closed_at = models.DateTimeField(_("closed at"), null=True)

    results: models.ManyToManyField[CaringResult, models.Model] = models.ManyToManyField(
        "caring.CaringResult", related_name="rounds", verbose_name=_("results")
    )

    class Meta:
        verbose_name = _("calibration")
        verbose_name_plural = _("calibrations")
        constraints = [
            models.UniqueConstraint(fields=["desk"], condition=Q(closed_at=None), name="round_one_open"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="round_closed_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["desk", "-opened_at", "-id"], name="round_newest")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Ruling(models.Model):
    """How a criterion is to be read from a day on, who decided it, and after which calibration. Append-only."""

    desk = models.ForeignKey("accounts.Desk", models.PROTECT, related_name="+", verbose_name=_("desk"), db_index=False)
    criterion = models.CharField(_("criterion"), max_length=20)
    decision = models.CharField(_("decision"), max_length=500)
    valid_from = models.DateField(_("valid from"))
    round = models.ForeignKey(CalibrationRound, models.PROTECT, related_name="rulings", null=True, db_index=False)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("decided by"), db_index=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("ruling")
        verbose_name_plural = _("rulings")
        constraints = [models.CheckConstraint(condition=~Q(decision=""), name="ruling_says_what")]
        indexes = [models.Index(fields=["desk", "-valid_from", "-id"], name="ruling_newest")]
        triggers = [pgtrigger.Protect(name="append_only", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return self.decision

    @property
    def criterion_name(self) -> str:
        return criterion_name(self.criterion)


class Verdict(models.Model):
    """What one QCO found about one version of a result. Only DECIDING and APPEAL decide; never changed.

    `desk`, `area` and `agent` are those of the result, by which lists of verdicts are read.
    `content` is what may differ between versions of the result, as it was judged. `round` is the calibration it was
    given in, `looks_at` the verdict that a second look scored again; neither decides anything.
    """

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
    desk = models.ForeignKey("accounts.Desk", models.PROTECT, related_name="+", db_index=False)
    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", null=True, db_index=False)
    agent = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("agent"), db_index=False)
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
    content = models.JSONField(default=dict)
    round = models.ForeignKey(CalibrationRound, models.PROTECT, related_name="verdicts", null=True, db_index=False)
    looks_at = models.OneToOneField("self", models.PROTECT, related_name="second_look", null=True)

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
            models.CheckConstraint(
                condition=Q(kind="CALIBRATION", round__isnull=False) | ~Q(kind="CALIBRATION") & Q(round=None),
                name="verdict_of_a_round",
            ),
            models.CheckConstraint(
                condition=Q(kind="SECOND_LOOK", looks_at__isnull=False) | ~Q(kind="SECOND_LOOK") & Q(looks_at=None),
                name="verdict_looks_again",
            ),
            models.CheckConstraint(
                condition=Q(supersedes=None) | Q(kind="APPEAL"), name="verdict_appeal_alone_supersedes"
            ),
            models.UniqueConstraint(
                fields=["round", "result", "qco"], condition=Q(kind="CALIBRATION"), name="verdict_round_once"
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
            models.Index(  # carries who judged, so that decisions are counted without their rows
                fields=["desk", "-at", "-id"],
                include=["qco"],
                condition=Q(kind__in=["DECIDING", "APPEAL"]),
                name="verdict_newest",
            ),
            models.Index(
                fields=["agent", "-at", "-id"], condition=Q(kind__in=["DECIDING", "APPEAL"]), name="verdict_of_agent"
            ),
            models.Index(fields=["desk", "-at", "-id"], condition=Q(kind="SECOND_LOOK"), name="verdict_looks"),
            models.Index(fields=["desk", "-at", "-id"], condition=Q(kind="APPEAL"), name="verdict_appeals"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=APPEND_ONLY),
            pgtrigger.Trigger(  # 4.3: never one's own call; 8.1: neither scorer nor asker is arbiter
                name="by_another", when=pgtrigger.Before, operation=pgtrigger.Insert, func=BY_ANOTHER
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result}: {self.decision}"


class SecondLook(models.Model):
    """A verdict that was drawn to be scored again by another QCO."""

    verdict = models.OneToOneField(Verdict, models.PROTECT, related_name="drawn")
    sample = models.ForeignKey("reporting.Sample", models.PROTECT, related_name="+", db_index=False)
    desk = models.ForeignKey("accounts.Desk", models.PROTECT, related_name="+", db_index=False)
    done = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("second look")
        verbose_name_plural = _("second looks")
        indexes = [models.Index(fields=["desk", "id"], condition=Q(done=False), name="second_look_open")]

    def __str__(self) -> str:
        return str(self.verdict)
