"""Pages of W-02 that are no page of a case: asking for a hold, and the day of the holds."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pending import incident_check, selectors, services
from pending.columns import is_unit
from pending.forms import RequestForm
from pending.models import PendingRequest
from pending.today import day
from tenesa.accounts.models import User
from tenesa.ui.views import current_user, lead
from tenesa.workflow.errors import InvalidInput, KeyReused, NotNow
from tenesa.workflow.repeated import hashed


@login_required
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The day's ends as a timeline; `part` asks for the hours alone."""
    part = request.GET.get("part") == "hours"
    return render(request, "pending/_day.html" if part else "pending/today.html", {"day": day(current_user(request))})


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """PD-01 by form; a ticket that has a request already leads to it, and what was typed stays."""
    user = current_user(request)
    if not selectors.may_ask(user):
        raise Http404
    blank = PendingRequest(requester=user)
    if request.method == "GET":
        initial = {**_usual(user), "incident": request.GET.get("incident", "")}
        return _ask_page(request, RequestForm(case=blank, actor=user, initial=initial))
    form = RequestForm(request.POST, request.FILES, case=blank, actor=user)
    try:
        made, new = services.ask(user, request.POST, request.FILES, key=request.POST.get("key"))
    except InvalidInput:
        return _ask_page(request, form, status=422)
    except (KeyReused, NotNow) as refusal:
        return _ask_page(request, form, status=refusal.status, refusal=str(refusal))
    if not new and made.request_key != hashed(request.POST.get("key", "")):
        return _ask_page(request, form, status=409, live=made)
    messages.success(request, _("%(number)s is stored.") % {"number": made.number})
    return lead(request, made.get_absolute_url())


@login_required
@require_GET
def check_incident(request: HttpRequest) -> HttpResponse:
    """What NOSSA says of the number in the form, beside its field."""
    user = current_user(request)
    if not selectors.may_ask(user):
        raise Http404
    said = incident_check.check(request.GET.get("incident", ""), user)
    return render(request, "pending/_incident_said.html", {"said": said})


def _ask_page(
    request: HttpRequest, form: RequestForm, *, status: int = 200, refusal: str = "", live: PendingRequest | None = None
) -> HttpResponse:
    """`live` is the request that the ticket has already."""
    context = {"form": form, "refusal": refusal, "live": live, "key": uuid.uuid4().hex}
    return render(request, "pending/ask.html", context, status=status)


def _usual(user: User) -> dict[str, str]:
    """Who asks, and for which unit: the last time's, so that a unit types it once."""
    if not is_unit(user):
        return {}
    last = PendingRequest.objects.filter(requester=user).order_by("-opened_at", "-pk").values("unit", "person").first()
    return last or {"person": str(user)}
