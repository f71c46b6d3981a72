"""The e-mail desk: what is particular to the page on which W-05 and P-05 are worked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import takewhile
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from segmentation.segments import SHORT
from tenesa.accounts.models import Area, User
from tenesa.accounts.presence import is_available
from tenesa.accounts.roles import LEADERS, Role
from tenesa.audit.models import Event
from tenesa.mail.salutation import common_values
from tenesa.mail.values import spoken
from tenesa.systems.models import ExternalCall
from tenesa.workspace.case_calls import unsettled_calls
from tenesa.workspace.case_mail import scheduled, scheduled_steps
from tenesa.workspace.case_page import HISTORY
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.delivery import Delivery
from tenesa.workspace.desk import (
    Chip,
    Desk,
    Entry,
    Fact,
    Filter,
    Group,
    Link,
    Measure,
    Row,
    SidePanel,
    View,
    Words,
)
from tenesa.workspace.notify import AT_EVERY_DESK, CHANGES_HANDS, NEW_OWNER, acted, by_a_person, column, returned
from tickets import board, knowledge, mass_fault, selectors, services, suggestions
from tickets.clocks import UPDATES, WORDS
from tickets.effects import normal_words, ticket_words
from tickets.evidence.panel import READINGS, evidence
from tickets.models import CHECKS, LINES, EmailCase, Line
from tickets.procedure.base import LEAVES_UNREAD
from tickets.related_cases import of_steps, related_cases
from tickets.serializers import CaseRowSerializer, CaseSerializer
from tickets.states import ENDED, FOR_THE_LEADER, Handling, State, Unread

NEWS = {
    Unread.CUSTOMER: gettext_lazy("customer wrote again"),
    Unread.UNIT: gettext_lazy("a unit answered"),
    Unread.COLLEAGUE: gettext_lazy("passed on by a colleague"),
    Unread.NOSSA: gettext_lazy("NOSSA reported something new"),
}
NEWS_MARKS = {  # whose news is unread, as an icon and in a word
    Unread.CUSTOMER: ("reply", gettext_lazy("customer replied")),
    Unread.UNIT: ("wrench", gettext_lazy("unread: unit")),
    Unread.COLLEAGUE: ("users", gettext_lazy("unread: colleague")),
    Unread.NOSSA: ("activity", gettext_lazy("unread: NOSSA")),
    Unread.SYSTEM: ("bell", gettext_lazy("unread: system")),
}
IS_OPEN = ~Q(state__in=ENDED)
PANELS = {
    State.FORWARDING: "handover",
    State.TROUBLESHOOTING: "checks",
    State.CLASSIFIED: "incident",
    State.PROGRESS_LOOKUP: "incident",
    State.TICKET_OPEN: "incident",
    State.MONITORING: "incident",
    State.PROGRESS_INFORMED: "incident",
    State.TICKET_DRAFT: "ticket",
    State.TICKET_SUBMITTING: "incident",
    State.NORMAL_INFORMED: "checks",
    State.RECOVERED_INFORMED: "incident",
}


def updates_until(ahead: timedelta) -> Q:
    """Incidents under watch whose nearest clock is over by then; a range of the index `email_updates` (P-05 5.8)."""
    return Q(urgent_for__in=UPDATES, urgent_at__lte=Now() + ahead)


VIEWS = [
    View(
        "mine",
        gettext_lazy("Mine"),
        "inbox",
        gettext_lazy("You hold no case"),
        gettext_lazy("Press g, or “Next”, to take the most urgent case of the queue."),
        where=lambda user: IS_OPEN & Q(owner=user),
        personal=True,
        of_people=board.held_by,
    ),
    View(
        "queue",
        gettext_lazy("Queue"),
        "layers",
        gettext_lazy("The queue is empty"),
        gettext_lazy("New mail appears here by itself, the most urgent on top."),
        where=selectors.IN_QUEUE,
    ),
    View(
        "updates",
        gettext_lazy("Updates"),
        "megaphone",
        gettext_lazy("No update is due"),
        gettext_lazy("Customers who hear of their incident within the hour, or should have, are listed here."),
        where=updates_until(timedelta(hours=1)),
    ),
    View(
        "triage",
        gettext_lazy("Triage"),
        "split",
        gettext_lazy("Nothing to decide"),
        gettext_lazy("Unknown senders and segments, proposals to void and escalations come here."),
        where=IS_OPEN & (~Q(triage="") | Q(state__in=FOR_THE_LEADER)),
        for_leaders=True,
    ),
    View(
        "overdue",
        gettext_lazy("Updates overdue"),
        "alarm-clock",
        gettext_lazy("Every customer is up to date"),
        gettext_lazy("Updates that are overdue, and incidents of which NOSSA says nothing, come here."),
        where=updates_until(timedelta()),
        for_leaders=True,
        alarming=True,
    ),
    View(
        "waiting",
        gettext_lazy("Waiting"),
        "hourglass",
        gettext_lazy("Nothing waits"),
        gettext_lazy("Cases that wait for the customer, MyCX, NOSSA or the group are listed here."),
        where=IS_OPEN & Q(needs_action=False),
    ),
    View(
        "all",
        gettext_lazy("All"),
        "list",
        gettext_lazy("No open case"),
        gettext_lazy("Closed ones are found with “/” or under Closed."),
        where=IS_OPEN,
        counted=False,
    ),
    View(
        "closed",
        gettext_lazy("Closed"),
        "archive",
        gettext_lazy("Nothing closed yet"),
        gettext_lazy("Closed and void cases stay here and are never deleted."),
        where=Q(state__in=ENDED),
        order="-changed_at",
        note=gettext_lazy("newest first"),
        counted=False,
    ),
    View(
        "fault",
        gettext_lazy("Mass fault"),
        "radio-tower",
        where=Q(pk__in=[]),
        page="cases:bulk",
        for_leaders=True,
        counted=False,
    ),
]


class EmailDesk(Desk):
    model = EmailCase
    slug, path = "cases", "cases/"
    title, icon, place = gettext_lazy("E-mail"), "mail", 1
    document_title = gettext_lazy("E-mail agent work instruction")
    document_code = "IN.OCC.TENESA.W-05"
    works, delivers_to = (Role.AGENT_EMAIL, *LEADERS), (Role.AGENT_EMAIL,)
    ended, own_cards, own_ageing = ENDED, True, "ageing"
    views, late_in, own_segment = VIEWS, "queue", True
    filters = [
        Filter("segment", gettext_lazy("Segment"), SHORT.items),
        Filter("level", gettext_lazy("Handling level"), lambda: Handling.choices, "handling_level", "chips"),
        Filter("state", gettext_lazy("State"), lambda: State.choices),
        Filter("area", gettext_lazy("Area"), lambda: Area.objects.values_list("code", "name")),
        Filter("owner", way="", column="owner_id"),
        Filter("band", way="", where=board.band_of),
    ]
    rest_name = "case"
    serializer, row_serializer = CaseSerializer, CaseRowSerializer
    rest_prefetch = ("lines__incident", "checks")
    columns = {
        "segment": "segment",
        "subject": "subject",
        "sender_name": "sender_name",
        "sender_address": "sender_address",
        "customer_name": "customer__name",
        "reference": "customer__reference",
        "triage": "triage",
        "reason": "reason",
        "unread_by": "unread_by",
        "answered_at": "answered_at",
        "mail_kind": "last_mail__kind",
        "mail_looks_like": "last_mail__looks_like",
    }
    lists_by = ("state", "owner_id", "needs_action", "triage", "urgent_for")
    keys = {"take": "a", "pick_up": "a"}
    suggestions = suggestions.TABLE
    any_time = {
        "write", "release", "escalate", "assign", "take_over", "hand_back", "ask_for_case", "propose_void",
        "read_segment", "read_checks_again", "record_check", "snooze", "expedite", "add_facts", "enter_ticket",
        "take_back", "merge", "unmerge", "split", "change_area", "tell_mass_fault", "resend", "answer_by_phone",
        "send_now", "cancel_mail",
    }  # fmt: skip
    not_missed = {"take", "pick_up", "join_case", "return_escalation"}
    notices = AT_EVERY_DESK | {
        "hand_back": (NEW_OWNER,),
        "take_escalated": CHANGES_HANDS,
        "return_escalation": (returned(by_a_person),),
        "return_from_unit": (returned(column("owner")),),
        "tell_mass_fault": (acted(by_a_person),),
    }
    in_background = ("tell_mass_fault",)
    finder = (
        ("incident", gettext_lazy("Ticket, or parent ticket (GAMAS)")),
        ("product", gettext_lazy("Product id, or name of the service")),
        ("witel", gettext_lazy("Telkom region (witel)")),
    )
    bulk = (
        "tell_mass_fault",
        "take",
        "assign",
        "release",
        "take_over",
        "settle_triage",
        "propose_void",
        "confirm_void",
        "refuse_void",
        "note",
    )
    icons = {
        "return_escalation": "trending-down", "hand_back": "undo-2", "ask_for_case": "hand", "reopen": "rotate-ccw",
        "reopen_with_case": "rotate-ccw", "close_again": "circle-check-big",
        "change_hands": "user-round-cog", "take_escalated": "user-round-cog", "update_due": "alarm-clock",
        "note_change": "activity", "snooze": "alarm-clock-off", "change_area": "map-pin",
    }  # fmt: skip
    shown_elsewhere = {"receive", "attach_reply", "note_third_party", "keep_reading", "expedite"}
    with_rows = (
        "customer",
        "owner",
        "mailbox",
        "first_mail",
        "last_mail",
    )

    readings = (LINES, CHECKS, selectors.EXPEDITES, *READINGS)

    def affected(self, asked: Mapping[str, str]) -> tuple[Q, Q]:
        return mass_fault.affected(asked)

    # --- the list ----------------------------------------------------------------------------------------------------
    def row(self, one: Any, now: datetime, view: View) -> Row:
        marks: list[tuple[str, Words]] = []
        if one.unread_by and (one.unread_by != Unread.CUSTOMER or one.answered_at is not None):
            marks.append(NEWS_MARKS[Unread(one.unread_by)])
        if automatic := spoken(one.mail_kind, one.mail_looks_like):
            marks.append(("bot", automatic))
        return Row(
            one.customer_name or one.sender_name or one.sender_address,
            one.subject or _("(no subject)"),
            self._why(one, now),
            [Chip(SHORT[one.segment])] if one.segment else (),
            marks,
            fresh=bool(one.unread_by) or one.state == State.NEW,
            customer=CustomerKeys(one.reference) if one.reference else None,
        )

    def _why(self, one: Any, now: datetime) -> str:
        """Why this case stands here, in words."""
        if one.state in FOR_THE_LEADER and one.reason:
            return f"{self.state(one.state)}: {one.reason}"
        if one.triage and one.state not in ENDED:
            return _("Triage: %(why)s") % {"why": one.triage}
        news = "" if one.unread_by == Unread.CUSTOMER and one.answered_at is None else one.unread_by
        return _in_words(get_language(), one.state, one.urgent_for, late=one.urgent_at < now, news=news)

    def live(self, view: View, user: User) -> str:
        if view.slug in self.figures or view.page:
            return "all"
        return f"mine:{user.pk}" if view.slug == "mine" else view.slug

    live_of_search = "all"

    def lists_of(self, case: Any) -> Iterator[str]:
        """The views as they are for this case now; only pages that show one of them, or its row, fetch again."""
        if case.state in ENDED:
            yield "closed"
            return
        yield "all"
        if case.owner_id:
            yield f"mine:{case.owner_id}"
        elif case.needs_action and not case.triage and case.state not in FOR_THE_LEADER:
            yield "queue"
        if case.urgent_for in UPDATES:
            yield from ("updates", "overdue")
        if not case.needs_action:
            yield "waiting"
        if case.triage or case.state in FOR_THE_LEADER:
            yield "triage"

    # --- the case ----------------------------------------------------------------------------------------------------
    def customer_of(self, case: EmailCase) -> CustomerKeys | None:
        return CustomerKeys(case.customer.reference) if case.customer else None

    def chips(self, case: EmailCase) -> Iterator[Chip]:
        if case.segment:
            yield Chip(case.get_segment_display(), hint=case.get_segment_source_display())
        else:
            yield Chip(_("Segment not checked"))
        if case.state != State.NEW:
            yield Chip(case.get_handling_level_display(), hint="P-05 9")
        if case.unread_by and case.state not in {State.NEW, *ENDED}:
            yield from _news(case)
        if case.merged_into:
            words = _("lives on in %(number)s") % {"number": case.merged_into}
            yield Chip(words, "git-merge", case.merged_into.get_absolute_url())
        if case.split_from:
            words = _("split from %(number)s") % {"number": case.split_from}
            yield Chip(words, "split", case.split_from.get_absolute_url())
        if case.referenced_case and not case.merged_into:
            hint = _("The sender is unknown to that case; joining is a person's decision.")
            words = _("names %(number)s") % {"number": case.referenced_case}
            yield Chip(words, "link", case.referenced_case.get_absolute_url(), hint)

    def summary(self, case: EmailCase) -> Iterator[str]:
        for line in case.known_lines:
            yield " ".join(filter(None, [line.product_id, *_of_incident(line)]))

    def facts(self, case: EmailCase, user: User) -> Iterator[Fact]:
        incidents = [line.incident_number for line in case.known_lines if line.incident_number]
        customer = case.customer
        yield Fact(_("Sender"), case.sender_name)
        yield Fact(_("Address"), case.sender_address, copy=True)
        yield Fact(_("Customer"), str(customer or ""), url=customer.get_absolute_url() if customer else "")
        yield Fact(_("Customer number"), customer.reference if customer else "", copy=True)
        yield Fact(_("Need"), " · ".join(filter(None, [case.get_kind_display(), case.get_complaint_display()])))
        source = [case.get_segment_source_display(), case.segment_reason]
        yield Fact(_("Segment from"), " · ".join(filter(None, source)))
        yield Fact(_("Incident"), ", ".join(incidents), copy=True, key=",")
        yield Fact(_("Reporter"), " · ".join(filter(None, [case.reporter_name, case.reporter_phone])))
        yield Fact(_("Symptom"), case.get_symptom_display() if case.symptom else "")
        yield Fact(_("Related product"), case.related_product)
        yield Fact(_("Mailbox"), str(case.mailbox))
        yield Fact(_("In signature or quote"), ", ".join(case.hints()), copy=True)

    def groups(self, case: EmailCase, user: User) -> Iterator[Group]:
        for related in related_cases(case, user):
            cases = [
                Link(one.subject, one.get_absolute_url(), one.number, self.state(one.state)) for one in related.cases
            ]
            yield Group(related.why, cases, counted=True)
        articles = [
            Link(
                one.published.title if one.published else "", one.get_absolute_url(),
                chip=one.get_kind_display(), icon="library",
            )
            for one in knowledge.articles_for(case)
        ]  # fmt: skip
        yield Group(_("Knowledge for this case"), articles)

    def cases_of_steps(self, case: EmailCase, events: Sequence[Event]) -> Mapping[int, EmailCase]:
        return of_steps(case, events)

    def measure(self, case: EmailCase) -> Measure | None:
        return selectors.response(case)

    def panels(self, case: EmailCase, user: User) -> Iterator[SidePanel]:
        if waiting := scheduled(case):
            yield SidePanel("tickets/_panel_scheduled.html", {"mails": waiting, "steps": scheduled_steps(case, user)})
        name = PANELS.get(State(case.state))
        if name is None:
            return
        lines = case.known_lines
        part = {
            "case": case,
            "lines": lines,
            "repairs": selectors.repairs(case, lines),
            "expedites": [row for row in reversed(selectors.expedites(case)) if row.case_id == case.pk][:3],
            "evidence": None if name == "handover" else evidence(case, user),
        }
        yield SidePanel(f"tickets/_panel_{name}.html", part)

    def entries(self, case: EmailCase, user: User) -> Iterator[Entry]:
        for row in selectors.expedites(case):
            obj = {"row": row, "clause": "P-05 5.7"}
            yield Entry("tickets/_entry_expedite.html", row.at, f"expedite-{row.pk}", obj)
        for check in case.all_checks:
            yield _check(case, check)

    def calls_shown_elsewhere(self, case: EmailCase) -> Any:
        refused = {call.pk for call in unsettled_calls(case) if call.status == ExternalCall.Status.REFUSED}
        return refused.intersection(check.call_id for check in case.all_checks)

    def next_elsewhere(self, case: EmailCase, user: User) -> Link | None:
        into = case.merged_into
        return Link(_("This case lives on in"), into.get_absolute_url(), into.number) if into else None

    def nothing_to_do(self, case: EmailCase, user: User) -> str:
        if case.state == State.VOID:
            return _("This case is void. If this sender writes again, their mail becomes a new case.")
        if case.state == State.CLOSED:
            return _("This case is finished. If the customer writes again, it opens by itself.")
        return super().nothing_to_do(case, user)

    def says_more(self, case: EmailCase, step: str) -> str:
        made = EmailCase.objects.filter(split_from=case).order_by("pk").last() if step == "split" else None
        return _("new case: %(number)s") % {"number": made.number} if made else ""

    def snippet_values(self, case: EmailCase) -> dict[str, str]:
        told = {**ticket_words(case), **normal_words(case)}
        words = {name: "" if value == "-" else value for name, value in told.items()}
        words["ticket"] = words["incident"]
        return {**common_values(case.number, case.mailbox, case.last_mail), **words}

    # --- what comes next ---------------------------------------------------------------------------------------------
    @property
    def in_hand(self) -> Q:
        """What MyCX or the group is just being told comes back in a moment."""
        return IS_OPEN & (Q(needs_action=True) | Q(state__in=[State.TICKET_SUBMITTING, State.FORWARDING]))

    def queue(self, user: User) -> QuerySet[EmailCase]:
        return services.waiting(user)

    def claim(self, user: User, *, but: Collection[int] = ()) -> EmailCase | None:
        """Auto-in (W-05 1.1.8, 1.1.9)."""
        return services.next_case(user, but=but) if is_available(user) else None

    def nothing_waits(self, user: User) -> str:
        if is_available(user):
            return super().nothing_waits(user)
        return _("Set yourself to auto-in to receive work (W-05 1.1.8).")


def _news(case: EmailCase) -> Iterator[Chip]:
    """What came after the last step of whoever holds the case: what the leader decided and who they are, where that
    brought it back, and whose else is unread."""
    hint = _("Came after the last step of whoever holds the case.")
    owner = case.owner_id or 0  # nobody: it is unseen since the decision, whoever else did something
    unseen = takewhile(lambda one: one.actor_id != owner or one.step in LEAVES_UNREAD, reversed(HISTORY.of(case)))
    decided = next((one for one in unseen if one.step == "return_escalation"), None)
    if decided is not None:
        yield Chip(" · ".join(str(decided.data.get("answer", "")).split(" · ")[:2]), "stamp", hint=hint)
    if decided is None or case.unread_by != Unread.COLLEAGUE or decided.seq != case.version:
        icon, whose = NEWS_MARKS[Unread(case.unread_by)]
        first = case.answered_at is None and case.unread_by == Unread.CUSTOMER
        yield Chip(_("unread: customer") if first else whose, icon, hint=hint)


@cache
def _in_words(_language: str | None, state: str, clock: str, *, late: bool, news: str) -> str:
    """Kept by language: looking up three texts for each of forty rows is a tenth of a page."""
    label, words = str(State(state).label), WORDS.get(clock, "")
    if state in ENDED:
        return label
    if words and late:
        return _("%(what)s overdue") % {"what": words}
    if words_of_news := NEWS.get(Unread(news)) if news else None:
        return str(words_of_news)
    return f"{label} · {words}" if words else label


def _of_incident(line: Line) -> Sequence[str]:
    return (line.incident.number, line.incident.status) if line.incident else ()


def _check(case: EmailCase, check: Any) -> Entry:
    measures = [
        (str(name).replace("_", " "), str(value))
        for name, value in check.measures.items()
        if isinstance(value, str | int | float) and value != ""
    ][:8]
    obj = {
        "case": case,
        "tool": check.tool_label,
        "product_id": check.product_id,
        "summary": check.summary,
        "measures": measures,
        "verdict": Delivery(check.words, check.signal, ""),
        "check": check,
        "who": str(check.by or ""),
    }
    return Entry("tickets/_entry_check.html", check.at, f"check-{check.pk}", obj)
