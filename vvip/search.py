"""What a 147 call and a callback are found by, and their lines among the results."""

from __future__ import annotations

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenesa.search import registry
from tenesa.search.registry import Place
from tenesa.workspace.searched import line, pieces
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
            SpecialCase,
            _("147 calls"),
            "phone-incoming",
            partial(pieces, SpecialCase, CALLS),
            line,
            order=2,
            list_url=lambda: reverse("calls:list"),
        )
    )
    registry.register(
        registry.Source(
            Callback, _("Callbacks"), "phone-outgoing", partial(pieces, Callback, CALLBACKS), line, order=3,
            list_url=lambda: reverse("callbacks:list"),
        )
    )  # fmt: skip
