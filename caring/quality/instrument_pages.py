"""Pages of the instruments of QC: versions, the next one as a draft, its difference and its approval (F-18)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caring.models import Instrument
from caring.quality import drafting, instruments
from caring.quality.forms import items_form
from caring.quality.who import keeps_instruments, reader
from tenesa.knowledge import differences
from tenesa.workflow.errors import Refusal


@login_required
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    versions = Instrument.objects.select_related("drafted_by", "approved_by").prefetch_related("items")
    held = {kind: instruments.current(kind) for kind in Instrument.Kind}
    context = {
        "held": held.values(),
        "drafts": drafting.drafts(),
        "versions": versions.exclude(approved_at=None, withdrawn_at=None).order_by("kind", "-version"),
        "keeps": keeps_instruments(user),
        "tab": "instruments",
    }
    return render(request, "caring/quality/instruments.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, kind: str) -> HttpResponse:
    """The next version of an instrument, from its draft where one waits, else from the version that holds."""
    user = reader(request)
    if kind not in Instrument.Kind.values or not keeps_instruments(user):
        raise Http404
    held = instruments.current(Instrument.Kind(kind))
    waiting = next((one for one in drafting.drafts() if one.kind == kind), None)
    formset = items_form(waiting or held, request.POST if request.method == "POST" else None)
    if request.method == "POST" and formset.is_valid():
        made = drafting.draft(kind, list(formset.items()), user)
        messages.success(request, _("Version %(n)d waits for another person.") % {"n": made.version})
        return redirect("qc:instrument", made.pk)
    context = {"held": held, "formset": formset, "tab": "instruments"}
    failed = formset.is_bound and not formset.is_valid()
    return render(request, "caring/quality/instrument_draft.html", context, status=422 if failed else 200)


@login_required
@require_GET
def version(request: HttpRequest, pk: int) -> HttpResponse:
    return _version(request, pk)


def _version(request: HttpRequest, pk: int, refusal: str = "") -> HttpResponse:
    """One version and what it changes against the approved one before it."""
    user = reader(request)
    shown = get_object_or_404(Instrument.objects.select_related("drafted_by", "approved_by"), pk=pk)
    before = Instrument.objects.filter(kind=shown.kind, version__lt=shown.version, approved_at__isnull=False)
    newest = before.order_by("-version").first()
    waits = shown.approved_at is None and shown.withdrawn_at is None
    context: dict[str, Any] = {
        "instrument": shown,
        "before": newest,
        "lines": differences.between(drafting.text_of(newest), drafting.text_of(shown)),
        "decides": waits and keeps_instruments(user),
        "approves": waits and keeps_instruments(user) and shown.drafted_by_id != user.pk,
        "refusal": refusal,
        "tab": "instruments",
    }
    return render(request, "caring/quality/instrument.html", context, status=409 if refusal else 200)


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Another person approves it, or it is withdrawn."""
    user = reader(request)
    shown = get_object_or_404(Instrument, pk=pk)
    approves = request.POST.get("decision") == "approve"
    try:
        if approves:
            drafting.approve(shown, user)
        else:
            drafting.withdraw(shown, user)
    except Refusal as refused:
        return _version(request, pk, str(refused))
    said = _("QC judges by it from now on.") if approves else _("The draft was withdrawn.")
    messages.success(request, said)
    return redirect("qc:instruments")
