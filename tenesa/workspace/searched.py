"""What a case is found by where its own columns and notes say all, and its line among the results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tenesa.search.registry import Line, Piece, Place
from tenesa.workflow.case import Case
from tenesa.workspace import notes


def pieces(model: type[Case], places: Mapping[str, Place], ids: Sequence[int]) -> dict[int, list[Piece]]:
    """By case: its number, what stands in these columns (path in the model → where a word stands), its notes."""
    found: dict[int, list[Piece]] = {pk: [Piece(Place.NUMBER, f"{model.prefix}{pk:07d}")] for pk in ids}
    for pk, *texts in model._default_manager.filter(pk__in=ids).values_list("pk", *places):
        found[pk] += [Piece(place, text) for place, text in zip(places.values(), texts, strict=True) if text]
    for pk, text in notes.texts(model.procedure_name(), ids):
        found[pk].append(Piece(Place.NOTE, text))
    return found


def line(case: Any) -> Line:
    return Line(case.number, case.title, case.who, str(case.get_state_display()), case.get_absolute_url())
