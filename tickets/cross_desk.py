"""What other desks may know of the e-mail cases of a customer."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from tenesa.workspace import cross_desk
from tenesa.workspace.cross_desk import CustomerKeys
from tickets.models import EmailCase, Line
from tickets.states import State


def register() -> None:
    cross_desk.register_cases(EmailCase, conditions, related=["customer"])


def conditions(keys: CustomerKeys) -> Iterator[Q]:
    """What was void is nobody's case."""
    if keys.reference:
        yield Q(customer__reference=keys.reference) & NOT_VOID
    if keys.addresses:
        yield Q(sender_address__in=list(keys.addresses)) & NOT_VOID
    lines = Line.objects.order_by().values("case")
    if keys.services:
        yield Q(pk__in=lines.filter(product_id__in=list(keys.services))) & NOT_VOID
    if keys.incidents:
        yield Q(pk__in=lines.filter(incident_number__in=list(keys.incidents)).exclude(incident_number="")) & NOT_VOID


NOT_VOID = ~Q(state=State.VOID)
