"""What an escalation is found by, and its line among the results."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from tenesa.escalation.models import Escalation
from tenesa.search import registry
from tenesa.search.registry import Piece, Place
from tenesa.workspace import notes

ESCALATIONS = {
    "reference": Place.REFERENCE,
    "message": Place.REFERENCE,
    "unit": Place.NAME,
    "reason": Place.FACT,
    "remark": Place.FACT,
    "answer": Place.FACT,
}


def register() -> None:
    source = registry.Source(Escalation, _("Escalations"), "stamp", pieces, line, order=2, related=["asker"])
    registry.register(source)


def pieces(ids: Sequence[int]) -> dict[int, list[Piece]]:
    found: dict[int, list[Piece]] = {pk: [Piece(Place.NUMBER, f"{Escalation.prefix}{pk:07d}")] for pk in ids}
    for pk, *texts in Escalation.objects.filter(pk__in=ids).values_list("pk", *ESCALATIONS):
        found[pk] += map(Piece, ESCALATIONS.values(), texts)
    for pk, text in notes.texts(Escalation.procedure_name(), ids):
        found[pk].append(Piece(Place.NOTE, text))
    return found


def line(escalation: Escalation) -> registry.Line:
    who, state = str(escalation.asker), str(escalation.get_state_display())
    return registry.Line(escalation.number, escalation.reason, who, state, escalation.get_absolute_url())
