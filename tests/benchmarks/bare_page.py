"""The floor of a whole page: the same request, sign-in and middleware, a bare SELECT, one plain line a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import clear_url_caches, path

ADDRESS = "bench-floor/"
TEMPLATE = """<!doctype html><title>Queue</title>
{% for row in rows %}<a href="/cases/{{ row.0 }}/">{{ row.4 }} {{ row.3 }} {{ row.1 }} {{ row.2 }} {{ row.9 }}</a>
{% endfor %}"""


def install(select: Callable[[], Sequence[Any]]) -> str:
    """Put the page among this process's addresses; returns its own."""
    from tenesa import urls

    template = engines["django"].from_string(TEMPLATE)

    @login_required
    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(template.render({"rows": select()}, request))

    others = [one for one in urls.urlpatterns if getattr(one, "name", None) != "bench-floor"]  # of an earlier part
    urls.urlpatterns[:] = [*others, path(ADDRESS, page, name="bench-floor")]
    clear_url_caches()
    return f"/{ADDRESS}"
