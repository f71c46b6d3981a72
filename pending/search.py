"""What a pend request is found by besides its mails, and its line among the results."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pending.columns import is_unit
from pending.models import PendingRequest
from tenesa.contact import log
from tenesa.search import registry
from tenesa.search.registry import Piece, Place
from tenesa.workspace import notes

REQUESTS = {
    "incident": Place.INCIDENT,
    "contact_number": Place.PHONE,
    "unit": Place.NAME,
    "person": Place.NAME,
    "contact_name": Place.NAME,
    "contact_mail": Place.ADDRESS,
    "reason_text": Place.FACT,
    "evidence": Place.FACT,
    "said": Place.FACT,
    "remark": Place.FACT,
}


def register() -> None:
    registry.register(
        registry.Source(
            PendingRequest,
            _("Pend requests"),
            "pause",
            pieces,
            line,
            order=1,
            list_url=lambda: reverse("pending:list"),
            open_to=lambda user: not is_unit(user),
        )
    )


def pieces(ids: Sequence[int]) -> dict[int, list[Piece]]:
    found: dict[int, list[Piece]] = {pk: [Piece(Place.NUMBER, f"{PendingRequest.prefix}{pk:07d}")] for pk in ids}
    requests = PendingRequest.objects.filter(pk__in=ids)
    for pk, worklogs, *texts in requests.values_list("pk", "worklogs", *REQUESTS):
        found[pk] += map(Piece, REQUESTS.values(), texts)
        found[pk] += [Piece(Place.REFERENCE, worklog) for worklog in worklogs]
    for pk, attempts in log.of_cases(PendingRequest.procedure_name(), ids).items():
        for one in attempts:
            found[pk] += [Piece(Place.PHONE, one.number), Piece(Place.NAME, one.answered_by)]
            found[pk].append(Piece(Place.NOTE, one.note))
    for pk, text in notes.texts(PendingRequest.procedure_name(), ids):
        found[pk].append(Piece(Place.NOTE, text))
    return found


def line(request: PendingRequest) -> registry.Line:
    title, state = f"{request.incident} · {request.reason_text}", str(request.get_state_display())
    return registry.Line(request.number, title, request.unit, state, request.get_absolute_url())
