"""The page of a desk: its list with the filters above it, a case beside it, and the map of its procedure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tenesa.accounts.models import User
from tenesa.ui.chart import chart
from tenesa.ui.views import current_user
from tenesa.workspace import auto_in, case_page, lists, saved_views, tag_filter
from tenesa.workspace.desk import Desk, Filter
from tenesa.workspace.lists import SEARCHED

ROWS = {"rows": "workspace/_rows.html", "more": "workspace/_more_rows.html"}
OF_A_PAGE = ("after", "until", "part")


@dataclass(frozen=True)
class Drawn:
    """A filter as it is drawn: `choices` are (value, label); `chips` are (label, chosen, address)."""

    one: Filter
    value: str
    choices: list[tuple[str, Any]]
    chips: list[tuple[Any, bool, str]]


@dataclass(frozen=True)
class Filters:
    drawn: list[Drawn]
    words: str

    @property
    def any(self) -> bool:
        return bool(self.words) or any(one.value for one in self.drawn)

    def of(self, way: str) -> list[Drawn]:
        return [one for one in self.drawn if one.one.way == way]

    @property
    def selects(self) -> list[Drawn]:
        return self.of("select")

    @property
    def texts(self) -> list[Drawn]:
        return self.of("text")

    @property
    def chips(self) -> list[Drawn]:
        return self.of("chips")

    @property
    def tags(self) -> list[Drawn]:
        return self.of("tag")

    @property
    def hidden(self) -> list[Drawn]:
        """Kept while others change: chosen chips and what the address alone says."""
        return [one for one in self.drawn if one.one.way in {"chips", ""} and one.value]


def filters_of(desk: Desk, asked: QueryDict, user: User) -> Filters:
    return Filters([_drawn(one, asked) for one in tag_filter.filters_of(desk, user)], asked.get(SEARCHED, ""))


def _drawn(one: Filter, asked: QueryDict) -> Drawn:
    value = asked.get(one.name, "")
    choices = [(str(key), label) for key, label in one.choices()] if one.choices else []
    chips = [_chip(one, asked, key, label, value) for key, label in choices] if one.way == "chips" else []
    return Drawn(one, value, choices, chips)


def _chip(one: Filter, asked: QueryDict, key: str, label: Any, value: str) -> tuple[Any, bool, str]:
    address = asked.copy()
    for name in (*OF_A_PAGE, one.name):
        address.pop(name, None)
    if key != value:
        address[one.name] = key
    return label, key == value, address.urlencode()


def list_context(desk: Desk, request: HttpRequest, *, opens: bool = False) -> dict[str, Any]:
    """The list beside the case, from the address line; `opens`: the desk is asked for, not a case."""
    user, saved = current_user(request), saved_views.stand_in(request, desk, opens=opens)
    view = desk.view_of(user, request.GET.get("view", ""))
    if view is None:
        raise Http404
    words = request.GET.get(SEARCHED, "")
    page = lists.page(
        desk, user, view, request.GET, after=request.GET.get("after", ""), until=request.GET.get("until", "")
    )
    live = desk.live_of_search if words else desk.live(view, user)
    return {
        "desk": desk,
        "view": view,
        "saved": saved,
        "live_list": live,
        "page": page,
        "filters": filters_of(desk, request.GET, user),
        "finder": words,
        "opening": desk.opening(user),
    }


@login_required
@require_GET
def list_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The list, with a case beside it where the desk opens one by itself; `part` asks for the rows alone."""
    context, part = list_context(desk, request, opens=True), request.GET.get("part", "")
    rows = context["page"].rows
    if desk.opens_first and rows and part not in ROWS:
        first = case_page.visible_case(desk, request, rows[0].pk)
        context = {**case_page.case_context(desk, request, first), **context}
    return render(request, ROWS.get(part, "workspace/page.html"), context)


@login_required
@require_GET
def case(request: HttpRequest, pk: int, desk: Desk) -> HttpResponse:
    """A case beside the list, or alone where the list is there already."""
    shown = case_page.visible_case(desk, request, pk)
    context = case_page.case_context(desk, request, shown)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "workspace/_open.html", context)
    if home := desk.home_view(shown, current_user(request)):
        _stand_in(request, home)
    return render(request, "workspace/page.html", {**context, **list_context(desk, request)})


def _stand_in(request: HttpRequest, view: str) -> None:
    """As if the address named this list, where it names none: the menu marks it too."""
    if not request.GET.get("view"):
        asked = request.GET.copy()
        asked["view"] = view
        request.META["QUERY_STRING"] = query = asked.urlencode()
        request.GET = QueryDict(query)


@login_required
@require_POST
def next_case(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Next: one's own most urgent case, else one that is taken for this person."""
    user = current_user(request)
    case = auto_in.following(desk, user)
    if case is None:
        messages.info(request, desk.nothing_waits(user))
        return redirect(desk.url("list"))
    return redirect(desk.url("case", case.pk))


@login_required
@require_GET
def procedure_map(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The state chart drawn from the procedure itself, with the open cases of now on every state."""
    steps = list(desk.steps.values())
    counts = lists.state_counts(desk, current_user(request))
    labels = {state: str(label) for state, label in desk.labels.items()}
    drawn = chart(steps, labels, counts, [str(state) for state in desk.ended])
    return render(request, "workspace/map.html", {"chart": drawn, "steps": steps, "desk": desk})
