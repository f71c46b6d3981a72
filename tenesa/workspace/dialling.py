"""The dial part of a case's page: the button, the call that runs, and the link for who has no softphone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from tenesa.accounts.models import User
from tenesa.contact import dialling, softphone
from tenesa.contact.dialling import Callee
from tenesa.contact.kinds import Result
from tenesa.contact.models import Dial
from tenesa.contact.rules import Verdict
from tenesa.systems.errors import SystemError_
from tenesa.ui.live import publish
from tenesa.ui.views import current_user
from tenesa.workflow.errors import NotNow, Refusal
from tenesa.workspace.case_page import visible_case
from tenesa.workspace.desk import Desk


@dataclass(frozen=True)
class DialPart:
    """What `_dial.html` draws. `call` is the person's own that waits for its outcome, or runs on after it was told;
    `elsewhere` their call that keeps the softphone from dialling, of whatever case; `token` makes a new one."""

    desk: Desk
    case: Any
    callee: Callee | None
    call: Dial | None
    verdict: Verdict | None
    token: uuid.UUID
    problem: str = ""
    elsewhere: Dial | None = None
    reason: str = ""  # why to dial is the next act, which the key of suggestions then does
    just_now: bool = False  # the browser hands the number over by itself, once

    @property
    def stage(self) -> str:
        """That of the call; "" where there is none."""
        return self.call.stage if self.call else ""

    @property
    def running(self) -> Dial | None:
        """What can be ended here, and is asked for until it has ended."""
        return self.call if self.stage in {"ringing", "connected"} else self.elsewhere

    @property
    def link(self) -> str:
        return softphone.link(self.call.number) if self.call else ""


def part_of(desk: Desk, case: Any, user: User, *, problem: str = "", **more: Any) -> DialPart | None:
    """None where this person has nobody to call now, and no call to end."""
    callee = desk.callee(case, user)
    running = None if user.is_outside else dialling.running_of(case, user)
    if callee is None:
        line = None if running else desk.line(case, user)
        return DialPart(desk, case, None, running, None, uuid.uuid4(), problem, line) if running or line else None
    verdict = dialling.may_call(case, user, lambda: callee)
    call = dialling.call_of(case, user) or running
    kept = None if call else dialling.blocked(case, user)
    problem = problem or (kept.words if kept else "")
    line = None if call else dialling.line_of(user, callee.purpose)
    newest = max(callee.tried, key=attrgetter("at"), default=None)
    if newest and newest.result == Result.CONNECTED and not (call or line or problem or verdict.allowed):
        return None  # whoever was reached is not to be called again: no gap has to be kept
    return DialPart(desk, case, callee, call, verdict, uuid.uuid4(), problem, line, **more)


@login_required
@require_POST
def dial(request: HttpRequest, pk: int, desk: Desk) -> HttpResponse:
    """Dial one of the case's numbers: `number`, and `key`, which pressed twice is one dial."""
    user, case = current_user(request), visible_case(desk, request, pk)
    callee = desk.callee(case, user)
    if callee is None:
        raise Http404
    try:
        made = dialling.dial(callee, request.POST.get("number", ""), agent=user, key=_key(request))
    except Refusal as refusal:
        return _refused(desk, request, case, refusal)
    publish(case)  # the other windows of whoever dials
    return _shown(desk, request, case, just_now=made.state == Dial.State.LINKED)


@login_required
@require_GET
def call(request: HttpRequest, pk: int, call: int, desk: Desk) -> HttpResponse:
    """How the call stands now; once somebody answers, or it ends, the steps are drawn anew with what came of it."""
    user, case = current_user(request), visible_case(desk, request, pk)
    mine, problem = _own(user, call), ""
    known, ended = mine.result, False
    try:
        ended = bool(mine.call_id) and dialling.refresh(mine, user) == "ENDED"
    except SystemError_ as error:
        problem = error.message
    response = _shown(desk, request, case, problem=problem)
    if ended or mine.result != known:
        response["HX-Trigger"] = "live-case"
    return response


@login_required
@require_POST
def hang_up(request: HttpRequest, pk: int, call: int, desk: Desk) -> HttpResponse:
    user, case = current_user(request), visible_case(desk, request, pk)
    mine, problem = _own(user, call), ""
    try:
        dialling.hang_up(mine, user)
        dialling.refresh(mine, user)
    except SystemError_ as error:
        problem = error.message
    response = _shown(desk, request, case, problem=problem)
    response["HX-Trigger"] = "live-case"
    return response


def _own(user: User, pk: int) -> Dial:
    """Of whatever case: a call that blocks the next one is ended where it does."""
    return get_object_or_404(Dial, pk=pk, agent=user)


def _key(request: HttpRequest) -> uuid.UUID:
    """The key of the page; a new one where it sent none that can be read."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def _shown(desk: Desk, request: HttpRequest, case: Any, status: int = 200, **more: Any) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(desk.url("case", case.pk))
    part = part_of(desk, case, current_user(request), **more)
    return render(request, "workspace/_dial.html", {"part": part}, status=status)


def _refused(desk: Desk, request: HttpRequest, case: Any, refusal: Refusal) -> HttpResponse:
    reasons = refusal.reasons if isinstance(refusal, NotNow) else [str(refusal)]
    if not request.htmx:  # type: ignore[attr-defined]
        context = {"reasons": reasons, "kept": [], "back": desk.url("case", case.pk)}
        return render(request, f"{refusal.status}.html", context, status=refusal.status)
    return _shown(desk, request, case, refusal.status, problem=" ".join(reasons))
