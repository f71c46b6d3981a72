"""The page of results."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from tenesa.search.results import search
from tenesa.ui.views import current_user


@login_required
@require_GET
def results(request: HttpRequest) -> HttpResponse:
    """Cases of every procedure that have the words; our own number leads to its case at once."""
    words = request.GET.get("q", "").strip()
    groups = search(current_user(request), words)
    found = [one for group in groups for one in group.matches]
    if len(found) == 1 and found[0].line.number.casefold() == words.casefold():
        return redirect(found[0].line.url)
    return render(request, "search/results.html", {"groups": groups, "finder": words[:200], "number": len(found)})
