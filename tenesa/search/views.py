"""The page of results."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from tenesa.search import normal
from tenesa.search.registry import customers
from tenesa.search.results import search
from tenesa.search.search_query import BEGINNING
from tenesa.ui.views import current_user

CUSTOMERS = 10


@login_required
@require_GET
def results(request: HttpRequest) -> HttpResponse:
    """Customers, and cases of every procedure that have the words; our own number leads to its case at once."""
    words, user = request.GET.get("q", "").strip(), current_user(request)
    groups, people = search(user, words), customers(user, words, CUSTOMERS + 1)
    found = [one for group in groups for one in group.matches]
    if len(found) == 1 and found[0].line.number.casefold() == words.casefold():
        return redirect(found[0].line.url)
    context = {"customers": people[:CUSTOMERS], "more_customers": len(people) > CUSTOMERS}
    context["too_short"] = 0 < len("".join(normal.words(words))) < BEGINNING
    return render(request, "search/results.html", {"groups": groups, "finder": words[:200], **context})
