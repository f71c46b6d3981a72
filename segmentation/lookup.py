"""Customers by what they say at the telephone: internet, telephone, customer or ticket number (W-26 5.2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from segmentation.customers import Customer, CustomerNumber, Service
from segmentation.segments import INCIDENT
from tenesa.contact.numbers import normal
from tenesa.incidents.models import Incident
from tenesa.workflow.at_once import rows_of

SAID = "the number"  # stands for any number in a statement that is written once


@dataclass(frozen=True)
class Match:
    """A customer and, where the number is a service's, that service."""

    customer: Customer
    service: Service | None = None


def customers_by(number_or_ticket: str) -> list[Match]:
    """Everybody whom the number may mean, by customer number; two questions at most, by index. None is chosen."""
    asked = number_or_ticket.strip().upper()
    if INCIDENT.fullmatch(asked):
        product = Incident.objects.filter(number=asked).values_list("product_id", flat=True).first()
        return _by_service(product) if product else []
    number = normal(asked)
    if not number:
        return []
    [rows] = rows_of([("customers by number", _rows)], {SAID: number})
    found: dict[int, Match] = {}
    for row in rows:
        found.setdefault(row.customer_id, Match(row.customer, row.service))
    return list(found.values())


def _rows() -> QuerySet[Any]:
    rows = CustomerNumber.objects.filter(number=SAID).select_related("customer", "service")
    return rows.order_by("customer__reference", F("service").asc(nulls_last=True))


def _by_service(product_id: str) -> list[Match]:
    found = Service.objects.filter(product_id=product_id).select_related("customer")
    return [Match(service.customer, service) for service in found]
