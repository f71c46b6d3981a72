"""The page of the validation report F-19, and its files (P-01 9.1 W-01, 10)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from caring.quality import validation
from caring.quality.validation import Report
from caring.quality.validation_files import MAKERS
from caring.quality.who import desks_of, reader
from tenesa.reporting.export import TYPES, Count, in_own_thread
from tenesa.reporting.models import Export, ExportEnd
from tenesa.reporting.registry import notes_of
from tenesa.workflow.keyset import YEARS

MEDIA = {"xlsx": TYPES["xlsx"], "pdf": "application/pdf"}
SHOWN = 200  # lines on the page; the files have all


def _asked(request: HttpRequest, name: str) -> date | None:
    try:
        asked = parse_date(request.GET.get(name, ""))
    except ValueError:
        return None
    return asked if asked and asked.year in YEARS else None


def _days(request: HttpRequest) -> tuple[date, date]:
    """The days asked for, in order; the day before this one where none is."""
    yesterday = timezone.localdate() - timedelta(days=1)
    first = _asked(request, "first") or _asked(request, "day") or _asked(request, "last") or yesterday
    last = _asked(request, "last") or first
    return min(first, last), max(first, last)


@login_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    found = validation.report(desks_of(user), *_days(request), user)
    context = {
        "report": found, "lines": list(found.lines(SHOWN)), "more": max(0, found.count - SHOWN), "tab": "validation",
        "document": (validation.TITLE, validation.CODE), "query": f"?first={found.first}&last={found.last}",
        "notes": notes_of(found.first),
    }  # fmt: skip
    return render(request, "caring/quality/validation.html", context)


@login_required
@require_GET
def file(request: HttpRequest, kind: str) -> Any:
    """The report as a file that is written beside and sent as it comes; it stands in the log of what left the house
    (X-09)."""
    user = reader(request)
    if kind not in MAKERS:
        raise Http404
    found = validation.report(desks_of(user), *_days(request), user)
    asked = f"first={found.first}&last={found.last}"
    log = Export.objects.create(by=user, report="f-19", kind=kind, report_query=asked)
    pieces = _logged(log, found)
    content: Any = in_own_thread(pieces) if isinstance(request, ASGIRequest) else pieces
    answer = StreamingHttpResponse(content, content_type=MEDIA[kind])
    days = f"{found.first:%Y%m%d}" + (f"-{found.last:%Y%m%d}" if found.last != found.first else "")
    answer["Content-Disposition"] = f'attachment; filename="F-19-{days}.{kind}"'
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


def _logged(log: Export, found: Report) -> Iterator[bytes]:
    """However it ends, finished or cut, the log says with how many rows."""
    done, finished = Count(), False
    try:
        with closing(MAKERS[log.kind](found, done)) as pieces:  # type: ignore[type-var]
            yield from pieces
        finished = True
    finally:
        ExportEnd.objects.create(export=log, rows=done.rows, finished=finished)
