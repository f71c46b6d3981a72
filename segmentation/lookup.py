"""Customers by what they say at the telephone: internet, telephone, customer or ticket number (W-26 5.2.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from segmentation.customers import Customer, CustomerNumber, Service
from segmentation.segments import INCIDENT
from tenesa.contact.numbers import normal
from tenesa.incidents.models import Incident
from tenesa.workflow.at_once import rows_of

NAMED = 5  # customers of one number that are named in a refusal
SAID = "the number"  # stands for any number in a statement that is written once


@dataclass(frozen=True)
class Match:
    """A customer and, where the number is a service's, that service."""

    customer: Customer
    service: Service | None = None


def customers_by(number_or_ticket: str) -> list[Match]:
    """Everybody whom the number may mean, by customer number; two questions at most, by index. None is chosen."""
    number = as_compared(number_or_ticket)
    if is_ticket(number):
        product = Incident.objects.filter(number=number).values_list("product_id", flat=True).first()
        return _by_service(product) if product else []
    if not number:
        return []
    [rows] = rows_of([("customers by number", _rows)], {SAID: number})
    return one_each(Match(row.customer, row.service) for row in rows)


def only_customer(number: str, matches: Iterable[Match] | None = None) -> Customer:
    """The one whom a number means; ValidationError in words where it means nobody, or several."""
    known = customers_by(number) if matches is None else matches
    found = list({one.customer.reference: one.customer for one in known}.values())
    if not found:
        raise ValidationError(_("TENESA and SISKAS know no customer by %(number)s.") % {"number": number})
    if len(found) > 1:
        named = ", ".join(f"{one.name} ({one.reference})" for one in found[:NAMED])
        words = _("Several customers have this number: %(named)s. Give the customer number.")
        raise ValidationError(words % {"named": named})
    return found[0]


def one_each(matches: Iterable[Match]) -> list[Match]:
    """One match a customer, in their order: the first that names a service, else the first."""
    found: dict[int, Match] = {}
    for match in matches:
        known = found.setdefault(match.customer.pk, match)
        if known.service is None:
            found[match.customer.pk] = match
    return list(found.values())


def customers_of(numbers: Collection[str]) -> dict[str, list[Match]]:
    """Whom each of many numbers may mean, as it is compared, in one question; tickets and those of nobody are left
    out."""
    found: dict[str, dict[int, Match]] = {}
    for row in _in_order(CustomerNumber.objects.filter(number__in={as_compared(one) for one in numbers})):
        found.setdefault(row.number, {}).setdefault(row.customer_id, Match(row.customer, row.service))
    return {number: list(matches.values()) for number, matches in found.items()}


def as_compared(number_or_ticket: str) -> str:
    """The number of a ticket as NOSSA writes it, any other number in its normal form; "" where there is none."""
    ticket = number_or_ticket.strip().upper()
    return ticket if is_ticket(ticket) else normal(number_or_ticket)


def is_ticket(number: str) -> bool:
    return INCIDENT.fullmatch(number) is not None


def _rows() -> QuerySet[Any]:
    return _in_order(CustomerNumber.objects.filter(number=SAID))


def _in_order(rows: QuerySet[CustomerNumber]) -> QuerySet[CustomerNumber]:
    return rows.select_related("customer", "service").order_by("customer__reference", F("service").asc(nulls_last=True))


def _by_service(product_id: str) -> list[Match]:
    found = Service.objects.filter(product_id=product_id).select_related("customer")
    return [Match(service.customer, service) for service in found]
