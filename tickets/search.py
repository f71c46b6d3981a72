"""What an e-mail case is found by besides its mails, and its line among the results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenesa.audit.masking import mask
from tenesa.escalation.models import Escalation
from tenesa.search import registry
from tenesa.search.registry import Piece, Place
from tenesa.workspace import notes
from tickets.models import EmailCase
from tickets.models import Line as Product

CASES = {
    "subject": Place.SUBJECT,
    "sender_name": Place.NAME,
    "sender_address": Place.ADDRESS,
    "customer__name": Place.NAME,
    "customer__reference": Place.REFERENCE,
    "reporter_name": Place.NAME,
    "reporter_phone": Place.PHONE,
    "reporter_email": Place.ADDRESS,
    "related_product": Place.FACT,
    "description": Place.FACT,
    "cause": Place.FACT,
    "repair": Place.FACT,
}


def register() -> None:
    registry.register(
        registry.Source(
            EmailCase,
            _("E-mail cases"),
            "mail",
            pieces,
            line,
            order=0,
            related=["customer"],
            list_url=lambda: reverse("cases:list"),
        )
    )


def pieces(ids: Sequence[int]) -> dict[int, list[Piece]]:
    found: dict[int, list[Piece]] = {pk: [Piece(Place.NUMBER, f"{EmailCase.prefix}{pk:07d}")] for pk in ids}
    for pk, piece in (*_of_cases(ids), *_of_rows(ids)):
        found[pk].append(piece)
    return found


def _of_cases(ids: Sequence[int]) -> Iterator[tuple[int, Piece]]:
    for pk, *texts in EmailCase.objects.filter(pk__in=ids).values_list("pk", *CASES):
        yield from ((pk, Piece(place, text or "")) for place, text in zip(CASES.values(), texts, strict=True))


def _of_rows(ids: Sequence[int]) -> Iterator[tuple[int, Piece]]:
    """Products and incidents, notes, and what units call their part of the work."""
    lines = Product.objects.filter(case__in=ids).values_list("case_id", "product_id", "incident_number")
    for pk, product, incident in lines:
        yield pk, Piece(Place.PRODUCT, product)
        yield pk, Piece(Place.INCIDENT, incident)
    for pk, text in notes.texts(EmailCase.procedure_name(), ids):
        yield pk, Piece(Place.NOTE, text)
    passed_on = Escalation.objects.filter(procedure=EmailCase.procedure_name(), case_id__in=ids)
    for pk, reference in passed_on.values_list("case_id", "reference"):
        yield pk, Piece(Place.REFERENCE, reference)


def line(case: EmailCase) -> registry.Line:
    who = case.customer.name if case.customer else case.sender_name or mask(case.sender_address)
    state = str(case.get_state_display())
    return registry.Line(case.number, case.subject, who, state, case.get_absolute_url())
