"""The desk where decisions are made (X-11): what is particular to its list and its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import User
from tenesa.accounts.roles import AGENTS, LEADERS
from tenesa.audit.models import Event
from tenesa.escalation import suggestions
from tenesa.escalation.api import EscalationSerializer, EscalationViewSet
from tenesa.escalation.models import Escalation
from tenesa.escalation.people import at_work, deciders
from tenesa.escalation.registry import Brief, briefs_of
from tenesa.escalation.selectors import waiting_for, waiting_of, waits_for
from tenesa.escalation.services import live_of
from tenesa.escalation.side_panel import OpenRequest, open_request
from tenesa.escalation.states import ENDED, LIVE, Level, Purpose, State, units
from tenesa.ui.templatetags.ui import clock, when
from tenesa.workflow.case import Case
from tenesa.workspace.case_page import HISTORY
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.desk import Chip, Desk, Fact, Group, Link, Row, SidePanel, View, Words
from tenesa.workspace.notify import AT_EVERY_DESK, NEW_OWNER, Change, acted, column, given, returned
from tenesa.workspace.rail import Bound
from tenesa.workspace.step_names import NOTE

VIEWS = [
    View(
        "waiting",
        gettext_lazy("To decide"),
        "stamp",
        gettext_lazy("Nothing to decide"),
        gettext_lazy("What agents escalate to you, and who asks for a case of yours, appears here by itself."),
        where=waiting_for,
        personal=True,
        of_people=waiting_of,
    ),
    View(
        "units",
        gettext_lazy("With a unit"),
        "building-2",
        gettext_lazy("No unit has anything of ours"),
        gettext_lazy("What was passed on to Telkom or a back-end unit waits here for its answer."),
        where=Q(state=State.WITH_UNIT),
        counted=False,
        for_leaders=True,
    ),
    View(
        "asked",
        gettext_lazy("Asked by me"),
        "send",
        gettext_lazy("You asked for nothing"),
        gettext_lazy("What you escalated or asked to take over stands here until it is decided."),
        where=lambda user: Q(asker=user, state__in=LIVE),
        counted=False,
        personal=True,
    ),
    View(
        "done",
        gettext_lazy("Decided"),
        "archive",
        gettext_lazy("Nothing decided yet"),
        gettext_lazy("Every decision stays here with its note."),
        where=~Q(state__in=LIVE),
        order="-changed_at",
        note=gettext_lazy("newest first"),
        counted=False,
    ),
]


RAISED_LATE = "raise_overdue"


def lost_it(change: Change) -> Iterable[int | None]:
    """Who had it and did not decide in time: the one person, else everybody of the level who is at work."""
    if owner := change.before["owner_id"]:
        return [owner]
    return _at_work_of(change, change.before["level"])


def has_it_again(change: Change) -> Iterable[int | None]:
    """Whom it comes down to."""
    level = change.case.level
    return [] if level == change.before["level"] else _at_work_of(change, level)


def _at_work_of(change: Change, level: str) -> Iterable[int]:
    return at_work(deciders(change.case, [Level(level)])).values_list("pk", flat=True)


# What a level did not decide in its time, and the next one has.
LATE = Event.objects.filter(procedure=Escalation.procedure_name(), case_id=OuterRef("pk"), step=RAISED_LATE)


class EscalationDesk(Desk):
    model = Escalation
    slug, path, map_slug = "approvals", "approvals/", "escalation"
    title, icon, place = gettext_lazy("Approvals"), "stamp", 3
    document_title = gettext_lazy("Escalations")
    works = (*AGENTS, *LEADERS)
    ended, own_cards = ENDED, True
    views = VIEWS
    columns = {
        "opened_at": "opened_at",
        "rose_late": Exists(LATE),
        "procedure": "procedure",
        "case_id": "case_id",
        "purpose": "purpose",
        "level": "level",
        "unit": "unit",
        "reason": "reason",
        "first_name": "asker__first_name",
        "last_name": "asker__last_name",
        "username": "asker__username",
    }
    keys = {
        "approve": "y", "agree": "y", "send_back": "s", "keep": "s", "add_level": "l", "take_over": "t",
        "delegate": "d", "pass_to_unit": "p", "take_answer": "y", "record_reference": "e", "remind": "m",
        "withdraw": "w",
    }  # fmt: skip
    suggestions = suggestions.TABLE
    any_time = ("record_reference", "remind", "withdraw", NOTE)
    not_missed = ("agree", "keep")
    # What the decision does to the escalated case, that case's own table tells; here whoever asked hears of it.
    notices = AT_EVERY_DESK | {
        **dict.fromkeys(("approve", "send_back", "keep", "take_answer"), (returned(column("asker")),)),
        "delegate": (NEW_OWNER,),
        RAISED_LATE: (acted(lost_it),),
        "find_decider": (given(has_it_again),),
    }
    bulk = ("approve", "send_back", "add_level", "remind", "note")
    icons = {
        "ask": "trending-up", "request": "hand", "send_back": "undo-2", "keep": "undo-2", "add_level": "trending-up",
        "delegate": "user-round-cog", "pass_to_unit": "building-2", "take_answer": "building-2", "withdraw": "undo-2",
    }  # fmt: skip
    opens_first, facts_open, begins_shift = True, True, False
    side_panel_template = "escalation/_asked.html"
    with_rows = rest_related = ("asker", "owner", "decided_by")
    rest_path, rest_name = "escalations", "escalation"
    serializer, viewset = EscalationSerializer, EscalationViewSet

    # --- the list ----------------------------------------------------------------------------------------------------
    def home_view(self, case: Escalation, user: User) -> str:
        if case.state in ENDED:
            return "done"
        if case.is_asked_by(user):
            return "asked"
        return "units" if case.state == State.WITH_UNIT and user.has_role(*LEADERS) else "waiting"

    def rows(self, found: Sequence[Any], user: User, now: datetime, view: View) -> list[Row]:
        """Each with the case that it is about: one question a procedure."""
        briefs = briefs_of(found)
        return [self._row(one, briefs.get(one.pk), view) for one in found]

    def _row(self, one: Any, brief: Brief | None, view: View) -> Row:
        asker = f"{one.first_name} {one.last_name}".strip() or one.username
        state = self.state(one.state) if view.newest_first else ""
        about = (brief.who, brief.title) if brief else ()
        number = brief.number if brief else ""
        why, known = " · ".join(filter(None, (state, *about))), brief.customer if brief else None
        late = [_late(one.opened_at)] if one.rose_late and one.state == State.ASKED else []
        return Row(asker, one.reason, why, [_of_row(one), *late], customer=known, number=number)

    # --- the case ----------------------------------------------------------------------------------------------------
    def customer_of(self, case: Escalation) -> CustomerKeys | None:
        return case.brief.customer if case.brief else None

    def holder(self, case: Escalation) -> Words:
        if case.state in ENDED:
            return str(case.decided_by or "–")
        return str(case.owner or (case.unit_name if case.state == State.WITH_UNIT else case.get_level_display()))

    def chips(self, case: Escalation) -> Iterator[Chip]:
        yield Chip(case.get_purpose_display())
        yield Chip(_("asked by %(who)s") % {"who": case.asker})
        if case.state == State.ASKED and any(one.step == RAISED_LATE for one in HISTORY.of(case)):
            yield _late(case.opened_at)

    def summary(self, case: Escalation) -> Iterator[Words]:
        if brief := case.brief:
            yield from (brief.number, brief.who, brief.title)

    def facts(self, case: Escalation, user: User) -> Iterator[Fact]:
        brief = case.brief
        yield from (Fact(label, value) for label, value in (brief.facts if brief else ()))
        yield Fact(_("Unit"), case.unit_name)
        yield Fact(_("Reference"), case.reference, copy=True, key=",")
        yield Fact(_("Message"), case.message, copy=True)
        yield Fact(_("Remark"), case.remark)
        yield Fact(_("Answer"), case.answer)
        yield Fact(_("Opened"), when(case.opened_at))

    def groups(self, case: Escalation, user: User) -> Iterator[Group]:
        if brief := case.brief:
            title = " · ".join(filter(None, (brief.who, brief.title)))
            yield Group(_("Case"), [Link(title, brief.address, brief.number, brief.state)])

    def nothing_to_do(self, case: Escalation, user: User) -> str:
        if case.state in ENDED:
            return _("This is finished: nothing is left to decide.")
        return _("This waits for: %(level)s.") % {"level": self.holder(case)}

    def side_panel_part(self, case: Escalation, user: User, bound: Bound | None = None) -> list[OpenRequest]:
        return [open_request(self, case, user, bound)]

    # --- what comes next ---------------------------------------------------------------------------------------------
    def leads_on(self, case: Escalation, step: str, user: User) -> bool:
        """After a decision, where nothing more of it waits for this person."""
        return step not in {NOTE, "record_reference", "remind"} and not waits_for(user, case)

    def leads_to(self, case: Escalation, step: str) -> str:
        brief = case.brief if step == "take_over" else None
        return brief.address if brief else ""


def _of_row(one: Any) -> Chip:
    if one.purpose == Purpose.TAKE_OVER:
        return Chip(_("wants the case"), "hand")
    if one.unit:
        unit = units().get(one.unit)
        return Chip(unit.name if unit else one.unit, "building-2")
    return Chip(Level(one.level).label)


def _late(opened: datetime) -> Chip:
    """The clock of a level says nothing of the time that passed below it."""
    hint = _("The level below did not decide in time: it waits since %(time)s.") % {"time": when(opened)}
    return Chip(_("late, since %(time)s") % {"time": clock(opened)}, "alarm-clock", hint=hint, signal="breach")


def asked_about(case: Case, _incidents: Sequence[str], user: User) -> SidePanel | None:
    """Live escalations of the case."""
    live = [] if isinstance(case, Escalation) else live_of(case)
    desk = EscalationDesk()
    return SidePanel(desk.side_panel_template, [open_request(desk, one, user) for one in live]) if live else None
