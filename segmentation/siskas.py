"""Customers whom TENESA has not met yet: asked of SISKAS by their number, and kept (S-11)."""

from __future__ import annotations

from segmentation.customers import Customer
from segmentation.lookup import Match, as_compared, customers_by, is_ticket
from segmentation.segments import Product, product_of
from segmentation.services import remember
from tenesa.contact.numbers import is_telephone
from tenesa.systems import clients, outbox
from tenesa.systems.errors import Refused
from tenesa.systems.http import Origin
from tenesa.systems.readings import plain
from tenesa.systems.siskas.client import By

SYSTEM, CLAUSE = "siskas", "W-26 5.1"
PATIENCE = 3.0  # seconds that a person waits at a form


def found(number: str, *, actor: str, patience: float | None = None) -> list[Match]:
    """Everybody whom the number may mean: as TENESA knows it, else as SISKAS does, in `patience` seconds a question.

    Who has it alone is kept; several are told and not kept. Empty where neither knows it. Raises Unavailable.
    """
    return customers_by(number) or _asked(number, Origin(actor, CLAUSE), patience)


def _asked(number: str, origin: Origin, patience: float | None) -> list[Match]:
    said = as_compared(number)
    if not said or is_ticket(said):
        return []
    try:
        with outbox.asked(SYSTEM):
            record = clients.siskas(origin, patience).find_customer(_way(said), said)
    except Refused as refusal:
        several = refusal.data.get("candidates", [])
        return [Match(Customer(reference=one["reference"], name=one["name"])) for one in several]
    return [Match(remember(plain(record), source=SYSTEM.upper()))]


def _way(number: str) -> By:
    """What a number is to SISKAS, by its shape."""
    if is_telephone(number):
        return "phone"
    return "fastel" if product_of(number) == Product.INTERNET else "reference"
