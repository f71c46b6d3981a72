"""The page of the validation report F-19, and its files (P-01 9.1 W-01, 10)."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from caring.quality import validation
from caring.quality.who import desks_of, reader
from tenesa.reporting.export import TYPES
from tenesa.reporting.models import Export, ExportEnd
from tenesa.reporting.registry import notes_of
from tenesa.workflow.keyset import YEARS

ROWS = 50
FILES = {"xlsx": (validation.xlsx, TYPES["xlsx"]), "pdf": (validation.pdf, "application/pdf")}


def _day(request: HttpRequest) -> date:
    """The day asked for; the day before this one where none is."""
    try:
        asked = parse_date(request.GET.get("day", ""))
    except ValueError:
        asked = None
    return asked if asked and asked.year in YEARS else timezone.localdate() - timedelta(days=1)


@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The sums of the day and, a page at a time, its agreements."""
    desks, day = desks_of(reader(request)), _day(request)
    shown = Paginator(validation.agreements(desks, day), ROWS).get_page(request.GET.get("page"))
    found = validation.report(desks, day, shown)
    context = {
        "report": found, "shown": shown, "tab": "validation", "document": (validation.TITLE, validation.CODE),
        "notes": notes_of(day),
    }  # fmt: skip
    return render(request, "caring/quality/validation.html", context)


@login_required
@require_GET
def file(request: HttpRequest, kind: str) -> HttpResponse:
    """The report as a file; it is written into the log of what left the house (X-09)."""
    user = reader(request)
    if kind not in FILES:
        raise Http404
    make, media = FILES[kind]
    found = validation.report(desks_of(user), _day(request))
    log = Export.objects.create(by=user, report="f-19", kind=kind, report_query=f"day={found.day}")
    answer = HttpResponse(make(found), content_type=media)
    ExportEnd.objects.create(export=log, rows=len(found.lines), finished=True)
    answer["Content-Disposition"] = f'attachment; filename="F-19-{found.day:%Y%m%d}.{kind}"'
    answer["Cache-Control"] = "no-store"
    return answer
