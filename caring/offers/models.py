"""The catalogue of offers, in versions that two people publish and nobody changes (requirements 8.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caring.offers.kinds import Kind

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Channel(models.TextChoices):
    """Where the offer is made."""

    PHONE = "PHONE", _("Caring by phone")
    PLASA = "PLASA", _("Plasa")
    ALL = "ALL", _("Everywhere")


class Offer(models.Model):
    """One offer by its code, which results keep."""

    code = models.CharField(_("code"), max_length=20, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    place = models.PositiveSmallIntegerField(_("place"), default=0)

    versions: RelatedManager[OfferVersion]

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["place", "code"]
        constraints = [models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9_]{2,20}$"), name="offer_code_plain")]

    def __str__(self) -> str:
        return self.name


class OfferVersion(models.Model):
    """The terms of an offer from a day on. `limit` is the relief in rupiah that an agent gives alone (none: any),
    `longest_days` how far ahead the last line may lie. It holds once another person than its author approved it.
    """

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField(_("version"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    percent = models.PositiveSmallIntegerField(_("percent"), default=0)
    paid = models.PositiveSmallIntegerField(_("months paid"), default=0)
    free = models.PositiveSmallIntegerField(_("months free"), default=0)
    parts = models.PositiveSmallIntegerField(_("instalments"), default=1)
    days_between = models.PositiveSmallIntegerField(_("days between instalments"), default=14)
    limit = models.PositiveBigIntegerField(_("relief without approval"), null=True, blank=True)
    longest_days = models.PositiveSmallIntegerField(_("days until the last payment"), default=30)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel, default=Channel.PHONE)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    note = models.CharField(_("what was changed and why"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False)
    at = models.DateTimeField(default=timezone.now)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False
    )
    approved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("version of an offer")
        verbose_name_plural = _("versions of offers")
        ordering = ["offer", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "number"], name="offer_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="offer_version_from_one"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="offer_kind_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="offer_channel_known"),
            models.CheckConstraint(
                condition=Q(percent__lte=10) & (~Q(kind=Kind.DISCOUNT) | Q(percent__gte=5)),
                name="offer_discount_5_to_10",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.PREPAID) | Q(paid__gte=1, free__gte=1), name="offer_prepaid_has_months"
            ),
            models.CheckConstraint(
                condition=Q(parts__range=(1, 6)) & (~Q(kind=Kind.SPLIT) | Q(parts__gte=2)), name="offer_parts_sensible"
            ),
            models.CheckConstraint(condition=Q(days_between__gte=1), name="offer_parts_apart"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="offer_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(by=None) | ~Q(approved_by=F("by")), name="offer_approved_by_another"
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=False) | Q(approved_by=None), name="offer_approved_when"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="published_stays", operation=pgtrigger.Update,
                              condition=pgtrigger.Q(old__approved_at__isnull=False)),
            pgtrigger.ReadOnly(
                name="terms_stay",
                exclude=["approved_by", "approved_at"],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.offer} v{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("caring-offers")
