"""What a prospect and a result are found by, and their lines among the results of a search."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from caring.models import CaringResult, Prospect
from tenesa.search import registry
from tenesa.search.registry import Piece, Place
from tenesa.workspace import notes

PROSPECTS = {
    "fastel": Place.REFERENCE, "ncli": Place.REFERENCE, "name": Place.NAME, "number_called": Place.PHONE,
    "remark": Place.FACT,
}  # fmt: skip
RESULTS = {
    "fastel": Place.REFERENCE, "ncli": Place.REFERENCE, "name": Place.NAME, "number_called": Place.PHONE,
    "call_id": Place.REFERENCE, "remark": Place.FACT,
}  # fmt: skip


def register() -> None:
    registry.register(
        registry.Source(
            Prospect, _("Prospects"), "hand-coins", prospects, line, order=5,
            list_url=lambda: reverse("prospects:list"),
        )
    )  # fmt: skip
    registry.register(
        registry.Source(
            CaringResult, _("Caring results"), "badge-check", results, line, order=6,
            list_url=lambda: reverse("results:list"),
        )
    )  # fmt: skip


def prospects(ids: Sequence[int]) -> dict[int, list[Piece]]:
    return _pieces(Prospect, PROSPECTS, ids)


def results(ids: Sequence[int]) -> dict[int, list[Piece]]:
    return _pieces(CaringResult, RESULTS, ids)


def _pieces(
    model: type[Prospect] | type[CaringResult], places: dict[str, Place], ids: Sequence[int]
) -> dict[int, list[Piece]]:
    found: dict[int, list[Piece]] = {pk: [Piece(Place.NUMBER, f"{model.prefix}{pk:07d}")] for pk in ids}
    for pk, *texts in model._default_manager.filter(pk__in=ids).values_list("pk", *places):
        found[pk] += [Piece(place, text) for place, text in zip(places.values(), texts, strict=True) if text]
    for pk, text in notes.texts(model.procedure_name(), ids):
        found[pk].append(Piece(Place.NOTE, text))
    return found


def line(case: Prospect | CaringResult) -> registry.Line:
    return registry.Line(case.number, case.title, case.who, str(case.get_state_display()), case.get_absolute_url())
