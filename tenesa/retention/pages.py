"""Pages of the schedule and of the legal holds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenesa.accounts.models import User
from tenesa.retention import holds, schedule
from tenesa.retention.forms import HoldForm, YearsForm
from tenesa.retention.kinds import kinds
from tenesa.retention.models import Hold, Policy
from tenesa.retention.who import HOLDERS, KEEPERS, reads
from tenesa.ui.views import current_user
from tenesa.workflow.errors import InvalidInput, Refusal

ROWS = 25


def reader(request: HttpRequest) -> User:
    user = current_user(request)
    if not reads(user):
        raise Http404
    return user


def refused(form: forms.Form, refusal: Refusal) -> tuple[str, int]:
    """The words to show beside the form, and the status; what its fields are told stands at them."""
    if not isinstance(refusal, InvalidInput):
        return words_of(refusal), refusal.status
    for name, texts in refusal.errors.items():
        form.add_error(name if name in form.fields else None, texts)
    return "", refusal.status


def words_of(refusal: Refusal) -> str:
    if isinstance(refusal, InvalidInput):
        return " ".join(text for texts in refusal.errors.values() for text in texts)
    return str(refusal) or _("Your role does not include this.")


@login_required
@require_GET
def schedule_page(request: HttpRequest) -> HttpResponse:
    return _schedule(request, reader(request))


def _schedule(request: HttpRequest, user: User, *, refusal: str = "", status: int = 200) -> HttpResponse:
    history = Policy.objects.exclude(accepted=None).select_related("by", "decided_by").order_by("-pk")[:ROWS]
    context = {
        "lines": schedule.lines(), "tab": "schedule", "keeps": user.has_role(*KEEPERS), "refusal": refusal,
        "history": [(kinds()[one.kind].label if one.kind in kinds() else one.kind, one) for one in history],
    }  # fmt: skip
    return render(request, "retention/schedule.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, kind: str) -> HttpResponse:
    """Other years for one kind of record."""
    user = reader(request)
    line = next((one for one in schedule.lines() if one.kind.name == kind), None)
    if line is None:
        raise Http404
    refusal, status = "", 200
    initial = {"years": line.years, "since": timezone.localdate()}
    form = YearsForm(request.POST) if request.method == "POST" else YearsForm(initial=initial)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            told = form.cleaned_data
            try:
                schedule.propose(user, kind, count=told["years"], since=told["since"], note=told["note"])
                messages.success(request, _("Proposed: another person decides."))
                return redirect("retention:schedule")
            except Refusal as no:
                refusal, status = refused(form, no)
    context = {"line": line, "form": form, "refusal": refusal, "tab": "schedule", "keeps": user.has_role(*KEEPERS)}
    return render(request, "retention/propose.html", context, status=status)


@login_required
@require_POST
def decide_years(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    policy = get_object_or_404(Policy, pk=pk)
    accept = request.POST.get("decision") == "accept"
    try:
        schedule.decide(user, policy, accept=accept)
    except Refusal as no:
        return _schedule(request, user, refusal=words_of(no), status=no.status)
    messages.success(request, _("Accepted.") if accept else _("Refused."))
    return redirect("retention:schedule")


@login_required
@require_http_methods(["GET", "POST"])
def holds_page(request: HttpRequest) -> HttpResponse:
    """Holds, those that last first; POST places one."""
    user = reader(request)
    form = HoldForm(request.POST if request.method == "POST" else None)
    refusal, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                hold = holds.place(user, **form.cleaned_data)
                messages.success(request, _("%(what)s is under hold.") % {"what": hold})
                return redirect("retention:holds")
            except Refusal as no:
                refusal, status = refused(form, no)
    return _holds(request, user, form, refusal=refusal, status=status)


def _holds(request: HttpRequest, user: User, form: HoldForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
    found = Hold.objects.select_related("by", "end", "end__by").order_by("-at", "-pk")
    context: dict[str, Any] = {
        "form": form, "rows": Paginator(found, ROWS).get_page(request.GET.get("page")), "refusal": refusal,
        "holds": user.has_role(*HOLDERS), "tab": "holds", "query": "",
    }  # fmt: skip
    return render(request, "retention/holds.html", context, status=status)


@login_required
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    user = reader(request)
    hold = get_object_or_404(Hold, pk=pk)
    try:
        holds.lift(user, hold, reason=request.POST.get("reason", ""))
    except Refusal as no:
        return _holds(request, user, HoldForm(), refusal=words_of(no), status=no.status)
    messages.success(request, _("The hold on %(what)s is lifted.") % {"what": hold})
    return redirect("retention:holds")
