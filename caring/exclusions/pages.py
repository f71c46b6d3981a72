"""Pages of the exclusion lists, for those who lead the desk."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from caring.exclusions import services
from caring.exclusions.forms import ExclusionForm
from caring.exclusions.models import Exclusion, ExclusionList
from tenesa.accounts.models import User
from tenesa.ui.views import current_user, lead
from tenesa.workflow.errors import InvalidInput, Refusal

LISTS, ROWS = 30, 50
TOLD = ("source", "reason", "valid_from", "valid_until")


def _leader(request: HttpRequest) -> User:
    user = current_user(request)
    if not services.may_exclude(user):
        raise Http404
    return user


@login_required
@require_http_methods(["GET", "POST"])
def lists(request: HttpRequest) -> HttpResponse:
    """The newest lists; POST enters one, which waits for another person."""
    user = _leader(request)
    form = ExclusionForm(request.POST or None, request.FILES or None, initial={"valid_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in TOLD}
        try:
            made = services.enter(user, form.entries, **told)
        except InvalidInput as found:
            for name, texts in found.errors.items():
                form.add_error(name, texts)
        else:
            messages.success(request, _("The list waits for another person."))
            return lead(request, made.get_absolute_url())
    held = Q(entries__lifted_at=None)
    newest = ExclusionList.objects.select_related("by", "decided_by").order_by("-at", "-pk")
    counted = newest.annotate(numbers=Count("entries"), holding=Count("entries", filter=held))
    shown = Paginator(counted, LISTS).get_page(request.GET.get("page"))
    status = 422 if form.errors else 200
    return render(request, "caring/exclusions/lists.html", {"form": form, "lists": shown}, status=status)


@login_required
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _one(request, pk)


def _one(request: HttpRequest, pk: int, refusal: str = "", status: int = 200) -> HttpResponse:
    """One list with its numbers: another person approves or refuses it, any of the leaders lifts an entry."""
    user = _leader(request)
    shown = get_object_or_404(ExclusionList.objects.select_related("by", "decided_by"), pk=pk)
    rows = shown.entries.select_related("lifted_by").order_by("pk")
    if asked := "".join(filter(str.isdigit, request.GET.get("number", "")))[:30]:
        rows = rows.filter(value__contains=asked)
    context = {
        "list": shown, "rows": Paginator(rows, ROWS).get_page(request.GET.get("page")), "refusal": refusal,
        "waits": shown.approved is None, "decides": shown.approved is None and shown.by_id != user.pk,
        "today": timezone.localdate(), "asked": asked,
    }  # fmt: skip
    return render(request, "caring/exclusions/list.html", context, status=status)


@login_required
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    user, shown = _leader(request), get_object_or_404(ExclusionList, pk=pk)
    try:
        services.decide(user, shown, approved=request.POST.get("decision") == "approve")
    except Refusal as refusal:
        return _one(request, pk, str(refusal), refusal.status)
    messages.success(request, _("Decided; prospects that are there follow in a moment."))
    return redirect(shown)


@login_required
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    user, entry = _leader(request), get_object_or_404(Exclusion, pk=pk)
    try:
        services.lift(user, entry, request.POST.get("why", ""))
    except Refusal as refusal:
        return _one(request, entry.list_id, str(refusal), refusal.status)
    messages.success(request, _("Lifted; who stood there is called again."))
    return redirect("caring-exclusion-list", entry.list_id)
