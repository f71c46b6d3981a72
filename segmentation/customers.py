"""Customers, contacts and services as SISKAS and TENOSS told us: a dated copy, never the master (S-11, S-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from segmentation.segments import SHORT, Product, Segment

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Customer(models.Model):
    """A customer; `reference` is the number that SISKAS or TENOSS knows it by.

    `contacts` are dicts with `name`, `role`, `email`, `phone`, the last three perhaps "".
    """

    reference = models.CharField(_("customer number"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=160)
    segment = models.CharField(_("segment"), max_length=8, choices=Segment)
    contacts = models.JSONField(_("contacts"), default=list, db_default=[])
    witel = models.CharField(_("Telkom region (witel)"), max_length=40, blank=True, db_default="")
    source = models.CharField(_("source"), max_length=12)
    read_at = models.DateTimeField(_("read at"), default=timezone.now)
    services: RelatedManager[Service]

    class Meta:
        app_label = "segmentation"
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.CheckConstraint(condition=models.Q(segment__in=Segment.values), name="customer_segment_known"),
        ]
        indexes = [GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="customer_named")]  # a part of it is asked for

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("customer", args=[self.reference])

    @property
    def short_segment(self) -> str:
        """The segment as lists write it."""
        return str(SHORT.get(self.segment, ""))


class Service(models.Model):
    """A service that a customer has, by its product id; `facts["mbps"]` is the speed of its package, if told."""

    product_id = models.CharField(_("product id"), max_length=30, unique=True)
    product = models.CharField(_("product"), max_length=10, choices=Product)
    name = models.CharField(_("service"), max_length=80, blank=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="services")
    address = models.CharField(_("address"), max_length=200, blank=True)
    facts = models.JSONField(default=dict)
    read_at = models.DateTimeField(_("read at"), default=timezone.now)

    class Meta:
        app_label = "segmentation"
        verbose_name = _("service")
        verbose_name_plural = _("services")

    def __str__(self) -> str:
        return f"{self.product_id} {self.name}".strip()


class CustomerNumber(models.Model):
    """A number that a customer is found by, in its normal form: of a contact, of a service, or its own.

    One number may be of several customers, and none of them is chosen silently (requirements 7.1).
    """

    number = models.CharField(_("number"), max_length=30)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="numbers")
    service = models.ForeignKey(Service, models.CASCADE, related_name="numbers", null=True, db_index=False)

    class Meta:
        app_label = "segmentation"
        constraints = [
            models.UniqueConstraint(
                fields=["number", "customer", "service"], nulls_distinct=False, name="customer_number_once"
            ),
            models.CheckConstraint(condition=~models.Q(number=""), name="customer_number_said"),
        ]
        indexes = [
            models.Index(fields=["service"], condition=models.Q(service__isnull=False), name="number_of_service")
        ]

    def __str__(self) -> str:
        return self.number
