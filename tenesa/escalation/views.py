"""The desk where decisions are made: a list, one escalation beside it, a key for each decision (X-11)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenesa.escalation import selectors
from tenesa.escalation.models import Escalation
from tenesa.escalation.panel import Panel, panel
from tenesa.escalation.selectors import VIEWS
from tenesa.escalation.states import UNDECIDED, State
from tenesa.ui.live import name_of
from tenesa.ui.views import Words, person, written
from tenesa.workflow.errors import InvalidInput, KeyReused, NotNow, NotYourStep, Refusal, UnknownStep
from tenesa.workflow.perform import perform
from tenesa.workflow.step import StepForm, steps_of


def visible(request: HttpRequest, pk: int) -> Escalation:
    """The escalation, or 404 where this person may not know of it."""
    rows = Escalation.objects.visible_to(person(request)).select_related("asker", "owner", "decided_by")
    found: Escalation = get_object_or_404(rows, pk=pk)
    return found


def _list(request: HttpRequest, slug: str) -> dict[str, Any]:
    user, view = person(request), VIEWS.get(slug, VIEWS["waiting"])
    page = selectors.page(user, view, request.GET.get("after", ""))
    return {"views": selectors.views_for(user), "view": view, "page": page}


@login_required
@require_GET
def approvals(request: HttpRequest) -> HttpResponse:
    """The list with its most urgent one open, so that the first key already decides; `part` asks for rows alone."""
    context = _list(request, request.GET.get("view", ""))
    part = request.GET.get("part", "")
    if part in {"rows", "more"}:
        return render(request, f"escalation/_{part}.html", context)
    rows = context["page"].rows
    return render(request, "escalation/approvals.html", {**context, **_shown(request, rows[0].it if rows else None)})


@login_required
@require_GET
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    shown = visible(request, pk)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "escalation/_open.html", _shown(request, shown))
    slug = request.GET.get("view") or _home(shown)
    return render(request, "escalation/approvals.html", {**_list(request, slug), **_shown(request, shown)})


def _home(escalation: Escalation) -> str:
    if escalation.state == State.WITH_UNIT:
        return "units"
    return "waiting" if escalation.state in UNDECIDED else "done"


def _shown(
    request: HttpRequest, shown: Escalation | None, *, bound: tuple[str, StepForm] | None = None, refusal: str = ""
) -> dict[str, Any]:
    if shown is None:
        return {"panel": None}
    return {"panel": panel(shown, person(request), bound=bound), "live_name": name_of(shown), "refusal": refusal}


@login_required
@require_POST
def take_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """POST a step, from the desk or from the case's own page (`from=case`). A refusal comes back in words."""
    user, shown = person(request), visible(request, pk)
    try:
        done = perform(shown, step, actor=user, data=request.POST, key=request.POST.get("key"))
    except InvalidInput:
        form = (steps_of(Escalation)[step].asks or StepForm)(request.POST, case=shown, actor=user)
        form.is_valid()
        return _again(request, pk, 422, bound=(step, form))
    except (KeyReused, NotNow, NotYourStep) as refusal:
        return _refused(request, pk, step, refusal)
    except UnknownStep as refusal:
        raise Http404(str(refusal)) from refusal
    words = {"step": steps_of(Escalation)[step].label, "number": done.number}
    messages.success(request, _("%(step)s · %(number)s") % words)
    return _after(request, visible(request, pk))


def _refused(request: HttpRequest, pk: int, step: str, refusal: Refusal) -> HttpResponse:
    reasons = refusal.reasons if isinstance(refusal, NotNow) else [str(refusal)]
    kept = written(steps_of(Escalation)[step], request.POST)
    if not request.htmx:  # type: ignore[attr-defined]
        context = {"reasons": reasons, "kept": kept, "back": reverse("approval", args=[pk])}
        return render(request, f"{refusal.status}.html", context, status=refusal.status)
    return _again(request, pk, refusal.status, refusal=" ".join(reasons), kept=kept)


def _again(request: HttpRequest, pk: int, status: int, *, kept: Words = (), **more: Any) -> HttpResponse:
    context = {**_shown(request, visible(request, pk), **more), "kept": kept}
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "escalation/approvals.html", {**_list(request, ""), **context}, status=status)
    return render(request, _template(request), context, status=status)


def _template(request: HttpRequest) -> str:
    return "escalation/_asked_one.html" if request.POST.get("from") == "case" else "escalation/_open.html"


def _after(request: HttpRequest, done: Escalation) -> HttpResponse:
    """At the desk the next one opens; whoever took the case over goes to it; on the case's page the part is renewed."""
    shown = panel(done, person(request))
    takes = done.state == State.TAKEN_OVER and shown.case is not None
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(shown.case.address if takes and shown.case else "approvals")
    if request.POST.get("from") == "case":
        response = render(request, "escalation/_asked_one.html", {"panel": shown})
        response["HX-Trigger"] = "live-case, live, live-menu"
        return response
    if takes and shown.case:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = shown.case.address
        return response
    return _next(request, shown)


def _next(request: HttpRequest, shown: Panel) -> HttpResponse:
    following = selectors.first_waiting(person(request)) if not shown.choices or not shown.it.awaits else shown.it
    if following is not None and following.pk != shown.it.pk:
        following = visible(request, following.pk)
    response = render(request, "escalation/_open.html", _shown(request, following))
    response["HX-Push-Url"] = reverse("approval", args=[following.pk]) if following else reverse("approvals")
    response["HX-Trigger-After-Swap"] = "live, live-menu"
    return response
