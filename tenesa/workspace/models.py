"""What people write beside a case of any procedure: notes for colleagues, and words that are not sent yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


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


class Tag(models.Model):
    """A word that cases are marked with; `key` is its name by which two spellings are one.

    One that was merged is retired too, and its name leads to the other.
    """

    name = models.CharField(_("name"), max_length=30)
    key = models.CharField(max_length=60, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(key=""), name="tag_named"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(retired_at__isnull=False) & ~Q(merged_into=models.F("id")),
                name="tag_merged_is_retired",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CaseTag(models.Model):
    """A tag on a case, from when until when. Append-only: a row is closed once and never opened again."""

    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="cases", db_index=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    added_at = models.DateTimeField(default=timezone.now)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "case_id", "tag"], condition=Q(removed_at=None), name="case_tag_once"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
                name="case_tag_removed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["procedure", "case_id", "id"], name="case_tags"),
            models.Index(fields=["tag", "procedure", "case_id"], condition=Q(removed_at=None), name="case_tag_cases"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.case_id}: {self.tag}"


class TagChange(models.Model):
    """What a leader did to the list of tags; append-only."""

    class Act(models.TextChoices):
        RENAMED = "RENAMED", _("renamed")
        MERGED = "MERGED", _("merged")
        RETIRED = "RETIRED", _("no longer used")
        RESTORED = "RESTORED", _("used again")

    tag = models.ForeignKey(Tag, models.PROTECT, related_name="changes")
    act = models.CharField(max_length=8, choices=Act)
    before = models.CharField(max_length=30)
    after = models.CharField(max_length=30, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(act__in=["RENAMED", "MERGED", "RETIRED", "RESTORED"]), name="tag_change_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.before}: {self.act} {self.after}".strip()


class SavedView(models.Model):
    """A list of a desk as somebody narrowed it, under a name of their own. `query` is how an address says it.

    A shared one is offered to everybody who works at the desk; only its owner changes it.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    desk = models.CharField(max_length=30)
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=1_000)
    place = models.PositiveSmallIntegerField(default=0)
    is_default = models.BooleanField(default=False)
    shared = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="saved_view_named"),
            models.UniqueConstraint(fields=["owner", "desk", "name"], name="saved_view_named_once"),
            models.UniqueConstraint(
                fields=["owner", "desk"], condition=Q(is_default=True), name="saved_view_one_default"
            ),
        ]
        indexes = [models.Index(fields=["desk", "name"], condition=Q(shared=True), name="saved_view_shared")]

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """One step that somebody wants on many cases at once; the same token of the same person is the same request."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    token = models.CharField(max_length=64)
    procedure = models.CharField(max_length=60)
    step = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    about = models.CharField(max_length=200, blank=True)  # what the cases have in common, as it was searched
    at = models.DateTimeField(default=timezone.now)
    items: RelatedManager[BatchItem]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "token"], name="batch_once_a_token")]
        indexes = [models.Index(fields=["procedure", "-id"], name="batch_newest")]

    def __str__(self) -> str:
        return f"{self.step} · {self.by}"

    def case_ids(self) -> set[int]:
        return set(self.items.values_list("case_id", flat=True))


class BatchItem(models.Model):
    """One case of a batch and what came of it; `seq` is the event that the step wrote there."""

    class State(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        TAKEN = "TAKEN", _("In progress")
        DONE = "DONE", _("Done")
        REFUSED = "REFUSED", _("Refused")

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items", db_index=False)
    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=500, blank=True)
    seq = models.PositiveIntegerField(null=True)
    claimed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "case_id"], name="batch_item_once_a_case"),
            models.CheckConstraint(
                condition=Q(state__in=["WAITING", "TAKEN", "DONE", "REFUSED"]), name="batch_state_known"
            ),
            models.CheckConstraint(condition=~Q(state="REFUSED") | ~Q(reason=""), name="batch_refusal_says_why"),
        ]
        indexes = [
            models.Index(fields=["batch", "id"], condition=Q(state__in=["WAITING", "TAKEN"]), name="batch_item_due"),
            models.Index(fields=["procedure", "case_id"], name="batch_item_of_case"),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.case_id}: {self.state}"
