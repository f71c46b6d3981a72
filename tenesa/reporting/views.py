"""The report pages: overview, one KPI, its cases, the lists, the activity matrix; each also as a file (X-12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from tenesa.accounts.models import User
from tenesa.reporting import charts, export, goals, lists, selectors
from tenesa.reporting.goals import Goal
from tenesa.reporting.models import Reading
from tenesa.reporting.registry import Band, Kpi, Listing, kpis, listings, notes_of
from tenesa.reporting.report_query import PRESETS, ReportQuery
from tenesa.ui.views import current_user

LABELS = {
    "desk": gettext_lazy("Desk"),
    "area": gettext_lazy("Area"),
    "team": gettext_lazy("Team"),
    "agent": gettext_lazy("Agent"),
    "segment": gettext_lazy("Segment"),
    "part": gettext_lazy("Part"),
}
SPLITS = (
    ("agent", gettext_lazy("By agent")),
    ("team", gettext_lazy("By team")),
    ("segment", gettext_lazy("By segment")),
)


@dataclass(frozen=True)
class Select:
    name: str
    label: Any
    options: list[tuple[str, str]]
    chosen: str


def frame(
    request: HttpRequest, user: User, report_query: ReportQuery, kpi: Kpi | Listing | None = None
) -> dict[str, Any]:
    """Period, filters and where the files are, for the head of every page."""
    found = selectors.choices(user, kpi)
    selects = [Select(name, LABELS[name], found[name], getattr(report_query, name)) for name in LABELS if name in found]
    if kpi and kpi.part:
        selects = [Select("part", kpi.part, one.options, one.chosen) if one.name == "part" else one for one in selects]
    reading = Reading.objects.filter(pk=1).first()
    return {
        "report_query": report_query,
        "presets": [
            (name, label, report_query.but(period=name).address) for name, label in PRESETS.items() if name != "own"
        ],
        "selects": selects,
        "measured_at": reading.read_at if reading else None,
        "leads": selectors.leads(user),
        "notes": notes_of(report_query.first),
    }


@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    user, report_query = current_user(request), ReportQuery.of(request.GET)
    lines = selectors.of_desks(user, selectors.overview(user, report_query))
    lines.sort(key=lambda line: not line.figure.total)  # what happened first
    context = {
        **frame(request, user, report_query),
        "judged": [line for line in lines if line.target is not None],
        "counts": [line for line in lines if line.target is None],
        "empty": not any(line.figure.total for line in lines),
        "lists": [listing for listing in listings if lists.may_see(listing, user)],
        "files": files("export", report_query.address),
    }
    return render(request, "reporting/overview.html", context)


def query_of(report_query: ReportQuery, more: dict[str, str]) -> str:
    return "&".join([report_query.address, *(f"{name}={value}" for name, value in more.items())])


def files(name: str, query: str, *args: str) -> list[tuple[str, str]]:
    """The same page as a file: label and address."""
    return [(kind.upper(), f"{reverse(f'reporting:{name}', args=[*args, kind])}?{query}") for kind in export.TYPES]


def kpi_or_404(slug: str) -> Kpi:
    if (found := kpis().get(slug)) is None:
        raise Http404
    return found


@login_required
@require_GET
def kpi(request: HttpRequest, slug: str) -> HttpResponse:
    user, report_query, shown = current_user(request), ReportQuery.of(request.GET), kpi_or_404(slug)
    rows = selectors.of_kpi(user, report_query, shown)
    found = selectors.splits(rows, report_query, shown)
    days, total = found.by_day(), found.total
    splits = [*SPLITS, ("part", shown.part)] if shown.part else SPLITS
    spread = selectors.distribution(rows) if shown.timed and total.figure.total else None
    context = {
        **frame(request, user, report_query, shown),
        "kpi": shown,
        "source": selectors.source_words(shown),
        "total": total,
        "interval": selectors.interval_of(shown, total.figure),
        "goal": goals.goal_on(shown, report_query.last),
        "goals": _told(shown, report_query),
        "days": [day for day in days if day.figure.total],
        "by_day": charts.of_lines(_("By day"), days),
        "splits": [(name, label, found.by(name)) for name, label in splits],
        "spread": spread,
        "histogram": charts.histogram(_("How long it took"), spread, report_query.address) if spread else None,
        "buckets": [(charts.bucket_words(place), count, place) for place, count in enumerate(spread.buckets) if count]
        if spread
        else [],
        "cases": reverse("reporting:cases", args=[slug]),
        "files": files("kpi-export", report_query.address, slug),
    }
    return render(request, "reporting/kpi.html", context)


def _told(shown: Kpi, report_query: ReportQuery) -> list[tuple[Goal, bool]]:
    """Every target that the KPI had or will have, the newest first, and whether it is the one of this figure."""
    held = goals.goal_on(shown, report_query.last)
    return [(goal, goal == held) for goal in reversed(goals.history(shown))]


def cases_of(request: HttpRequest, shown: Kpi) -> tuple[Listing, dict[str, str]]:
    """The list behind a figure, and what narrows it beside the filters."""
    given = {name: request.GET.get(name, "") for name in ("met", "bucket")}
    more = {name: value for name, value in given.items() if value.isdecimal() and len(value) < 3}
    return lists.measurements(shown, **more), more


@login_required
@require_GET
def cases(request: HttpRequest, slug: str) -> HttpResponse:
    """The cases behind a figure; "met" 0 alone is the list of breaches."""
    user, report_query, shown = current_user(request), ReportQuery.of(request.GET), kpi_or_404(slug)
    listing, more = cases_of(request, shown)
    back = f"{reverse('reporting:kpi', args=[slug])}?{report_query.address}"
    found = files("cases-export", query_of(report_query, more), slug)
    context = {**frame(request, user, report_query, shown), "files": found, "back": back}
    return _list(request, listing, context, more)


@login_required
@require_GET
def listed(request: HttpRequest, slug: str) -> HttpResponse:
    user, report_query, listing = current_user(request), ReportQuery.of(request.GET), listing_or_404(request, slug)
    found, more = lists.bands(listing, user, report_query), _band(request)
    context = {
        **frame(request, user, report_query, listing),
        "files": files("list-export", query_of(report_query, more), slug) if listing.exportable else [],
        "back": f"{reverse('reporting:overview')}?{report_query.address}",
        "bands": [(band.label, count, place) for place, (band, count) in enumerate(found)],
        "bands_total": sum(count for _band, count in found),
        "chart": charts.of_bands(str(listing.bands_label), found, report_query.address)
        if found and listing.bands_drawn
        else None,
    }
    return _list(request, lists.in_band(listing, more.get("band", "")), context, more, _counted(found, more))


def _counted(bands: list[tuple[Band, int]], more: dict[str, str]) -> int | None:
    """The rows of the chosen band, or of all; None where the list has no bands."""
    chosen = int(more.get("band", len(bands)))
    found = bands[chosen : chosen + 1] or bands
    return sum(count for _band, count in found) if bands else None


def _band(request: HttpRequest) -> dict[str, str]:
    band = request.GET.get("band", "")
    return {"band": band} if band.isdecimal() and len(band) < 3 else {}


def listing_or_404(request: HttpRequest, slug: str) -> Listing:
    found = listings.get(slug)
    if found is None or not lists.may_see(found, current_user(request)):
        raise Http404
    return found


def _list(
    request: HttpRequest, listing: Listing, context: dict[str, Any], more: dict[str, str], number: int | None = None
) -> HttpResponse:
    """The page of a list; `number` are its rows where they were counted already."""
    user, report_query = current_user(request), context["report_query"]
    number, uncounted = lists.number(listing, user, report_query) if number is None else (number, False)
    after = request.GET.get("after", "")
    context |= {
        "listing": listing,
        "heads": lists.heads(listing),
        "page": lists.page(listing, user, report_query, after),
        "number": number,
        "uncounted": uncounted,
        "more": more,
        "after": after,
        "query": query_of(report_query, more),
    }
    return render(request, "reporting/list.html", context)


@login_required
@require_GET
def activities(request: HttpRequest) -> HttpResponse:
    user, report_query = current_user(request), ReportQuery.of(request.GET)
    context = {
        **frame(request, user, report_query),
        "activities": selectors.activities(user, report_query),
        "matrix": selectors.matrix_clause(),
        "files": files("export", report_query.address),
    }
    return render(request, "reporting/activities.html", context)


# --- files ------------------------------------------------------------------------------------------------------------
@login_required
@require_GET
def overview_export(request: HttpRequest, kind: str) -> HttpResponse:
    return _file(request, lists.figures(), kind, "kpis")


@login_required
@require_GET
def kpi_export(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    return _file(request, lists.figures(kpi_or_404(slug)), kind, f"kpi-{slug}")


@login_required
@require_GET
def cases_export(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    listing, more = cases_of(request, kpi_or_404(slug))
    return _file(
        request, listing, kind, "-".join([f"cases-{slug}", *(f"{name}{value}" for name, value in more.items())])
    )


@login_required
@require_GET
def list_export(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    more = _band(request)
    listing = lists.in_band(listing_or_404(request, slug), more.get("band", ""))
    if not listing.exportable:
        raise Http404
    return _file(request, listing, kind, "-".join([slug, *(f"{name}{value}" for name, value in more.items())]))


def _file(request: HttpRequest, listing: Listing, kind: str, name: str) -> HttpResponse:
    if kind not in export.TYPES:
        raise Http404
    answer: HttpResponse = export.download(
        request, current_user(request), listing, ReportQuery.of(request.GET), kind=kind, name=name
    )
    return answer
