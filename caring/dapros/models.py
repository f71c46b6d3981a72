"""Lists of prospects that were handed in, what became of their rows, and quotas that were given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caring.dapros.reasons import REMARKS, WHY_REFUSED, WORDS, Reason, from_json
from caring.prospects.states import Campaign
from tenesa.accounts.models import Team

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

PERSON = models.PROTECT
CAMPAIGNS = [("", _("by the months due")), *Campaign.choices]
THOUSANDS = (("", _("learn it from the rows")), (".", "1.000.000,00"), (",", "1,000,000.00"))


class DaprosBatch(models.Model):
    """A list that was handed in (C-01). The same content is taken once; what failed or was cancelled may come again.

    `position` is the last row whose outcome is kept, in the transaction that keeps it; `learned` how many rows were
    seen by the first walk and `total` how many there are, None until that is known. `claimed_at` is the last sign of
    life of the worker, None while there is none. `reasons` counts the rows of each reason, those of taken rows too.
    """

    class Status(models.TextChoices):
        UPLOADED = "UPLOADED", _("Waits")
        READING = "READING", _("Being read")
        PAUSED = "PAUSED", _("Paused")
        CANCELLED = "CANCELLED", _("Cancelled")
        DONE = "DONE", _("Read")
        FAILED = "FAILED", _("Refused")

    OPEN = (Status.UPLOADED, Status.READING, Status.PAUSED)
    AGAIN = (Status.CANCELLED, Status.FAILED)

    name = models.CharField(_("file"), max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("bytes"))
    period = models.DateField(_("month of the list"))
    campaign = models.CharField(_("campaign"), max_length=6, choices=CAMPAIGNS, blank=True)
    sheet = models.CharField(_("sheet"), max_length=31, blank=True)
    thousands = models.CharField(_("amounts are written as"), max_length=1, choices=THOUSANDS, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, PERSON, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    status = models.CharField(_("state"), max_length=9, choices=Status, default=Status.UPLOADED)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=600, blank=True)
    heads = models.JSONField(default=list)
    unknown = models.JSONField(default=list)
    sheet_read = models.CharField(max_length=31, blank=True)
    other_sheets = models.JSONField(default=list)
    learned = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    position = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(_("taken"), default=0)
    excluded = models.PositiveIntegerField(_("not called"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    reasons = models.JSONField(default=dict)
    rows: RelatedManager[DaprosRow]
    withdrawals: RelatedManager[Withdrawal]

    class Meta:
        app_label = "caring"
        verbose_name = _("list of prospects")
        verbose_name_plural = _("lists of prospects")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["UPLOADED", "READING", "PAUSED", "CANCELLED", "DONE", "FAILED"]),
                name="dapros_status_known",
            ),
            models.CheckConstraint(condition=~Q(status="FAILED") | ~Q(problem=""), name="dapros_failed_says_why"),
            models.CheckConstraint(condition=Q(period__day=1), name="dapros_period_is_month"),
            models.CheckConstraint(condition=Q(excluded__lte=F("taken")), name="dapros_excluded_are_taken"),
            models.UniqueConstraint(  # a list takes minutes, and the other hands of the worker are for everything else
                fields=["status"], condition=Q(status="READING"), name="dapros_one_is_read"
            ),
            models.UniqueConstraint(
                fields=["sha256"], condition=~Q(status__in=["CANCELLED", "FAILED"]), name="dapros_file_once"
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="dapros_newest"),
            models.Index(fields=["at"], condition=Q(status__in=["UPLOADED", "READING"]), name="dapros_unread"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("dapros-batch", args=[self.pk])

    @property
    def is_over(self) -> bool:
        return self.status not in self.OPEN

    @property
    def newest_withdrawal(self) -> Withdrawal | None:
        """Read with the list by `with_withdrawals`."""
        return max(self.withdrawals.all(), key=lambda one: one.pk, default=None)

    @property
    def state_words(self) -> str:
        """How far it was read, or that it was taken back since; and what is asked about it."""
        done = [one for one in self.withdrawals.all() if one.status == Withdrawal.Status.DONE]
        outcome = max(done, key=lambda one: one.pk).outcome if done else ""
        asked = newest if (newest := self.newest_withdrawal) and newest.is_open else None
        words = f"{asked.get_kind_display()}: {asked.get_status_display()}" if asked else ""
        return " · ".join(filter(None, (outcome or str(self.get_status_display()), words)))

    @property
    def read(self) -> int:
        """Rows whose outcome is kept."""
        return self.taken + self.refused

    @property
    def percent(self) -> int:
        """How far it is: the first walk is the first half."""
        if self.status == self.Status.DONE:
            return 100
        return 0 if not self.total else min(99, 50 + 50 * self.read // self.total)

    def reason_groups(self) -> list[tuple[Promise, list[tuple[Promise | str, int]]]]:
        """What was said of how many rows, the most frequent first: of those that were refused, then of those taken."""
        found = sorted(self.reasons.items(), key=lambda one: (-one[1], one[0]))
        groups = (_("Refused"), WHY_REFUSED), (_("Accepted, with a remark"), REMARKS)
        told = [(label, [(KINDS[code], n) for code, n in found if code in codes]) for label, codes in groups]
        return [(label, counts) for label, counts in told if counts]


KINDS: dict[str, Any] = {
    "MISSING": _("required cell is empty"),
    "ERROR": _("error of the spreadsheet"),
    "EXPONENT": _("number has lost digits"),
    "LETTER_O": _("letter O instead of zero"),
    "NOT_FASTEL": _("no internet or telephone number"),
    "NOT_NCLI": _("no customer number"),
    "NOT_PHONE": _("bad telephone number"),
    "NOT_EMAIL": _("bad e-mail address"),
    "NOT_DAY": _("no day"),
    "NOT_MONTH": _("no month"),
    "OTHER_PERIOD": _("another month than the list's"),
    "NOT_CAMPAIGN": _("no campaign"),
    "NOT_YES_NO": _("neither Y nor T"),
    "NOT_NUMBER": _("no whole number"),
    "NOT_AMOUNT": _("no amount"),
    "NEGATIVE": _("negative amount"),
    "PART_OF_RUPIAH": _("no whole rupiah"),
    "UNDECIDED": _("amount with two readings"),
    "CONTRADICTION": _("separators contradict each other"),
    "SUM": _("total is not the sum of the months"),
    "NOTHING_DUE": _("nothing is due"),
    "TOO_LONG": _("text is too long"),
    "TOO_WIDE": _("more cells than heads"),
    "MERGED": _("merged cells"),
    "TWICE": _("stands twice in the list"),
    "KNOWN": _("came with another list"),
    "REBUCKETED": _("moved into the other campaign"),
    "UNKNOWN_WITEL": _("unknown witel"),
    "HIDDEN": _("hidden row"),
    "ZERO_RESTORED": _("0 in front was missing"),
    "BEYOND": _("more than two months: not called"),
    "NO_NUMBER": _("no telephone number: not called"),
    "LISTED": _("on an exclusion list: not called"),
    "NUMBERS_ENDED": _("none of its numbers can be called any more: not called"),
    "SPECIAL": _("customer is on a list of special or VVIP customers"),
    "PROMISED": _("has promised to pay another month"),
}
assert KINDS.keys() == WORDS.keys()  # noqa: S101 - two tables of one set of codes


class DaprosPart(models.Model):
    """A piece of the file, so that none of it is ever whole in memory."""

    batch = models.ForeignKey(DaprosBatch, models.CASCADE, related_name="parts", db_index=False)
    place = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        app_label = "caring"
        constraints = [models.UniqueConstraint(fields=["batch", "place"], name="dapros_part_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.place}"


class DaprosRow(models.Model):
    """A row that was refused, or of which something is to be told although it was taken.

    `cells` are as the file has them, none for a taken row; `said` are reasons as JSON.
    """

    batch = models.ForeignKey(DaprosBatch, models.CASCADE, related_name="rows", db_index=False)
    row_number = models.PositiveIntegerField(_("row"))
    refused = models.BooleanField()
    cells = models.JSONField(default=list)
    said = models.JSONField(default=list)

    class Meta:
        app_label = "caring"
        ordering = ["row_number"]
        constraints = [models.UniqueConstraint(fields=["batch", "refused", "row_number"], name="dapros_row_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.row_number}"

    @property
    def reasons(self) -> list[Reason]:
        return [from_json(one) for one in self.said]


class Withdrawal(models.Model):
    """A whole list that is taken back, or restored: asked for by one person, approved by another, done in the
    background. `position` is the last prospect whose outcome is kept; `moved` how many went, `left` how many somebody
    had touched. `claimed_at` is the last sign of life of the worker."""

    class Kind(models.TextChoices):
        WITHDRAW = "WITHDRAW", _("Withdrawal")
        RESTORE = "RESTORE", _("Restoration")

    class Status(models.TextChoices):
        ASKED = "ASKED", _("Waits for another person")
        REFUSED = "REFUSED", _("Refused")
        RUNNING = "RUNNING", _("Under way")
        DONE = "DONE", _("Done")

    batch = models.ForeignKey(DaprosBatch, PERSON, related_name="withdrawals", db_index=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    why = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, PERSON, related_name="+", verbose_name=_("by"), db_index=False)
    at = models.DateTimeField(_("at"), default=timezone.now)
    status = models.CharField(_("state"), max_length=7, choices=Status, default=Status.ASKED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, PERSON, related_name="+", verbose_name=_("decided by"), null=True, db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "caring"
        verbose_name = _("withdrawal of a list")
        verbose_name_plural = _("withdrawals of lists")
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="withdrawal_says_why"),
            models.CheckConstraint(condition=Q(kind__in=["WITHDRAW", "RESTORE"]), name="withdrawal_kind_known"),
            models.CheckConstraint(
                condition=Q(status="ASKED", decided_by=None)
                | Q(status__in=["REFUSED", "RUNNING", "DONE"], decided_by__isnull=False),
                name="withdrawal_decided_by_somebody",
            ),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="withdrawal_four_eyes"),
            models.UniqueConstraint(
                fields=["batch"], condition=Q(status__in=["ASKED", "RUNNING"]), name="withdrawal_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "-id"], name="withdrawal_of_list"),
            models.Index(fields=["id"], condition=Q(status="RUNNING"), name="withdrawal_running"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.batch}"

    def get_absolute_url(self) -> str:
        return f"{self.batch.get_absolute_url()}#withdrawal"

    @property
    def is_open(self) -> bool:
        return self.status in {self.Status.ASKED, self.Status.RUNNING}

    @property
    def outcome(self) -> str:
        """What became of the list, once it is done; "" where the list is whole again."""
        if self.kind == self.Kind.RESTORE:
            return gettext("Partly restored") if self.left else ""
        return gettext("Partly taken back") if self.left else gettext("Taken back")

    @property
    def counts(self) -> str:
        """How many went, and how many stayed, once it is done."""
        told = {"moved": self.moved, "left": self.left}
        if self.status != self.Status.DONE:
            return ""
        if self.kind == self.Kind.RESTORE:
            return gettext("%(moved)d restored, %(left)d stay away") % told
        return gettext("%(moved)d taken back, %(left)d stay: picked or called before, or ended") % told

    @property
    def percent(self) -> int:
        if self.status == self.Status.DONE:
            return 100
        return min(99, 100 * self.moved // self.total) if self.total else 0


def with_withdrawals() -> models.QuerySet[DaprosBatch]:
    """Lists with who handed them in, what was taken back of them, who asked for it and who decided."""
    withdrawals = Withdrawal.objects.select_related("by", "decided_by")
    return DaprosBatch.objects.select_related("by").prefetch_related(models.Prefetch("withdrawals", withdrawals))


class Quota(models.Model):
    """Prospects that a leader gave to a team (5.1); what nobody worked on goes back at night.

    One of which nothing was asked is what the leader took back of the team's.
    """

    team = models.ForeignKey(Team, PERSON, related_name="+", verbose_name=_("team"), db_index=False)
    witel = models.CharField(_("witel"), max_length=40, blank=True)
    campaign = models.CharField(_("campaign"), max_length=6, choices=Campaign, blank=True)
    asked = models.PositiveIntegerField(_("asked for"))
    given = models.PositiveIntegerField(_("given"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, PERSON, related_name="+", verbose_name=_("by"), db_index=False)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        app_label = "caring"
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        indexes = [models.Index(fields=["-at", "-id"], name="quota_newest")]

    def __str__(self) -> str:
        return f"{self.team}: {self.given}"

    @property
    def is_taken_back(self) -> bool:
        return self.asked == 0
