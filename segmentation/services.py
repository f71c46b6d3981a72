"""Keeping the copy of what the customer systems say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from segmentation.customers import Customer, CustomerNumber, Service
from segmentation.segments import Product, as_segment, product_of
from tenesa.contact.numbers import normal


def remember(answer: dict[str, Any], *, source: str) -> Customer:
    """Store what an answer of a customer system says: `customer`, and `contacts` and `services` where it tells them."""
    customer = remember_customer(answer["customer"], source=source, contacts=answer.get("contacts"))
    for service in answer.get("services") or ():
        remember_service(customer, service)
    return customer


@transaction.atomic
def remember_customer(
    facts: dict[str, Any], *, source: str, contacts: Iterable[dict[str, Any]] | None = None
) -> Customer:
    """Store what a system said of a customer: keys `reference`, `name`, `segment`; the newest reading wins. `contacts`
    and `witel` are None or "" where the system knows none: those of another one stay."""
    customer, _made = Customer.objects.update_or_create(
        reference=facts["reference"],
        defaults={
            "name": facts["name"],
            "segment": as_segment(facts["segment"]),
            "source": source,
            "read_at": timezone.now(),
            **({} if contacts is None else {"contacts": list(contacts)}),
            **({"witel": facts["witel"]} if facts.get("witel") else {}),
        },
    )
    phones = [contact["phone"] for contact in customer.contacts if contact.get("phone")]
    _keep_numbers(customer, None, [customer.reference, *phones])
    return customer


@transaction.atomic
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
    _keep_numbers(customer, service, [service.product_id])
    return service


def _keep_numbers(customer: Customer, service: Service | None, texts: Iterable[str]) -> None:
    """The numbers that the customer is found by; written only where they changed."""
    rows = CustomerNumber.objects.filter(service=service) if service else customer.numbers.filter(service=None)
    wanted = {number for text in texts if (number := normal(text))}
    there = {(number, of): pk for pk, number, of in rows.values_list("pk", "number", "customer_id")}
    if gone := [pk for (number, of), pk in there.items() if of != customer.pk or number not in wanted]:
        CustomerNumber.objects.filter(pk__in=gone).delete()
    new = [number for number in sorted(wanted) if (number, customer.pk) not in there]
    if new:
        made = [CustomerNumber(customer=customer, service=service, number=number) for number in new]
        CustomerNumber.objects.bulk_create(made, ignore_conflicts=True)
