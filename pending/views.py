"""The pend register and the request's page, for the desk and for the units that ask."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pending import selectors, services
from pending.columns import is_unit
from pending.forms import RequestForm
from pending.models import PendingRequest, PendReason
from pending.panel import panel
from pending.states import State
from pending.today import day
from tenesa.accounts.models import User
from tenesa.ui.live import name_of
from tenesa.ui.views import Words, person, written
from tenesa.workflow.errors import InvalidInput, KeyReused, NotNow, NotYourStep, Refusal, UnknownStep
from tenesa.workflow.perform import perform
from tenesa.workflow.step import StepForm, steps_of


class Filters(forms.Form):
    """The filters above the register; their values live in the address line."""

    q = forms.CharField(required=False, label=gettext_lazy("Ticket or request number"))
    state = forms.ChoiceField(required=False, label=gettext_lazy("State"))
    reason = forms.ChoiceField(required=False, label=gettext_lazy("Reason"))
    unit = forms.CharField(required=False, label=gettext_lazy("Unit"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = [(reason.pk, reason.label) for reason in PendReason.objects.all()]
        for name, choices in (("state", list(State.choices)), ("reason", reasons)):
            self.fields[name].choices = [("", self.fields[name].label), *choices]  # type: ignore[attr-defined]
        for name, one in self.fields.items():
            css = "select" if name in {"state", "reason"} else "input"
            one.widget.attrs.update({"class": css, "aria-label": one.label, "placeholder": one.label})

    def narrows(self) -> bool:
        """By more than a number: the other filters are unfolded."""
        return any(self.data.get(name) for name in ("state", "reason", "unit"))


def visible(request: HttpRequest, pk: int) -> PendingRequest:
    rows = PendingRequest.objects.visible_to(person(request)).select_related("reason", "owner", "decided_by", "extends")
    found: PendingRequest = get_object_or_404(rows, pk=pk)
    return found


def _list(request: HttpRequest, slug: str) -> dict[str, Any]:
    user = person(request)
    view = selectors.view_of(user, slug)
    asked = request.GET.copy()
    for name in ("after", "part", "view"):
        asked.pop(name, None)
    return {
        "views": selectors.views_for(user),
        "view": view,
        "page": selectors.page(user, view, asked, request.GET.get("after", "")),
        "filters": Filters(request.GET),
        "query": asked.urlencode(),
        "may_ask": user.has_role(*selectors.WORKERS) or is_unit(user),
    }


@login_required
@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """The list, and its most urgent one open; `part` asks for rows alone."""
    context = _list(request, request.GET.get("view", ""))
    part = request.GET.get("part", "")
    if part in {"rows", "more"}:
        return render(request, f"pending/_{part}.html", context)
    return render(request, "pending/register.html", {**context, "panel": None})


@login_required
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The day's ends as a timeline; `part` asks for the hours alone."""
    user = person(request)
    context = {"views": selectors.views_for(user), "day": day(user)}
    part = request.GET.get("part") == "hours"
    return render(request, "pending/_day.html" if part else "pending/today.html", context)


@login_required
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    shown = visible(request, pk)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "pending/_open.html", _shown(request, shown))
    context = _list(request, request.GET.get("view") or ("waiting" if shown.awaits else "all"))
    return render(request, "pending/register.html", {**context, **_shown(request, shown)})


def _shown(
    request: HttpRequest, shown: PendingRequest, *, bound: tuple[str, StepForm] | None = None, refusal: str = ""
) -> dict[str, Any]:
    drawn = panel(shown, person(request), bound=bound)
    return {"panel": drawn, "live_name": name_of(shown), "refusal": refusal}


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """PD-01 by form; a ticket that has a request already leads to it."""
    user = person(request)
    if not (user.has_role(*selectors.WORKERS) or is_unit(user)):
        raise Http404
    blank = PendingRequest(requester=user)
    if request.method == "GET":
        form = RequestForm(
            case=blank, actor=user, initial={**_usual(user), "incident": request.GET.get("incident", "")}
        )
        return _ask_page(request, form)
    form = RequestForm(request.POST, case=blank, actor=user)
    try:
        made, new = services.ask(user, request.POST, key=request.POST.get("key"))
    except InvalidInput:
        return _ask_page(request, form, status=422)
    except (KeyReused, NotNow) as refusal:
        return _ask_page(request, form, status=refusal.status, refusal=str(refusal))
    told = _("%(number)s is stored.") if new else _("There is a request about this ticket already: %(number)s.")
    messages.success(request, told % {"number": made.number})
    return redirect("pend", made.pk)


def _ask_page(request: HttpRequest, form: RequestForm, *, status: int = 200, refusal: str = "") -> HttpResponse:
    context = {"form": form, "refusal": refusal, "key": uuid.uuid4().hex}
    return render(request, "pending/ask.html", context, status=status)


def _usual(user: User) -> dict[str, str]:
    """Who asks, and for which unit: the last time's, so that a unit types it once."""
    if not is_unit(user):
        return {}
    last = PendingRequest.objects.filter(requester=user).order_by("-opened_at", "-pk").values("unit", "person").first()
    return last or {"person": str(user)}


@login_required
@require_POST
def take_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """POST a step. A refusal comes back in words."""
    user, shown = person(request), visible(request, pk)
    try:
        done = perform(shown, step, actor=user, data=request.POST, files=request.FILES, key=request.POST.get("key"))
    except InvalidInput:
        form = (steps_of(PendingRequest)[step].asks or StepForm)(request.POST, request.FILES, case=shown, actor=user)
        form.is_valid()
        return _again(request, pk, 422, bound=(step, form))
    except (KeyReused, NotNow, NotYourStep) as refusal:
        return _refused(request, pk, step, refusal)
    except UnknownStep as refusal:
        raise Http404(str(refusal)) from refusal
    words = {"step": steps_of(PendingRequest)[step].label, "number": done.number}
    messages.success(request, _("%(step)s · %(number)s") % words)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("pend", pk)
    response = render(request, "pending/_open.html", _shown(request, visible(request, pk)))
    response["HX-Push-Url"] = reverse("pend", args=[pk])
    response["HX-Trigger-After-Swap"] = "live, live-menu"
    return response


def _refused(request: HttpRequest, pk: int, step: str, refusal: Refusal) -> HttpResponse:
    reasons = refusal.reasons if isinstance(refusal, NotNow) else [str(refusal)]
    kept = written(steps_of(PendingRequest)[step], request.POST)
    if not request.htmx:  # type: ignore[attr-defined]
        context = {"reasons": reasons, "kept": kept, "back": reverse("pend", args=[pk])}
        return render(request, f"{refusal.status}.html", context, status=refusal.status)
    return _again(request, pk, refusal.status, refusal=" ".join(reasons), kept=kept)


def _again(request: HttpRequest, pk: int, status: int, *, kept: Words = (), **more: Any) -> HttpResponse:
    context = {**_shown(request, visible(request, pk), **more), "kept": kept}
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "pending/register.html", {**_list(request, ""), **context}, status=status)
    return render(request, "pending/_open.html", context, status=status)
