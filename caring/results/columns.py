"""The columns of a result, below its procedure so that the procedure's bodies can set them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from caring.prospects.states import Campaign
from caring.results.states import APPEAL_WITHIN, QC_LEASE, Awaits, Ended, Entry, ReturnClass
from caring.tree import Category, Reason, Status
from tenesa.accounts.models import Team, User
from tenesa.contact.numbers import LONGEST
from tenesa.reporting.models import Sample
from tenesa.workflow.case import Case

if TYPE_CHECKING:
    from caring.models import Prospect

AGENT = settings.AUTH_USER_MODEL
NOTE = 500


class ResultColumns(Case):
    """What came of one call (P-01 5.3): what both applications are told, who judged it, what it promised.

    `result_version` counts the contents: what QC judged is one version, and a re-input that changes the content makes
    the next. `supersedes` is the result in whose place it stands after a recall. `day` is the local date of the call,
    `login`, `campaign`, `period`, `fastel` and `name` are as they were then. `workers` are all who had to do with it:
    none of them judges it. `entered_in` are the applications that hold this version.
    """

    lease = QC_LEASE

    prospect: models.ForeignKey[Prospect, Prospect] = models.ForeignKey(
        "caring.Prospect", models.PROTECT, related_name="results", verbose_name=_("prospect"), db_index=False
    )
    result_version = models.PositiveSmallIntegerField(_("version"), default=1)
    supersedes = models.OneToOneField("self", models.PROTECT, related_name="superseded_by", null=True)
    entry = models.CharField(_("input"), max_length=6, choices=Entry, default=Entry.NEW)
    campaign = models.CharField(_("campaign"), max_length=6, choices=Campaign)
    period = models.DateField(_("period"))
    day = models.DateField(_("day of the call"))
    fastel = models.CharField(_("internet or telephone number"), max_length=LONGEST)
    ncli = models.CharField(_("customer number"), max_length=12, blank=True)
    name = models.CharField(_("name"), max_length=120)
    agent: models.ForeignKey[User, User] = models.ForeignKey(
        AGENT, models.PROTECT, related_name="+", verbose_name=_("agent"), db_index=False
    )
    login = models.CharField(_("login"), max_length=150)
    team = models.ForeignKey(Team, models.PROTECT, related_name="+", verbose_name=_("team"), null=True, db_index=False)

    attempt = models.PositiveSmallIntegerField(_("call"), default=0, db_default=0)  # of the prospect; 0: not known
    number_called = models.CharField(_("number called"), max_length=LONGEST, blank=True)
    called_at = models.DateTimeField(_("called at"))
    duration = models.PositiveIntegerField(_("duration"), default=0)
    call_id = models.CharField(_("call id"), max_length=60, blank=True)
    recording = models.CharField(_("recording"), max_length=80, blank=True)
    log_awaited = models.BooleanField(default=False, db_default=False)  # the softphone has not told yet how long it was

    status = models.CharField(_("status"), max_length=13, choices=Status)
    category = models.CharField(_("category"), max_length=9, choices=Category)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    receiver = models.CharField(_("receiver"), max_length=120, blank=True)
    relation = models.CharField(_("relation"), max_length=40, blank=True)
    is_payer = models.BooleanField(_("responsible payer"), default=False)
    willing = models.BooleanField(_("clear yes"), default=False)
    arrears = models.BigIntegerField(_("arrears"), default=0)
    amount_told = models.BigIntegerField(_("amount told"), null=True)
    offer = models.CharField(_("offer"), max_length=20, blank=True)
    offer_version = models.PositiveIntegerField(_("version of the offer"), null=True)
    promised_on = models.DateField(_("promised for"), null=True)
    promised_amount = models.BigIntegerField(_("promised"), null=True)
    remark = models.CharField(_("note"), max_length=NOTE, blank=True)

    awaits = models.CharField(_("waits for"), max_length=9, choices=Awaits, blank=True, db_column="draft_awaits")
    entered_in = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    entry_problem = models.CharField(_("problem of the entry"), max_length=300, blank=True)
    mycx_ref = models.CharField("MyCX", max_length=40, blank=True)
    tamara_ref = models.CharField("TAMARA", max_length=40, blank=True)
    entered_at = models.DateTimeField(_("entered at"), null=True)

    sampled = models.BooleanField(_("in the sample"), null=True)  # None: its day is still to be drawn
    sample = models.ForeignKey(Sample, models.PROTECT, related_name="+", null=True, db_index=False)
    workers = ArrayField(models.BigIntegerField(), default=list)
    judged_version = models.PositiveSmallIntegerField(null=True)
    approved = models.BooleanField(_("approved"), null=True)
    qco = models.ForeignKey(AGENT, models.PROTECT, related_name="+", verbose_name="QCO", null=True, db_index=False)
    judged_at = models.DateTimeField(_("judged at"), null=True)
    return_class = models.CharField(_("kind of return"), max_length=7, choices=ReturnClass, blank=True)
    recommendation = models.CharField(_("recommendation"), max_length=300, blank=True)
    returned_at = models.DateTimeField(_("returned at"), null=True)
    appealed_at = models.DateTimeField(_("appealed at"), null=True)
    appealed_by = models.ForeignKey(AGENT, models.PROTECT, related_name="+", null=True, db_index=False)
    appeal = models.CharField(_("appeal"), max_length=300, blank=True)
    appeal_open = models.BooleanField(default=False)

    reminded_on = models.DateField(_("reminded on"), null=True)
    difference = models.CharField(_("difference"), max_length=300, blank=True)
    reinput_by = models.DateField(_("enter again by"), null=True)
    ended_how = models.CharField(_("ended"), max_length=9, choices=Ended, blank=True)

    class Meta:
        abstract = True

    @property
    def recorded_as(self) -> str:
        """The number of its recording; "" while the call alone has one (Eyebeam), under which it is looked for."""
        return "" if self.recording == self.call_id else self.recording

    @property
    def segment(self) -> str:
        """What the targets of its clocks go by."""
        return self.campaign

    @property
    def key(self) -> str:
        """By which both applications know this version (S-05, S-23, S-24: result id and version)."""
        return f"{self.number}-{self.result_version}"

    @property
    def earlier_key(self) -> str:
        """The key that this version takes the place of in both applications; "" where there is none."""
        if self.result_version > 1:
            return f"{self.number}-{self.result_version - 1}"
        return self.supersedes.key if self.supersedes else ""

    @property
    def is_judged(self) -> bool:
        """Whether QC has decided about this version."""
        return self.judged_version == self.result_version

    @property
    def fine_told(self) -> int:
        """What of the amount told is fine, in whole rupiah."""
        return max(0, (self.amount_told or 0) - self.arrears) if self.amount_told is not None else 0

    @property
    def appeal_until(self) -> datetime | None:
        return self.returned_at + APPEAL_WITHIN if self.returned_at else None

    def involve(self, *people: User | None) -> None:
        """From now on none of these judges it; whoever has judged it was free to."""
        others = (one.pk for one in people if isinstance(one, User) and one.pk != self.qco_id)
        self.workers = sorted({*self.workers, *others})
