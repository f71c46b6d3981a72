"""The saved views in the head of a list: which there are, and what a person does with their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from tenesa import door
from tenesa.accounts.models import User
from tenesa.ui.views import current_user
from tenesa.workflow.errors import NotYourStep, Refusal
from tenesa.workspace import saved_views
from tenesa.workspace.desk import Desk
from tenesa.workspace.models import SavedView

Act = Callable[[Desk, User, SavedView, str], None]
ACTS: Mapping[str, Act] = {
    "rename": saved_views.rename,
    "remove": saved_views.remove,
    "up": saved_views.raise_up,
    "default": saved_views.make_default,
    "share": saved_views.share,
}


@login_required
@require_http_methods(["GET", "POST"])
def views(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET: the views, beside the address `query` of the list. POST saves it as `name`, or does `act` to the person's
    own view `view`; of another's there is none."""
    user, problem, status = current_user(request), "", 200
    if user.is_outside or not desk.is_open_to(user):
        raise Http404
    asked = request.POST if request.method == "POST" else request.GET
    if request.method == "POST":
        try:
            _act(desk, user, asked)
        except NotYourStep as refusal:
            raise PermissionDenied from refusal
        except Refusal as refusal:
            problem, status = refusal.words, refusal.status
    context = {
        "desk": desk,
        "views": saved_views.of(desk, user),
        "query": asked.get("query", "")[:1_000],
        "at": asked.get("saved", ""),
        "may_share": saved_views.may_share(user),
        "problem": problem,
        "longest": saved_views.LONGEST,
        "typed": asked.get("name", "") if problem else "",
    }
    return render(request, "workspace/_saved_views.html", context, status=status)


def _act(desk: Desk, user: User, asked: QueryDict) -> None:
    act, name = asked.get("act", ""), asked.get("name", "")
    if act == "save":
        saved_views.save(desk, user, name, asked.get("query", ""))
        return
    view = get_object_or_404(SavedView, pk=door.number(asked.get("view", "")) or 0, owner=user, desk=desk.slug)
    if act not in ACTS:
        raise Http404
    ACTS[act](desk, user, view, name)
