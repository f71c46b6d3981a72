"""Keeping the copy of what the customer systems say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from segmentation.models import Customer, Service
from segmentation.segments import Product, as_segment, product_of


def remember_customer(
    facts: dict[str, Any], *, source: str, contacts: Iterable[dict[str, Any]] | None = None
) -> Customer:
    """Store what a system said of a customer: keys `reference`, `name`, `segment`; the newest reading wins. `contacts`
    are None where the system knows none: those of another one stay."""
    customer, _made = Customer.objects.update_or_create(
        reference=facts["reference"],
        defaults={
            "name": facts["name"],
            "segment": as_segment(facts["segment"]),
            "source": source,
            "read_at": timezone.now(),
            **({} if contacts is None else {"contacts": list(contacts)}),
        },
    )
    return customer


def remember_service(customer: Customer, facts: dict[str, Any]) -> Service:
    """Store what a system said of a service: keys `product_id`, `name`, `address`; all else is kept as facts."""
    service, _made = Service.objects.update_or_create(
        product_id=facts["product_id"],
        defaults={
            "product": product_of(facts["product_id"]) or Product.OTHER,
            "name": facts.get("name", ""),
            "address": facts.get("address", ""),
            "customer": customer,
            "facts": facts,
            "read_at": timezone.now(),
        },
    )
    return service
