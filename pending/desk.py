"""The desk of holds: what is particular to the page on which W-02 1.2 is worked, by the desk and by the units."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import DateTimeField, Func, Q, QuerySet, Value
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pending import contact, mails, selectors, services, suggestions
from pending.api import PendingSerializer, PendingViewSet, PendingWithAttempts
from pending.calls import calls_of
from pending.columns import is_unit
from pending.local_steps import LocalSteps
from pending.models import PendingRequest, PendReason
from pending.states import ENDED, Answer, State
from tenesa.accounts.models import User
from tenesa.accounts.presence import is_available
from tenesa.accounts.roles import Role
from tenesa.contact.dialling import Callee
from tenesa.incidents.incident_times import of_ticket
from tenesa.mail.case_files import HANDED_IN
from tenesa.mail.files import handed_in, scans_of
from tenesa.mail.salutation import common_values
from tenesa.ui.live import name_of
from tenesa.ui.templatetags.ui import clock, when
from tenesa.workflow.procedures import visible
from tenesa.workflow.step import steps_of
from tenesa.workspace import cross_desk
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.customers import of_case
from tenesa.workspace.desk import Chip, Desk, Fact, Filter, Group, Link, Row, SidePanel, View, Words
from tenesa.workspace.notify import AT_EVERY_DESK, CHANGES_HANDS, Change, acted, former

# The statement of a view is kept from day to day, so the database says which day it is.
TODAY = Func(Value("day"), Now(), Value(settings.TIME_ZONE), function="date_trunc", output_field=DateTimeField())
NEWEST = gettext_lazy("newest first")
OWN = View(
    "own",
    gettext_lazy("Our requests"),
    "send",
    gettext_lazy("You asked for nothing yet"),
    gettext_lazy("Ask for a hold; what becomes of it stands here."),
    order="-opened_at",
    note=NEWEST,
    counted=False,
)
VIEWS = [
    View(
        "waiting",
        gettext_lazy("To handle"),
        "hourglass",
        gettext_lazy("No request waits"),
        gettext_lazy("What units ask to put on hold appears here by itself, the most urgent first."),
        where=Q(needs_action=True),
    ),
    View(
        "hold",
        gettext_lazy("On hold"),
        "pause",
        gettext_lazy("Nothing is on hold"),
        gettext_lazy("Every hold stands here until it ends."),
        where=Q(state__in=[State.PENDED, State.RESUME_DUE]),
        counted=False,
    ),
    View(
        "today",
        gettext_lazy("Ending today"),
        "calendar-clock",
        gettext_lazy("No hold ends today"),
        gettext_lazy("Holds whose time comes before midnight, in the order in which they end."),
        where=Q(state=State.PENDED, until__lt=TODAY + timedelta(days=1)),
        order="until",
        counted=False,
        page="pend-today",
    ),
    View(
        "all",
        gettext_lazy("Register"),
        "archive",
        gettext_lazy("No request yet"),
        gettext_lazy("Every request with its reason, answer and end."),
        order="-opened_at",
        note=NEWEST,
        counted=False,
    ),
    OWN,
]


def _reasons() -> Iterable[tuple[str, str]]:
    return PendReason.objects.values_list("code", "label")


def _whose(change: Change) -> Iterable[int | None]:
    """Whoever works on it, else whoever asked the customer: a unit, or a leader, did it."""
    return [change.case.owner_id or change.case.decided_by_id]


def _released(change: Change) -> Iterable[int | None]:
    return former("owner")(change) if isinstance(change.actor, User) else []


class PendingDesk(Desk):
    model = PendingRequest
    slug, path = "pending", "pending/"
    title, icon, place = gettext_lazy("Pending"), "pause", 2
    document_title = gettext_lazy("Ticket pending work instruction")
    document_code = "IN.OCC.TENESA.W-02"
    lists_by = ("incident",)  # the e-mail case of its ticket hears of it
    works, delivers_to = selectors.WORKERS, (Role.AGENT_EMAIL,)
    ended = ENDED
    views, late_in = VIEWS, "waiting"
    late = Q(state=State.FAILED) | (~Q(urgent_for="") & Q(urgent_at__lt=Now()))
    filters = [
        Filter("state", gettext_lazy("State"), lambda: State.choices),
        Filter("reason", gettext_lazy("Reason"), _reasons),
        Filter("unit", gettext_lazy("Unit"), way="text"),
    ]
    serializer, row_serializer, viewset = PendingWithAttempts, PendingSerializer, PendingViewSet
    rest_filters, rest_open_only = ("state", "reason", "unit"), False
    rest_related = ("owner", "reason")
    list_search = gettext_lazy("Ticket or request number")
    columns = {
        "incident": "incident",
        "service": "snapshot__service_no",
        "reason": "reason__label",
        "unit": "unit",
        "until": "until",
        "asked_until": "asked_until",
        "wrote_at": "wrote_at",
        "read_at": "read_at",
        "first_name": "owner__first_name",
        "last_name": "owner__last_name",
        "username": "owner__username",
    }
    # Giving up puts a ticket on hold without the customer's word and asks for nothing: it has no key that takes it.
    keys = {
        "pick_up": "a", "take": "a", "start_contact": "c", "record_attempt": "c", "take_call": "i", "agree": "o",
        "retry": "o", "refuse": "q", "reject": "q", "extend": "h", "keep_agreement": "h", "go_on": "v",
    }  # fmt: skip
    suggestions = suggestions.TABLE
    any_time = {
        "release",
        "cancel",
        "write",
        "take_back",
        "escalate",
        "take_over",
        "read_again",
        "resend",
        "change_area",
    }
    folded = {"record_attempt", "take_call"}  # to dial comes first
    not_missed = {"take", "keep_agreement", "take_call", "read_letter"}
    notices = AT_EVERY_DESK | {
        "take": CHANGES_HANDS,
        **dict.fromkeys(("extend", "go_on", "keep_agreement", "cancel", "write"), (acted(_whose),)),
        "release": (acted(_released),),
    }
    bulk = ("release", "cancel", "take_over", "note")
    icons = {
        "change_area": "map-pin", "start_contact": "phone", "record_attempt": "phone", "take_call": "phone-incoming",
        "agree": "circle-check", "refuse": "circle-x", "reject": "circle-x", "give_up": "phone-off",
        "appoint": "calendar-clock", "ask_beyond": "trending-up",
        "confirm_hold": "pause", "confirm_resume": "play", "go_on": "play", "extend": "timer", "cancel": "circle-x",
        "change_hands": "user-round-cog", "read_letter": "mail-open", "fail": "plug-zap", "note_problem": "plug-zap",
    }  # fmt: skip
    shown_elsewhere = {"hear_customer"}
    with_rows = ("owner", "reason", "decided_by", "extends")
    ours = steps_of(LocalSteps)
    case_mail = mails.WORDS
    readings = (HANDED_IN,)

    # --- the list ----------------------------------------------------------------------------------------------------
    def is_open_to(self, user: User) -> bool:
        return is_unit(user) or super().is_open_to(user)

    def views_for(self, user: User) -> list[View]:
        return [view for view in self.views if (view is OWN) is is_unit(user)]

    def home_view(self, case: PendingRequest, user: User) -> str:
        if is_unit(user):
            return OWN.slug
        return "waiting" if case.needs_action else "all"

    def opening(self, user: User) -> Link | None:
        return Link(_("Ask for a hold"), reverse("pend-ask")) if selectors.may_ask(user) else None

    def places(self, user: User) -> list[Q]:
        return [Q(requester_id=user.pk)] if is_unit(user) else super().places(user)

    def lists_of(self, case: PendingRequest) -> Iterator[str]:
        """The e-mail case of its ticket shows it, too."""
        yield from super().lists_of(case)
        if about := cross_desk.mail_case_about(case.incident):
            yield name_of(about)  # type: ignore[arg-type]

    def search_result(self, cases: QuerySet[Any], user: User, words: str) -> QuerySet[Any]:
        return selectors.search_result(cases, user, words)

    def row(self, one: Any, now: datetime, view: View) -> Row:
        until = f"{_('until')} {clock(one.until)}" if one.until else f"{_('asked until')} {clock(one.asked_until)}"
        owner = f"{one.first_name} {one.last_name}".strip() or one.username if one.username else ""
        wrote = one.wrote_at is not None and (one.read_at is None or one.read_at < one.wrote_at)
        chips = [Chip(_("Customer wrote"), "mail", solid=True)] if wrote else []
        signal = "breach" if one.state == State.FAILED else ""
        customer = CustomerKeys(services=[str(one.service)]) if one.service else None
        why = _joined(self.state(one.state), one.unit, until, owner)
        return Row(one.incident, one.reason, why, chips, signal=signal, customer=customer)

    # --- the case ----------------------------------------------------------------------------------------------------
    def customer_of(self, case: PendingRequest) -> CustomerKeys | None:
        service = case.snapshot.get("service_no")
        return CustomerKeys(services=[str(service)]) if service else None

    def chips(self, case: PendingRequest) -> Iterator[Chip]:
        if case.status:
            yield Chip(f"NOSSA {case.status}")

    def summary(self, case: PendingRequest) -> Iterator[Words]:
        yield str(case.reason)
        yield f"{_('until')} {when(case.until)}" if case.until else f"{_('asked until')} {when(case.asked_until)}"

    def facts(self, case: PendingRequest, user: User) -> Iterator[Fact]:
        yield Fact(_("Incident"), case.incident, copy=True, key=",")
        yield Fact(_("Reason"), str(case.reason))
        yield Fact(_("Requesting unit"), f"{case.unit} · {case.person}")
        yield Fact(_("Asked until"), when(case.asked_until))
        yield Fact(_("Hold until"), when(case.until) if case.until else "")
        yield Fact(_("Runs already until"), when(case.held_until) if case.held_until else "")
        yield Fact(_("Answer"), _joined(case.get_answer_display(), case.decided_by))
        reached = case.answer != Answer.UNREACHABLE
        yield Fact(_("What the customer said") if reached else _("Note of the agent"), case.said)
        yield Fact(_("Evidence"), case.evidence)
        yield Fact(_("Note"), case.remark)
        yield from _of_customer(case, user)
        extends = case.extends
        yield Fact(_("Extends"), extends.number if extends else "", url=extends.get_absolute_url() if extends else "")
        if longer := _extension(case):
            yield Fact(_("More time"), f"{longer.number} · {extension_words(longer)}", url=longer.get_absolute_url())

    def groups(self, case: PendingRequest, user: User) -> Iterator[Group]:
        others = cross_desk.cases_of(CustomerKeys(incidents=[case.incident]), user, but=case)
        links = [
            Link(one.title, one.get_absolute_url(), one.number, one.get_state_display())  # type: ignore[attr-defined]
            for one in others
        ]
        yield Group(_("About the same ticket"), links, counted=True)

    def warnings(self, case: PendingRequest, user: User) -> Iterator[str]:
        if case.is_unread:
            words = _("The customer wrote at %(at)s. Their words may end the hold, or ask for something else.")
            yield words % {"at": when(case.wrote_at)}
        if case.problem:
            yield case.problem

    def panels(self, case: PendingRequest, user: User) -> Iterator[SidePanel]:
        if files := handed_in(HANDED_IN.of(case), scans_of(HANDED_IN.of(case))):
            yield SidePanel("pending/_evidence.html", files)
        if repair := of_ticket(case.incident, case.desk_id):
            yield SidePanel("pending/_repair.html", repair)
        if calls := calls_of(self, case, user):  # last, so that the button stands above the step that tells of it
            yield SidePanel("pending/_calls.html", calls)

    def callee(self, case: PendingRequest, user: User) -> Callee | None:
        return contact.callee_of(case) if case.state == State.CONTACTING and case.owner_id == user.pk else None

    def snippet_values(self, case: PendingRequest) -> dict[str, str]:
        mailbox = mails.mailbox_of(case)
        common = common_values(case.number, mailbox, case.conversation.answered) if mailbox else {}
        return {**common, "ticket": case.incident, "incident": case.incident}

    def next_elsewhere(self, case: PendingRequest, user: User) -> Link | None:
        if (longer := _extension(case)) is None:
            return None
        title = _("This hold goes on in the request for more time (%(what)s):") % {"what": extension_words(longer)}
        return Link(title, longer.get_absolute_url(), longer.number)

    # --- what comes next ---------------------------------------------------------------------------------------------
    def next_for(self, user: User, *, but: Sequence[int] = ()) -> Any:
        return self._waiting(user, but).filter(owner=user).first()

    def queue(self, user: User) -> QuerySet[PendingRequest]:
        return services.waiting(user)

    def claim(self, user: User, *, but: Collection[int] = ()) -> PendingRequest | None:
        takes = user.has_role(*self.delivers_to) and is_available(user)
        return services.next_request(user, but=but) if takes else None

    def to_look_at(self, user: User, *, but: Sequence[int] = ()) -> Any:
        return self._waiting(user, but).filter(owner=None).first()

    def _waiting(self, user: User, but: Sequence[int]) -> QuerySet[Any]:
        waiting = visible(self.model, user).filter(needs_action=True).exclude(pk__in=but)
        return waiting.order_by("urgent_at", "pk")


def _extension(case: PendingRequest) -> PendingRequest | None:
    """The request for more time in which a hold goes on."""
    if case.state != State.EXTENDED:
        return None
    found: PendingRequest | None = case.once("extension", lambda: case.extensions.order_by("pk").last())
    return found


def extension_words(longer: PendingRequest) -> str:
    """Whether the request for more time was agreed to; until then the hold runs as it was."""
    if longer.pended_at is None or longer.state in {State.CHECKING, State.CONTACTING}:
        return _("not agreed yet: %(state)s") % {"state": longer.get_state_display()}
    if longer.until and longer.extends and longer.until == longer.extends.until:
        return _("not agreed: the hold stayed as it was")
    return _("agreed until %(time)s") % {"time": when(longer.until)}


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part)


def _of_customer(case: PendingRequest, user: User) -> Iterator[Fact]:
    """As NOSSA named them; the customer's own page is for the desk."""
    told = case.snapshot
    if not told.get("customer"):
        return
    service = told.get("service_no", "")
    known = of_case(case, CustomerKeys(services=[service]), user) if service and not is_unit(user) else None
    name = known.label if known else told["customer"]
    yield Fact(_("Customer"), _joined(name, told.get("segment")), url=known.address if known else "")
    yield Fact(_("Service"), service, copy=True)
    yield Fact(_("Owner group"), case.group)
