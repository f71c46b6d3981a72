"""Pages of the tags: putting them on a case, names that are offered, and the leaders' list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenesa import door
from tenesa.accounts.models import User
from tenesa.accounts.roles import LEADERS
from tenesa.ui.menu import Command
from tenesa.ui.views import current_user
from tenesa.workflow.case import Case
from tenesa.workflow.errors import Refusal
from tenesa.workspace import bulk, tags
from tenesa.workspace.case_page import case_context, visible_case
from tenesa.workspace.desk import Desk
from tenesa.workspace.models import Tag, TagChange
from tenesa.workspace.tag_filter import may_tag

CHANGES = 30


@login_required
@require_POST
def of_case(request: HttpRequest, pk: int, desk: Desk) -> HttpResponse:
    """`name` is put on the case, `remove` taken off; the head as it is then, with what was refused in words."""
    shown, user = visible_case(desk, request, pk), current_user(request)
    if not may_tag(desk, user):
        raise PermissionDenied
    name, problem, status = request.POST.get("name", ""), "", 200
    try:
        if taken := request.POST.get("remove", ""):
            tags.remove(shown, taken, user)
        else:
            tags.add(shown, name, user)
    except Refusal as refusal:
        problem, status = refusal.words, refusal.status
    context = case_context(desk, request, shown, "head", tag_problem=problem, tag_typed=name if problem else "")
    return render(request, "workspace/_head.html", context, status=status)


@login_required
@require_POST
def of_cases(request: HttpRequest, desk: Desk) -> HttpResponse:
    """`name` is put on all chosen cases, or taken off where `act` is take: each by itself, as steps are."""
    user, name, act = current_user(request), request.POST.get("name", ""), request.POST.get("act", "put")
    if not may_tag(desk, user):
        raise PermissionDenied
    cases = bulk.chosen(desk, request.POST, user)
    context: dict[str, Any] = {"desk": desk, "cases": cases, "may_tag": True, "tag_typed": name}
    try:
        written = tags.cleaned(name)
    except Refusal as refusal:
        context["tag_problem"] = refusal.words
        return render(request, "workspace/bulk.html", context, status=refusal.status)
    outcomes = [_tagged(case, written, user, put=act != "take") for case in cases]
    context |= {
        "outcomes": outcomes,
        **bulk.summary(outcomes),
        "tag": written,
        "undoes": "put" if act == "take" else "take",
    }
    context["changed"] = [one.case for one in outcomes if not (one.refusal or one.note)]
    return render(request, "workspace/bulk.html", context)


def _tagged(case: Case, name: str, user: User, *, put: bool) -> bulk.Outcome:
    try:
        changed = (tags.add if put else tags.remove)(case, name, user)
    except Refusal as refusal:
        return bulk.Outcome(case, refusal.words)
    same = _("It had the tag already.") if put else _("It did not have the tag.")
    return bulk.Outcome(case, "", "" if changed else same)


@login_required
@require_GET
def names(request: HttpRequest) -> HttpResponse:
    """Names in use, as choices for a field."""
    if not current_user(request).workplaces:
        raise Http404
    return render(request, "workspace/_tag_names.html", {"names": tags.suggestions(request.GET.get("q", ""))})


# --- the list of them, for leaders -----------------------------------------------------------------------------------
def _leader(request: HttpRequest) -> User:
    user = current_user(request)
    if not user.has_role(*LEADERS):
        raise PermissionDenied
    return user


@login_required
@require_http_methods(["GET", "POST"])
def tag_list(request: HttpRequest) -> HttpResponse:
    """POST changes the tag `tag`: `act` is rename, merge, retire or restore, `to` the name that it needs."""
    user, problem, status = _leader(request), "", 200
    if request.method == "POST":
        tag = get_object_or_404(Tag, pk=door.number(request.POST.get("tag", "")))
        try:
            _act(request.POST.get("act", ""))(tag, request.POST.get("to", ""), user)
            return redirect("tags")
        except Refusal as refusal:
            problem, status = refusal.words, refusal.status
    changes = TagChange.objects.select_related("by").order_by("-pk")[:CHANGES]
    context = {"tags": tags.listed(), "changes": changes, "problem": problem, "typed": request.POST}
    return render(request, "workspace/tags.html", context, status=status)


ACTS: Mapping[str, Callable[[Tag, str, User], object]] = {
    "rename": tags.rename,
    "merge": tags.merge,
    "retire": lambda tag, _to, user: tags.retire(tag, user),
    "restore": lambda tag, _to, user: tags.restore(tag, user),
}


def _act(name: str) -> Callable[[Tag, str, User], object]:
    if name not in ACTS:
        raise Http404
    return ACTS[name]


def commands(request: HttpRequest, words: str) -> Iterator[Command]:
    """For leaders, in the palette."""
    if isinstance(request.user, User) and request.user.has_role(*LEADERS):
        yield Command(_("Tags"), "tags", _("Go to"), url=reverse("tags"))
