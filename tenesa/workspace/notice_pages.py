"""The page of one's own notices: unread first, each leads to its case and is then read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenesa.accounts.models import User
from tenesa.notices import services
from tenesa.notices.models import Kind, Notice
from tenesa.ui.views import current_user
from tenesa.workflow.procedures import visible
from tenesa.workspace import left_behind, second_person
from tenesa.workspace.desk import Desk, desk_of, desks

ICONS = {
    Kind.TAKEN: "user-round-cog", Kind.GIVEN: "hand", Kind.RETURNED: "undo-2", Kind.NOTED: "lock",
    Kind.MENTIONED: "at-sign", Kind.ACTED: "users-round", Kind.LEFT: "user-x",
    Kind.ASKED: "stamp", Kind.DECIDED: "gavel", Kind.LET_GO: "inbox",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One notice as it is drawn; `case` is None where the person may not know of it any more. Of a request that is no
    case it is that request, without a number."""

    notice: Notice
    desk: Desk
    case: Any
    number: str
    title: str = ""

    @property
    def icon(self) -> str:
        return ICONS[Kind(self.notice.kind)]

    @property
    def step(self) -> str:
        declared = self.desk.steps.get(self.notice.step)
        return str(declared.label) if declared else ""


def lines_of(notices: Sequence[Notice], user: User) -> list[Line]:
    """What is drawn of them; the cases are read in one query a desk, requests in one a kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for notice in notices:
        wanted[notice.procedure].add(notice.case_id)
    lines: dict[tuple[str, int], partial[Line]] = {}
    for name, pks in wanted.items():
        if desk := desk_of(name):
            cases = visible(desk.model, user).select_related(*desk.with_rows).in_bulk(pks)
            for pk in pks:
                case, number = cases.get(pk), f"{desk.model.prefix}{pk:07d}"
                title = str(case.title) if case else ""
                lines[name, pk] = partial(Line, desk=desk, case=case, number=number, title=title)
        elif (kind := second_person.request_of(name)) and (desk := desk_of(kind.procedure)):
            rows = kind.seen_by(user, pks)
            for pk in pks:
                title = str(rows.get(pk) or "")
                lines[name, pk] = partial(Line, desk=desk, case=rows.get(pk), number="", title=title)
    found = [(notice, lines.get((notice.procedure, notice.case_id))) for notice in notices]
    return [line(notice) for notice, line in found if line]


def _of_desk(desk: Desk | None) -> list[str]:
    """What stands in the notices that are read at a desk."""
    return [desk.procedure, *(kind.name for kind in second_person.requests(desk.procedure))] if desk else []


@login_required
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Of one desk where `desk` names it; `part` asks for the list alone."""
    user, asked = current_user(request), request.GET.get("desk", "")
    mine = [desk for desk in desks() if desk.is_open_to(user)]
    chosen = next((desk for desk in mine if desk.slug == asked), None)
    page = services.page(user, of=_of_desk(chosen), after=request.GET.get("after", ""))
    context = {
        "desks": mine, "chosen": chosen, "lines": lines_of(page.rows, user), "more": page.next,
        "after": request.GET.get("after", ""),
    }  # fmt: skip
    return render(request, "notices/_list.html" if request.GET.get("part") else "notices/page.html", context)


@login_required
@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    """The bell of the top bar with the count of now; for pages that no live stream reaches."""
    return render(request, "ui/_bell_alone.html")


@login_required
@require_POST
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """To its case, or to all that somebody left behind; the notice is read then."""
    user = current_user(request)
    notice = get_object_or_404(Notice, pk=pk, person=user)
    services.mark_read(Notice.objects.filter(pk=notice.pk))
    if notice.kind == Kind.LEFT and notice.actor is not None:
        return redirect(left_behind.list_of(notice.actor))
    for line in lines_of([notice], user):
        if line.case is not None:
            return redirect(line.case.get_absolute_url())
    messages.info(request, _("You may not see this case any more."))
    return redirect("notices")


@login_required
@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Mark one notice as read (`notice`), or all that are listed: of a desk where one is chosen (`desk`)."""
    user, asked = current_user(request), request.POST.get("desk", "")
    mine = services.unread(user)
    if number := request.POST.get("notice", ""):
        mine = mine.filter(pk=number) if number.isdecimal() and len(number) < 19 else mine.none()
    elif chosen := next((desk for desk in desks() if desk.slug == asked), None):
        mine = mine.filter(procedure__in=_of_desk(chosen))
    services.mark_read(mine)
    return redirect(f"{request.path.removesuffix('read/')}{f'?desk={asked}' if asked.isidentifier() else ''}")
