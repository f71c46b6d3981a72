"""Pages that belong to no single procedure: the outbox, and what auto-in has given to a person."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tenesa.accounts.models import User
from tenesa.accounts.roles import LEADERS
from tenesa.mail.models import OutboundMail
from tenesa.systems import outbox as call_outbox
from tenesa.systems.models import ExternalCall
from tenesa.ui.views import current_user
from tenesa.workflow.case import Case
from tenesa.workflow.errors import NotYourStep, Refusal
from tenesa.workflow.perform import perform
from tenesa.workflow.procedures import procedures, visible
from tenesa.workspace import auto_in, case_page, outbox
from tenesa.workspace.desk import desks

TABS = (("waiting", gettext_lazy("Waiting")), ("failed", gettext_lazy("Failed")), ("all", gettext_lazy("Newest")))
SAYS = {
    "waiting": gettext_lazy(
        "Mails and calls that the outer world has not accepted yet. They are tried again by themselves."
    ),
    "failed": gettext_lazy("Mails and calls that were given up or came back. A leader tries them again, nobody else."),
    "all": gettext_lazy("Mails and calls of every state, the newest first."),
}


@login_required
@require_GET
def outbox_page(request: HttpRequest) -> HttpResponse:
    """What the outer world has not yet accepted, with the next try; what it will not; and all of it."""
    user = current_user(request)
    leads = user.has_role(*LEADERS)
    tab = request.GET.get("tab") or ("failed" if leads and outbox.stuck(user) else "waiting")
    listed = outbox.page_of(user, tab, request.GET.get("after", ""))
    context = {"tabs": TABS, "tab": tab, "says": SAYS.get(tab, SAYS["waiting"]), "leads": leads}
    return render(request, "workspace/outbox.html", {**context, "items": listed.items, "more": listed.next})


@login_required
@require_GET
def outbox_row(request: HttpRequest, pk: uuid.UUID, model: type[OutboundMail | ExternalCall]) -> HttpResponse:
    """One row as it stands now: it asks again until nothing more is to come."""
    row: Any = get_object_or_404(model, pk=pk)
    return _row(request, row, _case_of(row, current_user(request)))


def _row(
    request: HttpRequest, row: OutboundMail | ExternalCall, case: Case, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    row.refresh_from_db()
    item, leads = outbox.item_of(row, case), current_user(request).has_role(*LEADERS)
    context = {"item": item, "leads": leads, "follows": item.moves, "refusal": refusal}
    return render(request, "workspace/_outbox_row.html", context, status=status)


@login_required
@require_POST
def retry_mail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The procedure's own step `resend`, so that the history tells who sent it again."""
    mail = get_object_or_404(OutboundMail, pk=pk)
    user = current_user(request)
    case = _case_of(mail, user)
    try:
        perform(case, "resend", actor=user, data={"mail": str(pk)})
    except NotYourStep as refusal:
        raise PermissionDenied from refusal
    except Refusal as refusal:
        return _row(request, mail, case, refusal=str(refusal), status=refusal.status)
    return _row(request, mail, case)


@login_required
@require_POST
def retry_call(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    call = get_object_or_404(ExternalCall, pk=pk)
    user = current_user(request)
    case = _case_of(call, user)
    if not user.has_role(*LEADERS):
        raise PermissionDenied
    call_outbox.retry(pk, user)
    return _row(request, call, case)


def given_address(user: User) -> str:
    """Auto-in gives cases to those whom a desk names."""
    roles = {role for desk in desks() for role in desk.delivers_to}
    return "" if user.roles.isdisjoint(roles) else reverse("auto-in")


@login_required
@require_GET
def given(request: HttpRequest) -> HttpResponse:
    """The case that was given to this person and that they have not opened yet, on every page but its own."""
    found = auto_in.given_to(current_user(request))
    if found is None:
        return HttpResponse()
    desk, case = found
    here = urlsplit(request.headers.get("HX-Current-URL", "")).path
    context = {
        "desk": desk,
        "case": case,
        "deadline": case_page.deadline(desk, case),
        "beside": here.startswith(desk.list_url()),
        "at_once": here == desk.list_url(),
    }
    return HttpResponse() if here == case.get_absolute_url() else render(request, "workspace/_given.html", context)


def _case_of(row: OutboundMail | ExternalCall, user: User) -> Case:
    """The case behind a row, or 404 where this person may not know of it."""
    model = procedures().get(row.procedure)
    if model is None:
        raise Http404
    case: Case = get_object_or_404(visible(model, user), pk=row.case_id)
    return case
