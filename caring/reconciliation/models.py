"""Runs of the reconciliation, the files that stand for a side, and the questions that it leaves (C-18, C-19)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caring.prospects.states import Campaign
from tenesa.accounts.models import Desk, User

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from caring.models import CaringResult

LONGEST = 300
FIELDS = {  # of the engine's rows, in words
    "day": _("Day"), "fastel": _("Internet or telephone number"), "login": _("Login"), "campaign": _("Campaign"),
    "status": _("Status"), "category": _("Category"), "reason": _("Reason"), "receiver": _("Receiver"),
    "amount": _("Amount"), "promised_on": _("Promised for"), "duration": _("Duration"),
}  # fmt: skip
PART = 8 * 2**20  # bytes of a file that are read at once


class System(models.TextChoices):
    """Whose rows are laid beside ours; CWC is the input of TAMARA (AMB-28)."""

    TAMARA = "TAMARA", "TAMARA / CWC"
    MYCX = "MYCX", "MyCX"


class Kind(models.TextChoices):
    """Classes of the engine (`rows.Kind`) in words; EQUAL rows are counted and not kept."""

    EQUAL = "EQUAL", _("Equal")
    DIFFERENT = "DIFFERENT", _("Different")
    MISSING = "MISSING", _("Missing there")
    DUPLICATE = "DUPLICATE", _("Cannot be told apart")
    LATE = "LATE", _("Late")
    ORPHAN = "ORPHAN", _("Unknown here")


class Reconciliation(models.Model):
    """A period in which our results were laid beside both applications (P-01 8 langkah 5).

    `asked_by` is None for the daily batch. `reads` tells of each side (OURS, TAMARA, MYCX) what it says it has, what
    was compared and what stands no longer; `counts` of each system the classes of both sides. `closes` is whether all
    of that adds up. `read_at` is when our side was read: what was entered later was not compared. `claimed_at` is the
    last sign of life of whoever works on it. `refused_side` is the system whose file could not be read.
    A run that was a mistake is withdrawn: it keeps what it read, and asks nothing more.
    """

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Waits")
        RUNNING = "RUNNING", _("Running")
        OPEN = "OPEN", _("To be answered")
        SIGNED = "SIGNED", _("Signed")
        FAILED = "FAILED", _("Failed")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+", db_index=False)
    first = models.DateField(_("from"))
    last = models.DateField(_("until"))
    campaign = models.CharField(_("campaign"), max_length=6, choices=Campaign, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"), null=True
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    status = models.CharField(_("state"), max_length=9, choices=Status, default=Status.WAITING)
    claimed_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=600, blank=True)
    refused_side = models.CharField(max_length=6, choices=System, blank=True, default="", db_default="")
    names_version = models.PositiveSmallIntegerField(null=True)
    reads = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    closes = models.BooleanField(null=True)
    read_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("signed by"), null=True
    )
    signed_at = models.DateTimeField(null=True)
    finalised_at = models.DateTimeField(null=True)
    finalised = models.PositiveIntegerField(_("made final"), default=0)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("withdrawn by"), null=True,
        db_index=False,
    )  # fmt: skip
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=LONGEST, blank=True, default="", db_default="")
    files: RelatedManager[SideFile]
    differences: RelatedManager[Difference]

    class Meta:
        app_label = "caring"
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["WAITING", "RUNNING", "OPEN", "SIGNED", "FAILED", "WITHDRAWN"]),
                name="recon_status_known",
            ),
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="recon_period_in_order"),
            models.CheckConstraint(condition=~Q(status="FAILED") | ~Q(problem=""), name="recon_failed_says_why"),
            models.CheckConstraint(
                condition=~Q(status="SIGNED") | Q(signed_by__isnull=False, signed_at__isnull=False, closes=True),
                name="recon_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status="WITHDRAWN")
                | (Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False) & ~Q(withdrawn_why="")),
                name="recon_withdrawn_says_why",
            ),
            models.UniqueConstraint(  # a withdrawn batch keeps its day: it would come back by itself within a minute
                fields=["desk", "last"], condition=Q(asked_by=None), name="recon_one_batch_a_day"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["desk", "-at", "-id"], name="recon_newest"),
            models.Index(fields=["at"], condition=Q(status__in=["WAITING", "RUNNING"]), name="recon_not_done"),
            models.Index(fields=["at"], condition=Q(status="SIGNED", finalised_at=None), name="recon_not_final"),
        ]

    def __str__(self) -> str:
        return f"{self.first:%d/%m/%Y} – {self.last:%d/%m/%Y} {self.get_campaign_display()}".strip()

    def get_absolute_url(self) -> str:
        return reverse("reconciliation", args=[self.pk])

    @property
    def is_over(self) -> bool:
        """Whether the comparing has ended, well or not."""
        return self.status not in {self.Status.WAITING, self.Status.RUNNING}

    @property
    def answers(self) -> dict[str, Any]:
        """The words of what became of its questions, by state."""
        left = {Difference.State.OPEN: _("Not answered")} if self.status == self.Status.WITHDRAWN else {}
        return dict(Difference.State.choices) | left

    @property
    def asked_of_agents(self) -> int:
        """Results that this run asked for again and agents have not entered: that goes on when it is withdrawn."""
        return (
            self.differences.filter(state=Difference.State.ASKED, answered_by__isnull=False)
            .values("result")
            .distinct()
            .count()
        )

    def proof(self) -> list[dict[str, Any]]:
        """The lines of the closing proof: side, what it says it has, and where its rows stand."""
        lines = []
        for system, label in System.choices:
            for side, name in (("ours", "OURS"), ("theirs", system)):
                read, kinds = self.reads.get(name, {}), self.counts.get(system, {}).get(side, {})
                lines.append(
                    {
                        "system": system,
                        "label": label,
                        "ours": side == "ours",
                        "told": read.get("told", 0),
                        "superseded": read.get("superseded", 0),
                        "outside": read.get("outside", 0),
                        "kinds": [(kind, kinds.get(kind, 0)) for kind in Kind.values],
                        "sum": read.get("superseded", 0) + read.get("outside", 0) + sum(kinds.values()),
                    }
                )
        return lines


class SideFile(models.Model):
    """An export of TAMARA or MyCX that was uploaded and stands for that side."""

    reconciliation = models.ForeignKey(Reconciliation, models.CASCADE, related_name="files", db_index=False)
    system = models.CharField(max_length=6, choices=System)
    name = models.CharField(_("file"), max_length=120)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        app_label = "caring"
        verbose_name = _("file of a side")
        verbose_name_plural = _("files of a side")
        constraints = [
            models.UniqueConstraint(fields=["reconciliation", "system"], name="recon_one_file_a_side"),
            models.CheckConstraint(condition=Q(system__in=System.values), name="recon_file_system_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def parts(self) -> Iterator[bytes]:
        """The content a part at a time: as a whole it would be held three times over."""
        mine, place = SideFile.objects.filter(pk=self.pk), 1
        while part := bytes(mine.values_list(Substr("content", place, PART, output_field=models.BinaryField()))[0][0]):
            yield part
            place += PART


class Difference(models.Model):
    """A row, or a pair, that is not equal, and what was answered.

    `ours` and `theirs` are the values as they were read, by field. OPEN: nobody answered. ASKED: `owner` enters the
    result again until `due`. SETTLED: it was entered again, or there is nothing to do. EXPLAINED: somebody said why.
    """

    class State(models.TextChoices):
        OPEN = "OPEN", _("Unanswered")
        ASKED = "ASKED", _("To be entered again")
        SETTLED = "SETTLED", _("Settled")
        EXPLAINED = "EXPLAINED", _("Explained")

    reconciliation = models.ForeignKey(Reconciliation, models.CASCADE, related_name="differences", db_index=False)
    system = models.CharField(max_length=6, choices=System)
    kind = models.CharField(_("class"), max_length=9, choices=Kind)
    fields = ArrayField(models.CharField(max_length=12), default=list)
    group = models.CharField(max_length=120, blank=True)
    result: models.ForeignKey[CaringResult | None, CaringResult | None] = models.ForeignKey(
        "caring.CaringResult", models.PROTECT, related_name="differences", null=True
    )
    ours = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    owner: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("agent"), null=True, db_index=False
    )
    due = models.DateField(_("enter again by"), null=True)
    reason = models.CharField(_("reason"), max_length=LONGEST, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "caring"
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        constraints = [
            models.CheckConstraint(condition=Q(system__in=System.values), name="difference_system_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values) & ~Q(kind="EQUAL"), name="difference_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=["OPEN", "ASKED", "SETTLED", "EXPLAINED"]), name="difference_state_known"
            ),
            models.CheckConstraint(
                condition=Q(ours__isnull=False) | Q(theirs__isnull=False), name="difference_of_something"
            ),
            models.CheckConstraint(condition=~Q(kind="DIFFERENT") | ~Q(fields=[]), name="difference_names_fields"),
            models.CheckConstraint(
                condition=~Q(state="ASKED") | Q(owner__isnull=False, due__isnull=False, result__isnull=False),
                name="difference_asked_of_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="EXPLAINED") | (~Q(reason="") & Q(answered_by__isnull=False)),
                name="difference_explained_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["reconciliation", "id"], name="difference_of_run"),
            models.Index(fields=["reconciliation", "state", "id"], name="difference_by_state"),
            models.Index(fields=["result"], condition=Q(state="ASKED"), name="difference_asked"),
        ]
        triggers = [
            pgtrigger.Protect(  # what was read is evidence
                name="read_stays",
                operation=pgtrigger.UpdateOf(  # type: ignore[no-untyped-call]
                    "reconciliation_id", "system", "kind", "fields", "group", "result_id", "ours", "theirs"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.line}"

    @property
    def state_words(self) -> str:
        """As people read it: of a withdrawn run nothing is to be answered any more."""
        return str(self.reconciliation.answers[self.State(self.state)])

    @property
    def line(self) -> str:
        """The line of the customer that it is about."""
        return str((self.ours or self.theirs or {}).get("fastel", ""))

    @property
    def is_reentered(self) -> bool:
        """Whether the agent can do something about it: our result stands on one side (C-18)."""
        return self.result_id is not None and self.kind in {Kind.DIFFERENT, Kind.MISSING}
