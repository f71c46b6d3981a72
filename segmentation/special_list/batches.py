"""Lists that were imported, and what became of each of their rows (V-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from segmentation.lists import ListEntry

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


STATUSES = ("WAITING", "RUNNING", "DONE", "REFUSED")


class ListImport(models.Model):
    """A file that was handed in. The same content is taken once; one that could not be read may come again.

    `claimed_at` is the last sign of life of whoever reads it, None while nobody does; `problem` is why it was refused,
    or what it waits for.
    """

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Waits")
        RUNNING = "RUNNING", _("Being read")
        DONE = "DONE", _("Read")
        REFUSED = "REFUSED", _("Refused")

    name = models.CharField(_("file"), max_length=120)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    status = models.CharField(_("state"), max_length=7, choices=Status, default=Status.WAITING)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=600, blank=True)
    rows: RelatedManager[ListImportRow]

    class Meta:
        app_label = "segmentation"
        verbose_name = _("import of a list")
        verbose_name_plural = _("imports of lists")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=STATUSES), name="import_status_known"),
            models.CheckConstraint(condition=~Q(status="REFUSED") | ~Q(problem=""), name="import_refused_says_why"),
            models.UniqueConstraint(fields=["sha256"], condition=~Q(status="REFUSED"), name="import_file_once"),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="import_newest"),
            models.Index(fields=["at"], condition=Q(status__in=["WAITING", "RUNNING"]), name="import_unread"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("list-import-report", args=[self.pk])

    @property
    def is_over(self) -> bool:
        return self.status in {self.Status.DONE, self.Status.REFUSED}


class ListImportRow(models.Model):
    """A row of the file: the proposal it became, or why it did not. `said` is what stood in it, for the report."""

    batch = models.ForeignKey(ListImport, models.CASCADE, related_name="rows", db_index=False)
    line = models.PositiveIntegerField()
    said = models.CharField(max_length=200)
    entry = models.OneToOneField(ListEntry, models.PROTECT, related_name="import_row", null=True)
    refusals = ArrayField(models.CharField(max_length=400), default=list)

    class Meta:
        app_label = "segmentation"
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "line"], name="import_row_once"),
            models.CheckConstraint(
                condition=Q(entry__isnull=False, refusals=[]) | Q(entry__isnull=True) & ~Q(refusals=[]),
                name="import_row_one_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch} {self.line}"
