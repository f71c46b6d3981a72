"""What other desks may know of the e-mail cases of a customer."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from tenesa.workspace import neighbours
from tenesa.workspace.neighbours import Known
from tickets.models import EmailCase, Line
from tickets.states import State


def register() -> None:
    neighbours.register_cases(EmailCase, ways, related=["customer"])


def ways(known: Known) -> Iterator[Q]:
    """What was void is nobody's case."""
    if known.reference:
        yield Q(customer__reference=known.reference) & NOT_VOID
    if known.addresses:
        yield Q(sender_address__in=list(known.addresses)) & NOT_VOID
    lines = Line.objects.order_by().values("case")
    if known.services:
        yield Q(pk__in=lines.filter(product_id__in=list(known.services))) & NOT_VOID
    if known.incidents:
        yield Q(pk__in=lines.filter(incident_number__in=list(known.incidents)).exclude(incident_number="")) & NOT_VOID


NOT_VOID = ~Q(state=State.VOID)
