"""What the page of a case draws: head, facts, clocks, timeline, rail, composer; read once for all desks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from tenesa import door
from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.timers.targets import words_of
from tenesa.ui.context import presence_at
from tenesa.ui.live import name_of
from tenesa.ui.viewing import viewers
from tenesa.ui.views import current_user
from tenesa.workflow.at_once import rows_of
from tenesa.workflow.procedures import visible
from tenesa.workflow.readings import Reading, gather
from tenesa.workspace import areas, case_mail, clock_panel, drafts, notes, readings_panel, side_panels, tags, take_back
from tenesa.workspace.case_calls import CALLS
from tenesa.workspace.customers import of_case
from tenesa.workspace.desk import Chip, Desk, Fact, SidePanel
from tenesa.workspace.lists import Page, is_counting, signal_of, warn_of
from tenesa.workspace.rail import Bound, rail
from tenesa.workspace.tag_filter import may_tag
from tenesa.workspace.timeline import timeline

HISTORY = Reading(
    "history",
    lambda case: (
        Event.objects.filter(procedure=case.procedure_name(), case_id=case.pk).select_related("actor").order_by("seq")
    ),
)
OF_EVERY_PAGE = (
    HISTORY, case_mail.RECEIVED, case_mail.FILES_RECEIVED, case_mail.SENT, case_mail.FILES_SENT, case_mail.OF_OTHERS,
    notes.NOTES, CALLS, tags.TAGS, drafts.DRAFTS, clock_panel.MARKS, take_back.LAST_STEP, take_back.LAST_CALLS,
)  # fmt: skip


CLASS = "star"  # before the class of a customer
ANY = -1_000_000  # stands for the number of any case in a statement that is written once


def visible_case(desk: Desk, request: HttpRequest, pk: int) -> Any:
    """The case, or 404 where this person may not know of it; 409 in words where they read it later."""
    user = current_user(request)
    cases = lambda: visible(desk.model, user).filter(pk=ANY).select_related("area", *desk.with_rows)  # noqa: E731
    [found] = rows_of([((desk.slug, user.pk, *user.places), cases)], {ANY: door.number(str(pk))})
    if not found:
        if words := desk.opens_later(user, pk):
            raise door.OpensLater(words)
        raise Http404
    return found[0]


@dataclass(frozen=True)
class Deadline:
    at: datetime
    warn: datetime
    label: str
    signal: str


@dataclass
class Shown:
    """A case that is being shown; its history is read once for all parts that want it."""

    desk: Desk
    case: Any
    user: User
    bound: Bound | None = None

    @cached_property
    def history(self) -> list[Event]:
        every = HISTORY.of(self.case)
        if every:
            self.case.once("last event", lambda: every[-1])
        return [one for one in every if one.step not in self.desk.ours] if self.user.is_outside else every

    def gather(self) -> None:
        """What the parts ask for, in one question; somebody of another house sees too little of it."""
        if not self.user.is_outside:
            systems = [readings_panel.NEWEST] if self.desk.reads else []
            gather(self.case, (*OF_EVERY_PAGE, *systems, *side_panels.readings, *self.desk.readings))

    def head(self) -> dict[str, Any]:
        others = viewers(self.desk.procedure, [self.case.pk], but=self.user).get(self.case.pk, [])
        return {
            "deadline": deadline(self.desk, self.case),
            "viewers": others,
            "chips": self.chips(),
            "holder": self.desk.holder(self.case),
            "tags": [] if self.user.is_outside else tags.of(self.case),
            "may_tag": may_tag(self.desk, self.user),
        }

    def chips(self) -> list[Chip]:
        """What the desk says of the customer's class again is said once: there, and marked as the desk does."""
        own = list(self.desk.chips(self.case))
        drawn = []
        for chip in self.customer_chips():
            said = str(chip.text).split(" · ") if chip.icon == CLASS else []
            again = [one for one in own if str(one.text) in said and not one.url]
            own = [one for one in own if one not in again]
            drawn.append(replace(chip, icon=again[-1].icon, solid=again[-1].solid) if again else chip)
        return [*drawn, *own]

    def customer_chips(self) -> Iterator[Chip]:
        """The customer, whose page it leads to, and their class, for people of this house."""
        known = None if self.user.is_outside else self.desk.customer_of(self.case)
        shown = of_case(self.case, known, self.user) if known else None
        if shown:
            yield Chip(shown.label, "building-2", shown.address, gettext("Page of the customer"))
            yield from (Chip(mark, CLASS, shown.address) for mark in shown.marks)

    def facts(self) -> dict[str, Any]:
        groups = [group for group in self.desk.groups(self.case, self.user) if group.links]
        return {
            "summary": [words for words in self.desk.summary(self.case) if words],
            "facts": [*(fact for fact in self.desk.facts(self.case, self.user) if fact.value), *self.area()],
            "groups": groups,
            "related_count": sum(len(group.links) for group in groups if group.counted),
        }

    def area(self) -> Iterator[Fact]:
        """Where it belongs, for people of this house."""
        words = "" if self.user.is_outside else areas.words_of(self.case, self.history)
        if words:
            yield Fact(gettext("Area"), words)

    def above(self) -> dict[str, Any]:
        return {"above": self.desk.above_part(self.case, self.user) if self.desk.above_template else None}

    def clocks(self) -> dict[str, Any]:
        return {"clocks": clock_panel.panel(self.case), "measure": self.desk.measure(self.case)}

    def timeline(self) -> dict[str, Any]:
        return {"timeline": timeline(self.desk, self.case, self.user, self.history)}

    @cached_property
    def rail(self) -> dict[str, Any]:
        return vars(rail(self.desk, self.case, self.user, self.history, bound=self.bound))

    def readings(self) -> dict[str, Any]:
        return {"part": readings_of(self.desk, self.case, self.user)}

    def procedure(self) -> dict[str, Any]:
        warnings, parts = self.desk.warnings(self.case, self.user), parts_of(self.desk, self.case, self.user)
        return {**self.rail, "warnings": list(warnings), "parts": parts, "others": self.others()}

    def others(self) -> int:
        """The number of the newest act of another person than who looks; 0 where there is none."""
        return max((one.seq for one in self.history if one.actor_id not in (None, self.user.pk)), default=0)


PARTS: dict[str, Callable[[Shown], dict[str, Any]]] = {
    "head": Shown.head,
    "facts": Shown.facts,
    "above": Shown.above,
    "clocks": Shown.clocks,
    "timeline": Shown.timeline,
    "procedure": Shown.procedure,
    "bar": lambda shown: shown.rail,
}
INSIDE: dict[str, Callable[[Shown], dict[str, Any]]] = {"readings": Shown.readings}  # drawn in others, fetched alone
OF_THE_HOUSE = {"clocks", "bar"}  # whom clocks warned, and the composer


def parts_for(user: User) -> list[str]:
    return [name for name in PARTS if not (user.is_outside and name in OF_THE_HOUSE)]


def parts_of(desk: Desk, case: Any, user: User) -> list[SidePanel]:
    """What stands in the rail above the steps: what is asked about the case, other desks' cases, the desk's own."""
    read = None if user.is_outside else readings_of(desk, case, user)
    own = [*desk.panels(case, user), *([SidePanel("workspace/_readings.html", read)] if read else ())]
    return [*(() if user.is_outside else side_panels.panels_for(case, user)), *own]


def readings_of(desk: Desk, case: Any, user: User) -> readings_panel.Panel | None:
    """None where the desk reads nothing, or nothing of it may be seen."""
    if not desk.reads or not desk.shows_readings(case):
        return None
    return readings_panel.panel_of(desk, case, user)


def case_context(
    desk: Desk, request: HttpRequest, case: Any, *parts: str, bound: Bound | None = None, **more: Any
) -> dict[str, Any]:
    """What the page of a case draws, or only these parts of it; `bound` is a step whose inputs were refused."""
    user = current_user(request)
    shown = Shown(desk, case, user, bound)
    if (presence := presence_at(request)) is not None:
        case.found_presence = user.pk, presence.state
    context = {"desk": desk, "case": case, "live_name": name_of(case), "page": Page([], request.GET.urlencode())}
    if not parts:
        shown.gather()
    for name in parts or parts_for(user):
        context |= {**PARTS, **INSIDE}[name](shown)
    return {**context, **more}


def deadline(desk: Desk, shown: Any) -> Deadline | None:
    if not is_counting(desk, shown):
        return None
    words = str(words_of(desk.procedure).get(shown.urgent_for, shown.urgent_for))
    warn = warn_of(shown)
    signal = signal_of(shown.urgent_at, warn, timezone.now()) or "met"
    return Deadline(shown.urgent_at, warn, words, signal)


@login_required
@require_GET
def part(request: HttpRequest, pk: int, name: str, desk: Desk) -> HttpResponse:
    """One part of an open case again, after a live update."""
    user = current_user(request)
    if name not in parts_for(user) and (name not in INSIDE or user.is_outside):
        raise Http404
    shown = visible_case(desk, request, pk)
    return render(request, f"workspace/_{name}.html", case_context(desk, request, shown, name))
