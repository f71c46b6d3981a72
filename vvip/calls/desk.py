"""The desk of 147: what is particular to the page of a call."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation.segments import SHORT
from tenesa.accounts.models import User
from tenesa.accounts.presence import is_available
from tenesa.accounts.roles import LEADERS, Role
from tenesa.contact.numbers import masked
from tenesa.ui.templatetags.ui import clock, when
from tenesa.workspace.case_calls import unsettled_calls
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.customers import of_case
from tenesa.workspace.desk import Chip, Desk, Fact, Filter, Group, Link, Row, SidePanel, View, Words
from tenesa.workspace.notify import AT_EVERY_DESK, Change, former, given, newly, returned, taken
from tenesa.workspace.readings_panel import READS
from vvip import board, services
from vvip.calls import guards, suggestions
from vvip.calls.api import CallViewSet
from vvip.calls.page import READINGS, beside, due_words, way_out
from vvip.calls.procedure.base import TIER1
from vvip.calls.states import AT_TIER1, END_EMERGENCY, Category, Kind, Source, State, Topic
from vvip.models import LIVE_CALLBACKS, SpecialCase

NEWEST = gettext_lazy("newest first")


def _mine(user: User) -> Q:
    return Q(owner=user)


def _class(kind: str, category: str) -> Iterator[Chip]:
    """The class of the customer, with a star for who stands on a list; until they are checked what CTI says."""
    if kind:
        yield Chip(Kind(kind).label, icon="star" if kind in {Kind.VVIP, Kind.SPECIAL} else "", solid=kind == Kind.VVIP)
    elif category == Category.VVIP:
        yield Chip(_("CTI: VVIP"), icon="star", solid=True)


def unsolved(change: Change) -> Iterable[int | None]:
    """Who goes on with the customer where the back-end has solved nothing."""
    solved = change.case.state == State.SOLVED
    return [] if solved else [change.case.tier2_id or change.before.get("owner_id")]


class CallDesk(Desk):
    model = SpecialCase
    slug, path = "calls", "calls/"
    title, icon, place = gettext_lazy("147 calls"), "phone-incoming", 4
    document_title = gettext_lazy("Special and VVIP customers work instruction")
    document_code = "IN.OCC.TELK.W-26"
    works, delivers_to = (Role.AGENT_147, Role.AGENT_TIER2, *LEADERS), (Role.AGENT_147,)
    ended, own_cards = (State.CLOSED,), True
    views = (
        View(
            "waiting",
            gettext_lazy("At the desk"),
            "phone-incoming",
            gettext_lazy("No call waits"),
            gettext_lazy("A call appears here by itself when the telephone rings."),
            where=Q(state__in=AT_TIER1),
        ),
        View("mine", gettext_lazy("Mine"), "user", where=lambda user: Q(owner=user) & ~Q(state=State.CLOSED)),
        View("open", gettext_lazy("All open"), "inbox", where=~Q(state=State.CLOSED), counted=False),
        View(
            "emergency",
            gettext_lazy("Super emergency"),
            "siren",
            gettext_lazy("No super emergency"),
            where=Q(is_super_emergency=True),
            for_leaders=True,
            alarming=True,
        ),
        View(
            "closed",
            gettext_lazy("Closed"),
            "archive",
            where=Q(state=State.CLOSED),
            order="-changed_at",
            note=NEWEST,
            counted=False,
        ),
        View("all", gettext_lazy("Register"), "book-open", order="-opened_at", note=NEWEST, counted=False),
    )
    board_figures = tuple(View(slug, label, "phone-incoming", where=where) for slug, label, where in board.CALLS)
    filters = (
        Filter("state", gettext_lazy("State"), lambda: State.choices),
        Filter("kind", gettext_lazy("Path"), lambda: [one for one in Kind.choices if one[0]]),
        Filter("topic", gettext_lazy("Topic"), lambda: Topic.choices),
    )
    columns = {
        "customer": "customer__name",
        "segment": "customer__segment",
        "verified_at": "verified_at",
        "report": "report",
        "topic": "topic",
        "kind": "kind",
        "category": "category",
        "caller": "caller_number",
        "phone": "phone_number",
        "internet": "internet_number",
        "super": "is_super_emergency",
        "source": "category_source",
        "first_name": "owner__first_name",
        "last_name": "owner__last_name",
        "username": "owner__username",
    }
    keys = {
        "take": "a", "choose_customer": "c", "start_verification": "v", "confirm_identity": "o",
        "fail_verification": "q", "read_way_out": "v", "queue_callback": "o", "join_callback": "c", "analyse": "o",
        "solve": "o", "ask_for_backend": "h", "help_now": "h", "take_result": "o", "tell_news": "q",
        "note_report": "i", "read_systems": "z",
    }  # fmt: skip
    suggestions = suggestions.TABLE
    any_time = (
        "note_report", "read_systems", "release", "take_over", "drop", "end_emergency", "ask_unisolation", "help_now",
        "refuse_caller", "change_area",
    )  # fmt: skip
    not_missed = ("take", "join_callback", "queue_callback", "ask_unisolation", "end_emergency", "tell_news")
    notices = AT_EVERY_DESK | {
        "name_owner": (taken(former("emergency_owner")), given(newly("emergency_owner"))),
        "take_result": (returned(unsolved),),
    }
    bulk = ("release", "take_over", "note")
    icons = {
        "record": "phone-incoming", "choose_customer": "user-search", "start_verification": "shield-question-mark",
        "lead_to_verification": "shield-question-mark",
        "confirm_identity": "shield-check", "fail_verification": "shield-x", "read_way_out": "book-open",
        "queue_callback": "phone-outgoing", "join_callback": "phone-outgoing", "analyse": "search-check",
        "solve": "circle-check", "ask_for_backend": "building-2", "declare_emergency": "siren", "drop": "phone-off",
        "refuse_caller": "shield-x", "change_area": "map-pin",
    }  # fmt: skip
    with_rows = ("owner", "customer", "service", "script", "tier2", "emergency_owner")
    rest_fields = (
        "channel", "call_id", "internet_number", "phone_number", "ticket_number", "topic", "report", "kind",
        "category", "category_source", "action", "tier", "is_super_emergency", "outcome",
    )  # fmt: skip
    rest_filters = ("state", "kind", "topic")
    rest_related = ("owner", "customer")
    viewset = CallViewSet
    reads = "read_systems"
    readings = READINGS

    # --- the list ----------------------------------------------------------------------------------------------------
    def opening(self, user: User) -> Link | None:
        label, address = gettext_lazy("Record a call"), reverse("call-new")
        may = user.has_role(*TIER1) and services.may_record(user)
        return Link(label, address, icon="phone-incoming") if may else None

    def row(self, one: Any, now: datetime, view: View) -> Row:
        chips = [Chip(SHORT[one.segment])] if one.segment and one.verified_at else []
        chips += _class(one.kind, one.category)
        if one.super:
            chips.append(Chip(_("Super emergency"), icon="siren", solid=True))
        who = one.customer or masked(one.caller or one.phone or one.internet)
        why = self.state(one.state)
        if one.state == State.CLOSED and one.urgent_for == END_EMERGENCY:  # no clock of anybody, but their status
            why = _("%(state)s · until %(time)s") % {"state": why, "time": clock(one.urgent_at)}
        return Row(who, one.report or str(Topic(one.topic).label), why, chips)

    # --- the case ----------------------------------------------------------------------------------------------------
    def chips(self, case: SpecialCase) -> Iterator[Chip]:
        yield from _class(case.kind, case.category)
        if case.is_super_emergency:
            yield Chip(_("Super emergency"), icon="siren", solid=True)

    def customer_of(self, case: SpecialCase) -> CustomerKeys | None:
        """Identity before disclosure: their class and record are shown once the data were confirmed."""
        return CustomerKeys(reference=case.customer.reference) if case.customer and case.is_verified else None

    def shows_readings(self, case: SpecialCase) -> bool:
        """Where the script is to be read it stands beside its step, with nothing between."""
        return case.is_verified and not self._reads_script(case)

    def _reads_script(self, case: SpecialCase) -> bool:
        return case.is_listed and case.state in {State.LIST_CHECKED, State.T1_ANALYSED}

    def summary(self, case: SpecialCase) -> Iterator[Words]:
        yield case.get_topic_display()
        if case.service:
            yield case.service.product_id

    def facts(self, case: SpecialCase, user: User) -> Iterator[Fact]:
        known = self.customer_of(case)
        shown = of_case(case, known, user) if known else None
        name = shown.label if shown else case.customer.name if case.customer else ""
        yield Fact(_("Customer"), name, url=shown.address if shown else "")
        yield Fact(_("Service"), str(case.service or ""), copy=True)
        yield Fact(_("Calls from"), case.caller_number, copy=True)
        yield Fact(_("Internet number"), case.internet_number, copy=True)
        yield Fact(_("Telephone number"), case.phone_number, copy=True)
        yield Fact(_("Ticket number"), case.ticket_number, copy=True)
        yield Fact(_("Category in CTI"), case.get_category_display() if case.category_at else "")
        yield Fact(_("Class read from"), case.get_category_source_display() if case.category_source else "")
        yield Fact(_("Ordered by the list"), case.ordered)
        yield Fact(_("Questions matched"), self._verified(case))
        yield Fact(_("Way-out script"), self._script(case))
        yield self._callback(case, user)
        yield Fact(_("Analysis"), case.analysis)
        yield Fact(_("Answer of the back-end"), case.backend_answer)
        yield Fact(_("Solution"), case.solution)

    def _callback(self, case: SpecialCase, user: User) -> Fact:
        """Who calls the customer back, for whoever is asked by them."""
        live = next((one for one in LIVE_CALLBACKS.of(case) if one.call_id == case.pk), None) if case.customer else None
        if live is None:
            return Fact(_("Callback"), "")
        words = [live.number, live.get_state_display(), str(live.owner or _("nobody has it"))]
        address = live.get_absolute_url() if user.has_role(Role.AGENT_TIER2, *LEADERS) else ""
        return Fact(_("Callback"), " · ".join(words), url=address)

    def _verified(self, case: SpecialCase) -> str:
        if case.verified_at is None:
            return ""
        told = {"matched": len(case.questions_matched), "asked": len(case.questions_asked)}
        return f"{_('%(matched)d of %(asked)d') % told} · {when(case.verified_at)}"

    def _script(self, case: SpecialCase) -> str:
        if case.script is None or case.script_read_at is None:
            return ""
        return f"{case.script} · {when(case.script_read_at)}"

    def groups(self, case: SpecialCase, user: User) -> Iterator[Group]:
        return beside(case, user)

    def warnings(self, case: SpecialCase, user: User) -> Iterator[str]:
        if case.category == Category.DOWN and case.state != State.CLOSED:
            yield _("CTI does not answer: the class is read from our own list alone.")
        if case.category_source == Source.CONFLICT:
            yield _("CTI and our list disagree: the higher class counts. Tell your team leader.")
        if case.is_behind and case.state != State.CLOSED:
            words = _(
                "CTI said VVIP at %(time)s, after the check of the lists: whoever has the case takes the new class."
            )
            yield words % {"time": clock(case.category_at)}
        if case.topic == Topic.UNISOLATE and (reason := guards.may_be_unisolated.refuses(case, user)):
            yield reason
        joins = case.state in {State.LIST_CHECKED, State.WAYOUT_READ}
        if joins and (waiting := case.waiting_callback()):
            words = _("%(number)s about this waits already: join this call to it, then help there at once if you can.")
            yield words % {"number": waiting.number}
        if len(case.entries) > 1 and case.decided_by_entry and case.state in AT_TIER1:
            yield _("Several list entries; the strictest counts: %(action)s") % {"action": case.ordered}
        if case.state == State.REPORTED and case.customer is None:
            yield self._who(case)

    def _who(self, case: SpecialCase) -> str:
        if (match := case.only_match()) is not None:
            return _("One customer has this number: %(who)s. Confirm the data, or say who else it is.") % {
                "who": match.customer
            }
        if found := len(case.matches()):
            return _("%(n)d customers have this number: ask who is calling.") % {"n": found}
        return _("Nobody has this number: ask for another one.")

    def panels(self, case: SpecialCase, user: User) -> Iterator[SidePanel]:
        if self._reads_script(case):
            yield SidePanel("vvip/_way_out.html", way_out(case, user))
        if words := due_words(case):
            yield SidePanel("vvip/_callback_due.html", words)

    def calls_shown_elsewhere(self, case: SpecialCase) -> Any:
        """What was read stands in the rail, as it is now."""
        return {call.pk for call in unsettled_calls(case) if (call.system, call.operation) in READS}

    def leads_to(self, case: SpecialCase, step: str) -> str:
        """A call that joined leads to the one that waits, where the customer may be helped at once."""
        if step != "join_callback":
            return ""
        waiting = case.waiting_callback()
        return waiting.call.get_absolute_url() if waiting else ""

    @property
    def in_hand(self) -> Q:
        return Q(state__in=AT_TIER1)

    def next_for(self, user: User, *, but: Sequence[int] = ()) -> Any:
        mine = SpecialCase.objects.visible_to(user).filter(owner=user, state__in=AT_TIER1).exclude(pk__in=but)
        return mine.order_by("urgent_at", "pk").first()

    def queue(self, user: User) -> QuerySet[SpecialCase]:
        return services.waiting(user)

    def claim(self, user: User, *, but: Collection[int] = ()) -> SpecialCase | None:
        takes = user.has_role(*self.delivers_to) and is_available(user)
        return services.next_call(user, but=but) if takes else None

    def to_look_at(self, user: User, *, but: Sequence[int] = ()) -> Any:
        return services.waiting(user).exclude(pk__in=but).first()
