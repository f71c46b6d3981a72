"""The evidence panel's own requests: it is drawn again, asks one application, takes a result by hand, shows an old
reading; the rest of the page stays as it is."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from tenesa.systems.drawings import drawing
from tenesa.ui.live import name_of
from tenesa.ui.views import current_user
from tenesa.workflow.errors import Refusal, UnknownStep
from tenesa.workflow.perform import perform
from tickets.desk import EmailDesk
from tickets.evidence.panel import READ, RECORD, evidence
from tickets.models import EmailCase, ToolCheck


def visible_case(request: HttpRequest, pk: int) -> EmailCase:
    cases = EmailCase.objects.visible_to(current_user(request)).select_related(*EmailDesk.with_rows)
    case: EmailCase = get_object_or_404(cases, pk=pk)
    return case


STEPS = {"read": READ, "record": RECORD}


@login_required
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel alone, or as a page of its own where it has the room to show everything at once."""
    shown = visible_case(request, pk)
    if request.htmx:  # type: ignore[attr-defined]
        return _drawn(request, shown)
    return render(request, "tickets/evidence.html", {**_context(request, shown), "live_name": name_of(shown)})


@login_required
@require_POST
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Ask again, or enter by hand: the same steps as everywhere, and a refusal stands in the panel in words."""
    if what not in STEPS:
        raise Http404
    shown = visible_case(request, pk)
    try:
        done = perform(shown, STEPS[what], actor=current_user(request), data=request.POST)
    except UnknownStep as refusal:
        raise Http404(str(refusal)) from refusal
    except Refusal as refusal:
        return _drawn(request, shown, refusal=str(refusal), status=refusal.status)
    return _drawn(request, visible_case(request, done.pk))


@login_required
@require_GET
def snapshot(request: HttpRequest, pk: int, check: uuid.UUID) -> HttpResponse:
    """What was seen then, as it was drawn then."""
    shown = visible_case(request, pk)
    of_family = ToolCheck.objects.filter(case__in=shown.family())
    seen = get_object_or_404(of_family.select_related("by", "call__event__actor"), pk=check)
    who = seen.by or (seen.call.event.actor if seen.call else None)
    context = {"case": shown, "check": seen, "who": who, "drawing": drawing(seen.tool, seen.snapshot)}
    whole = not request.htmx  # type: ignore[attr-defined]
    return render(request, "tickets/snapshot.html" if whole else "tickets/_snapshot.html", context)


def _context(request: HttpRequest, shown: EmailCase) -> dict[str, Any]:
    return {"case": shown, "evidence": evidence(shown, current_user(request))}


def _drawn(request: HttpRequest, shown: EmailCase, *, refusal: str = "", status: int = 200) -> HttpResponse:
    context = {**_context(request, shown), "panel_refusal": refusal}
    return render(request, "tickets/_evidence.html", context, status=status)
