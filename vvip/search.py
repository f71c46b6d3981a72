"""What a 147 call and a callback are found by, and their lines among the results."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenesa.search import registry
from tenesa.search.registry import Piece, Place
from tenesa.workspace import notes
from vvip.models import Callback, SpecialCase

CALLS = {
    "caller_number": Place.PHONE,
    "phone_number": Place.PHONE,
    "internet_number": Place.REFERENCE,
    "ticket_number": Place.INCIDENT,
    "customer__name": Place.NAME,
    "customer__reference": Place.REFERENCE,
    "report": Place.FACT,
    "analysis": Place.FACT,
    "solution": Place.FACT,
    "backend_answer": Place.FACT,
    "remark": Place.FACT,
}
CALLBACKS = {
    "number_to_call": Place.PHONE,
    "contact_name": Place.NAME,
    "customer__reference": Place.REFERENCE,
    "identification": Place.FACT,
    "analysis": Place.FACT,
    "remark": Place.FACT,
}


def register() -> None:
    registry.register(
        registry.Source(
            SpecialCase, _("147 calls"), "phone-incoming", calls, line, order=2, list_url=lambda: reverse("calls:list")
        )
    )
    registry.register(
        registry.Source(
            Callback, _("Callbacks"), "phone-outgoing", callbacks, line, order=3,
            list_url=lambda: reverse("callbacks:list"),
        )
    )  # fmt: skip


def calls(ids: Sequence[int]) -> dict[int, list[Piece]]:
    return _pieces(SpecialCase, CALLS, ids)


def callbacks(ids: Sequence[int]) -> dict[int, list[Piece]]:
    return _pieces(Callback, CALLBACKS, ids)


def _pieces(
    model: type[SpecialCase] | type[Callback], places: dict[str, Place], ids: Sequence[int]
) -> dict[int, list[Piece]]:
    found: dict[int, list[Piece]] = {pk: [Piece(Place.NUMBER, f"{model.prefix}{pk:07d}")] for pk in ids}
    for pk, *texts in model._default_manager.filter(pk__in=ids).values_list("pk", *places):
        found[pk] += [Piece(place, text) for place, text in zip(places.values(), texts, strict=True) if text]
    for pk, text in notes.texts(model.procedure_name(), ids):
        found[pk].append(Piece(Place.NOTE, text))
    return found


def line(case: SpecialCase | Callback) -> registry.Line:
    return registry.Line(case.number, case.title, case.who, str(case.get_state_display()), case.get_absolute_url())
