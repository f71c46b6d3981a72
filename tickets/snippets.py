"""Snippets in the composer, filled with what is known of the case."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tenesa.knowledge import snippets
from tenesa.mail.courtesy import common_values
from tenesa.ui.views import person
from tickets.effects import ticket_words
from tickets.models import EmailCase
from tickets.views import visible_case


@login_required
@require_GET
def choices(request: HttpRequest, pk: int) -> HttpResponse:
    """All of them, once a composer: the browser searches as it is typed."""
    shown = visible_case(request, pk)
    rows = snippets.of(person(request))[: snippets.SHOWN]
    values = values_of(shown) if rows else {}
    return render(request, "tickets/_snippets.html", {"rows": [(row, snippets.filled(row, values)) for row in rows]})


def values_of(case: EmailCase) -> dict[str, str]:
    words = {name: "" if value == "-" else value for name, value in ticket_words(case).items()}
    words["ticket"] = words["incident"]
    return {**common_values(case.number, case.mailbox, case.last_mail), **words}
