"""Lists of those whom caring does not call, and their entries (requirements 8, C-03; ADR-0042)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenesa.contact.numbers import LONGEST

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

PERSON = settings.AUTH_USER_MODEL
IN_ORDER = Q(valid_until=None) | Q(valid_until__gte=F("valid_from"))


class ExclusionList(models.Model):
    """Numbers that came together from one source. `approved` is None until another person has decided."""

    source = models.CharField(_("source"), max_length=120)
    reason = models.CharField(_("reason"), max_length=120)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", verbose_name=_("entered by"), db_index=False)
    at = models.DateTimeField(_("entered at"), default=timezone.now)
    approved = models.BooleanField(_("approved"), null=True)
    decided_by = models.ForeignKey(
        PERSON, models.PROTECT, related_name="+", verbose_name=_("decided by"), null=True, db_index=False
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    entries: RelatedManager[Exclusion]

    class Meta:
        app_label = "caring"
        verbose_name = _("exclusion list")
        verbose_name_plural = _("exclusion lists")
        constraints = [
            models.CheckConstraint(condition=~Q(source="") & ~Q(reason=""), name="exclusions_say_why"),
            models.CheckConstraint(
                condition=Q(approved=None, decided_by=None) | Q(approved__isnull=False, decided_by__isnull=False),
                name="exclusions_decided_by_somebody",
            ),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="exclusions_four_eyes"),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="exclusions_newest")]

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"

    def get_absolute_url(self) -> str:
        return reverse("caring-exclusion-list", args=[self.pk])

    @property
    def state_words(self) -> str:
        if self.approved is None:
            return str(_("Waits for another person"))
        return str(_("Approved") if self.approved else _("Refused"))


class ExclusionQuerySet(models.QuerySet["Exclusion"]):
    def in_force(self, day: date) -> Self:
        until = Q(valid_until=None) | Q(valid_until__gte=day)
        return self.filter(until, list__approved=True, lifted_at=None, valid_from__lte=day)


class Exclusion(models.Model):
    """One line, customer or telephone number, from a day until a day (both included; None: for good).

    `applied_at` is when the prospects that were there were excluded by it, None while they are still to be, or are to
    be called again after it was lifted or has ended.
    """

    class Of(models.TextChoices):
        FASTEL = "FASTEL", _("Internet or telephone line")
        NCLI = "NCLI", _("Customer number")
        PHONE = "PHONE", _("Number to call")

    list = models.ForeignKey(ExclusionList, models.PROTECT, related_name="entries", db_index=False)
    of = models.CharField(_("kind"), max_length=6, choices=Of)
    value = models.CharField(_("number"), max_length=LONGEST)
    reason = models.CharField(_("reason"), max_length=120)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)
    lifted_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+", null=True, db_index=False)
    lifted_at = models.DateTimeField(_("lifted at"), null=True)
    lifted_why = models.CharField(_("why it was lifted"), max_length=300, blank=True)
    applied_at = models.DateTimeField(null=True)

    objects = ExclusionQuerySet.as_manager()

    class Meta:
        app_label = "caring"
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")
        constraints = [
            models.CheckConstraint(condition=Q(of__in=["FASTEL", "NCLI", "PHONE"]), name="exclusion_of_known"),
            models.CheckConstraint(condition=Q(value__regex=r"^\d{3,}$"), name="exclusion_number_normal"),
            models.CheckConstraint(condition=IN_ORDER, name="exclusion_days_in_order"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, lifted_why="")
                | Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_why=""),
                name="exclusion_lifted_by_somebody",
            ),
            models.UniqueConstraint(fields=["list", "of", "value"], name="exclusion_once_a_list"),
        ]
        indexes = [
            models.Index(fields=["of", "value"], name="exclusion_of_number"),
            models.Index(fields=["id"], condition=Q(applied_at=None, lifted_at=None), name="exclusion_to_apply"),
            models.Index(fields=["id"], condition=Q(applied_at__isnull=False), name="exclusion_applied"),
        ]

    def __str__(self) -> str:
        return f"{self.get_of_display()} {self.value}"

    @property
    def words(self) -> str:
        """Why, and by whose list."""
        return f"{self.reason} ({self.list.source})"
