"""Pages of the frame: home, readiness and presence (W-05 1.1), palette, navigation."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import CharField, Field, Textarea
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenesa.accounts.models import READINESS_CLAUSE, PresenceState, Readiness, User
from tenesa.accounts.presence import NotReady, change_presence, pause, presence_of
from tenesa.accounts.roles import CONFIRM_THE_LIST
from tenesa.ui.context import Shell
from tenesa.ui.menu import Command, MenuItem, commands_of
from tenesa.workflow.step import Step

SHOWN = 100  # commands of the palette at once
PROSE = 200  # letters that a field for more than a name or a number takes at least
Words = Sequence[tuple[str, str]]


def current_user(request: HttpRequest) -> User:
    """The signed-in person, typed; views using it are behind login_required."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def lead(request: HttpRequest, address: str) -> HttpResponse:
    """On to another page, also from a form that htmx sent."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(address)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response


def written(step: Step, typed: QueryDict) -> list[tuple[str, str]]:
    """What was written at length for a step that is refused: label and words, to be shown so that none is lost."""
    fields = step.form.base_fields if step.form else {}
    kept = [(str(field.label or name), typed.get(name, "")) for name, field in fields.items() if _is_prose(field)]
    return [(label, text) for label, text in kept if text]


def _is_prose(field: Field) -> bool:
    return isinstance(field, CharField) and (isinstance(field.widget, Textarea) or (field.max_length or 0) >= PROSE)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """An agent begins the shift with the readiness list, who leads and works on no case at the board, everybody else at
    their first desk; without a role nobody can work yet, and reads who gives one."""
    user = current_user(request)
    if not user.roles and not user.is_staff:
        return render(request, "ui/no_role.html")
    shell, confirms = Shell(request), user.has_role(*CONFIRM_THE_LIST)
    ready = not confirms or shell.presence is None or shell.presence.ready_on == timezone.localdate()
    return redirect((ready and shell.begins) or "readiness")


@login_required
@require_http_methods(["GET", "POST"])
def readiness(request: HttpRequest) -> HttpResponse:
    """W-05 1.1.1 - 1.1.9: the list a person confirms before auto-in."""
    user, checked, problem = current_user(request), request.POST.getlist("checked"), ""
    if request.method == "POST":
        try:
            change_presence(user, PresenceState.AVAILABLE, checked=checked)
        except NotReady as refusal:
            problem = str(refusal)
        else:
            return redirect("home")
    context = {
        "items": Readiness,
        "checked": checked,
        "problem": problem,
        "presence": presence_of(user),
        "clause": READINESS_CLAUSE,
        "work": Shell(request).begins,
    }
    return render(request, "ui/readiness.html", context, status=422 if problem else 200)


@login_required
@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    """The switch in the top bar; "AUX:break" carries its reason, `paused` stops or starts the giving of cases."""
    if (paused := request.POST.get("paused")) is not None:
        pause(current_user(request), paused=paused == "1")
        return render(request, "ui/_presence.html")
    state, _colon, reason = request.POST.get("state", "").partition(":")
    if state not in PresenceState.values:
        return HttpResponse(status=400)
    try:
        change_presence(current_user(request), PresenceState(state), reason=reason[:80])
    except NotReady as refusal:
        messages.warning(request, str(refusal))
        return lead(request, reverse("readiness"))
    return render(request, "ui/_presence.html")


@login_required
@require_GET
def nav(request: HttpRequest) -> HttpResponse:
    """The navigation rail again, with the counts of now, as seen from the page named by `at`."""
    path, _mark, query = request.GET.get("at", "/").partition("?")
    if url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        try:
            request.resolver_match = resolve(path)
        except Resolver404:
            path = "/"
        request.path = request.path_info = path
        request.META["QUERY_STRING"] = query
        request.GET = QueryDict(query)
    return render(request, "ui/_nav.html")


@login_required
@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", " ").strip()[:200]
    return render(request, "ui/_palette_results.html", {"commands": commands_of(request, words)[:SHOWN]})


def own_commands(request: HttpRequest, words: str) -> list[Command]:
    """Pages of the frame as commands: desks, tools, then the lists of each desk."""
    menu, to = Shell(request).menu, _("Go to")
    pages = [Command(str(line.desk.label), line.desk.icon, to, line.url, line.desk.key) for line in menu.desks]
    pages += [_command(item, to) for item in (*menu.in_top_bar, *menu.tools)]
    pages.append(Command(_("Readiness list"), "list-checks", to, url="/readiness/"))
    pages.append(Command(_("My settings"), "settings", to, url=reverse("own")))
    return pages + [
        _command(item, str(line.desk.label)) for line in menu.desks if len(line.items) > 1 for item in line.items
    ]


def _command(item: MenuItem, group: str) -> Command:
    return Command(str(item.label), item.icon, group, url=item.url, hint=str(item.count or ""))
