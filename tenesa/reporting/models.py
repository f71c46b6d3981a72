"""The KPI store: measurements with their daily tally, how far the history was read, and who exported what."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import Area, Desk, Team

# Beside the day, in this order; they are the columns of both tables.
DIMENSIONS = ("kpi", "desk_id", "area_id", "team_id", "agent_id", "segment", "part")


class Dimensions(models.Model):
    """What every figure can be split by. `day` is the day in Jakarta."""

    kpi = models.SlugField(max_length=40, db_index=False)
    day = models.DateField(_("day"))
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+", verbose_name=_("desk"), db_index=False)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("area"), null=True, db_index=False)
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name=_("team"), null=True, db_index=False)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("agent"), null=True, db_index=False
    )
    segment = models.CharField(_("segment"), max_length=8, blank=True)
    part = models.CharField(max_length=60, blank=True)

    class Meta:
        abstract = True


class Measurement(Dimensions):
    """One occurrence of a measure in one case. Written by `measuring` alone, and always the same from a history."""

    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    reference = models.CharField(max_length=60, blank=True)
    met = models.BooleanField(null=True)
    seconds = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure", "case_id", "kpi", "seq"], name="measurement_once"),
        ]
        indexes = [
            models.Index(fields=["kpi", "desk", "-at", "-id"], name="measurement_newest"),
            models.Index(fields=["kpi", "agent", "-at", "-id"], name="measurement_of_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.kpi} of {self.procedure} {self.case_id} #{self.seq}"


class Summed(Dimensions):
    """Measurements that agree in every dimension, added up in the transaction that stores them."""

    total = models.PositiveIntegerField()
    met = models.PositiveIntegerField()
    seconds = models.BigIntegerField()
    buckets = ArrayField(models.PositiveIntegerField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kpi", "desk", "day", "segment", "part", "agent", "team", "area"],
                nulls_distinct=False,
                name="%(class)s_once",
            ),
            models.CheckConstraint(condition=Q(met__lte=F("total")), name="%(class)s_met_of_total"),
            models.CheckConstraint(condition=Q(seconds__gte=0), name="%(class)s_seconds"),
        ]
        indexes = [
            models.Index(  # carries what the pages add up, so that the rows themselves are not read
                fields=["desk", "day", "kpi"],
                include=["area", "team", "agent", "segment", "part", "total", "met", "seconds"],
                name="%(class)s_days_whole",
            ),
        ]
        abstract = True

    def __str__(self) -> str:
        return f"{self.kpi} {self.day}: {self.met} of {self.total}"


class Tally(Summed):
    """By day."""


class Monthly(Summed):
    """By month, `day` is its first: long periods add up a thirtieth of the rows."""


class KpiTarget(models.Model):
    """The share that a KPI has to reach from a day on. Append-only: of several for one day the last one holds.

    Before the first row of a KPI the product's own target holds (`registry.Kpi.target`).
    """

    kpi = models.SlugField(_("KPI"), max_length=40, db_index=False)
    percent = models.DecimalField(_("target in percent"), max_digits=4, decimal_places=1)
    since = models.DateField(_("holds from"))
    note = models.CharField(_("why"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("KPI target")
        verbose_name_plural = _("KPI targets")
        ordering = ["kpi", "since", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="kpi_target_is_a_share"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kpi} {self.percent} % from {self.since}"


class Sample(models.Model):
    """A random sample of cases, with all that it takes to draw it again (`sampling.draw`). Append-only.

    `purpose` names what was drawn (the procedure of the audits), the days are those in which the cases were opened,
    both inclusive. `strata` has for each stratum how many `cases` there were, how many were `drawn` and the `digest`
    of their numbers. Without `by` the house has drawn it by itself.
    """

    purpose = models.CharField(max_length=60)
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+", verbose_name=_("desk"), db_index=False)
    first = models.DateField(_("from"))
    last = models.DateField(_("until"))
    seed = models.BigIntegerField(_("seed"))
    strata = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(last__gte=F("first")), name="sample_days_in_order")]
        indexes = [models.Index(fields=["purpose", "desk", "-at", "-id"], name="sample_newest")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.purpose} {self.first} – {self.last}, seed {self.seed}"


class Reading(models.Model):
    """How far the history has been measured: one row, and the lock of the only measurer.

    Ids are drawn before their transaction commits, so a smaller one may appear after a larger. `safe` is the id up to
    which nothing can appear any more: `ahead` becomes `safe` when every transaction that was running while `ahead` was
    read (before `horizon`, PostgreSQL's next transaction number then) has ended. What lies between is read again.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    safe = models.BigIntegerField(default=0)
    ahead = models.BigIntegerField(default=0)
    horizon = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="reading_one_row"),
            models.CheckConstraint(condition=Q(safe__lte=F("ahead")), name="reading_safe_behind"),
        ]

    def __str__(self) -> str:
        return f"safe {self.safe}, ahead {self.ahead}"


class Export(models.Model):
    """Who took which figures out of the house, and with which filter (X-09). Append-only; `ExportEnd` tells the end."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    report = models.CharField(max_length=80)
    kind = models.CharField(max_length=4)
    report_query = models.CharField(max_length=500, blank=True, db_column="asked")

    end: ExportEnd

    class Meta:
        indexes = [models.Index(fields=["-at", "-id"], name="export_newest")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.report} ({self.kind}) by {self.by}"


class ExportEnd(models.Model):
    """How an export ended. Without this row it was cut by the end of its process."""

    export = models.OneToOneField(Export, models.PROTECT, primary_key=True, related_name="end")
    at = models.DateTimeField(default=timezone.now)
    rows = models.PositiveBigIntegerField()
    finished = models.BooleanField()

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.rows} rows, {'finished' if self.finished else 'cut'}"
