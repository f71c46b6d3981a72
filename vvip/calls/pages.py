"""Pages of W-26 that are no page of a case: recording a call."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tenesa.ui.live import name_of
from tenesa.ui.views import current_user
from tenesa.workflow.errors import InvalidInput, KeyReused, NotNow
from tenesa.workflow.perform import perform
from vvip import services
from vvip.calls.forms import CustomerForm, ReportForm
from vvip.calls.procedure.base import TIER1
from vvip.calls.states import BEFORE_CHECK, State
from vvip.models import SpecialCase

CHOICES = 9  # a key for each


@login_required
@require_GET
def ringing(request: HttpRequest) -> HttpResponse:
    """The calls that rang for this person just now, but the one whose page they look at."""
    here = urlsplit(request.headers.get("HX-Current-URL", "")).path
    calls = [call for call in services.popped(current_user(request)) if call.get_absolute_url() != here]
    return render(request, "vvip/_ringing.html", {"calls": calls})


@login_required
@require_http_methods(["GET", "POST"])
def new_call(request: HttpRequest) -> HttpResponse:
    """V-01 by form: the number that the caller says, and what they report."""
    user = current_user(request)
    if not user.has_role(*TIER1) or not services.may_record(user):
        raise Http404
    blank = SpecialCase(desk_id=services.DESK)
    if request.method == "GET":
        initial = {"number": request.GET.get("number", "")}
        return _page(request, ReportForm(case=blank, actor=user, initial=initial))
    try:
        made, new = services.record(user, request.POST, key=request.POST.get("key"), owner=user)
    except InvalidInput:
        return _page(request, ReportForm(request.POST, case=blank, actor=user), status=422)
    except (KeyReused, NotNow) as refusal:
        form = ReportForm(request.POST, case=blank, actor=user)
        return _page(request, form, status=refusal.status, refusal=str(refusal))
    if not new:
        messages.info(request, _("This call is recorded already: %(number)s.") % {"number": made.number})
    if made.customer is None and made.state == State.REPORTED:
        return redirect("call-who", made.pk)
    return redirect(made)


@login_required
@require_http_methods(["GET", "POST"])
def who(request: HttpRequest, pk: int) -> HttpResponse:
    """5.2.2: which customer it is, where none or several have the number; one key a customer, none is chosen for us."""
    user = current_user(request)
    calls = SpecialCase.objects.visible_to(user).select_related("customer", "service", "owner")
    call: SpecialCase = get_object_or_404(calls, pk=pk)
    if not user.has_role(*TIER1) or call.state not in BEFORE_CHECK:
        return redirect(call)
    asked = (request.POST if request.method == "POST" else request.GET).get("number", "")
    refusal, status = "", 200
    if request.method == "POST":
        try:
            return redirect(perform(call, "choose_customer", actor=user, data=request.POST))
        except (InvalidInput, NotNow) as error:
            refusal, status = error.words, error.status
    form = CustomerForm({"number": asked}, case=call, actor=user)
    context = {"call": call, "matches": list(form.found.values())[:CHOICES], "more": len(form.found) > CHOICES}
    shown = {**context, "asked": asked, "refusal": refusal, "live_name": name_of(call)}
    return render(request, "vvip/who.html", shown, status=status)


def _page(request: HttpRequest, form: ReportForm, *, status: int = 200, refusal: str = "") -> HttpResponse:
    context = {"form": form, "refusal": refusal, "key": uuid.uuid4().hex}
    return render(request, "vvip/new_call.html", context, status=status)
