"""What a prospect and a result are found by, and their lines among the results of a search."""

from __future__ import annotations

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from caring.models import CaringResult, Prospect
from tenesa.search import registry
from tenesa.search.registry import Place
from tenesa.workspace.searched import line, pieces

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
            Prospect, _("Prospects"), "hand-coins", partial(pieces, Prospect, PROSPECTS), line, order=5,
            list_url=lambda: reverse("prospects:list"),
        )
    )  # fmt: skip
    registry.register(
        registry.Source(
            CaringResult, _("Caring results"), "badge-check", partial(pieces, CaringResult, RESULTS), line, order=6,
            list_url=lambda: reverse("results:list"),
        )
    )  # fmt: skip
