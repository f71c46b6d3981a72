"""The desk: what is particular to the page on which a procedure is worked, declared as one class.

An app writes a subclass in its `desk.py` and registers it once, in `AppConfig.ready`. List, case page, rail, timeline,
composer, bulk, menu, palette, map, live updates and REST are made from it and from the steps of its model.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa import door
from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import HUMAN_ROLES, LEADERS, Role
from tenesa.audit.models import Event
from tenesa.contact.dialling import Callee
from tenesa.contact.models import Dial
from tenesa.ui.counters import OfPeople
from tenesa.ui.live import concerns
from tenesa.workflow.case import Case
from tenesa.workflow.perform import perform
from tenesa.workflow.procedures import visible
from tenesa.workflow.readings import Reading
from tenesa.workflow.step import Step, StepForm, steps_of
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.notify import AT_EVERY_DESK, Notify
from tenesa.workspace.suggestions import Suggestion, suggested

Words = str | Promise
NOTHING_HERE, URGENT_FIRST = gettext_lazy("Nothing here"), gettext_lazy("most urgent first")


@dataclass(frozen=True)
class View:
    """A saved list. `where` may ask who looks; `order` is a moment with an index of that order ("-": newest first);
    before it there may be whole numbers that go first ("tier,due_at").

    `page` names the address of a page of its own that the menu leads to; the list is there for whoever asks for it.
    """

    slug: str
    label: Words
    icon: str
    empty: Words = NOTHING_HERE
    hint: Words = ""
    where: Q | Callable[[User], Q] = field(default_factory=Q)
    order: str = "urgent_at"
    note: Words = URGENT_FIRST
    counted: bool = True
    personal: bool = False
    for_leaders: bool = False
    alarming: bool = False  # whatever stands in it is bad news
    page: str = ""
    unread: Callable[[User], int] | None = None  # of a page: what waits on it for this person
    of_people: OfPeople | None = None  # the counts of many persons at once, where each has their own

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.order.removeprefix("-").split(","))

    @property
    def newest_first(self) -> bool:
        return self.order.startswith("-")

    def of(self, cases: QuerySet[Any], user: User) -> QuerySet[Any]:
        return cases.filter(self.where(user) if callable(self.where) else self.where)


@dataclass(frozen=True)
class Filter:
    """A way to narrow the list by the address line; without `choices` by words typed.

    `way` is how it is drawn: "select", "chips" (a second click takes it off), "text", "tag" or "" (by address alone).
    `where` makes a condition of a value that is no column's; None for one that it does not know.
    """

    name: str
    label: Words = ""
    choices: Callable[[], Iterable[tuple[str, Any]]] | None = None
    column: str = ""
    way: str = "select"
    where: Callable[[str], Q | None] | None = None

    def narrow(self, cases: QuerySet[Any], value: str) -> QuerySet[Any]:
        """A value that no row can have narrows nothing."""
        if self.where is not None:
            return cases if (found := self.where(value)) is None else cases.filter(found)
        column = self.column or self.name
        if self.way == "":
            number = door.number(value)
            return cases if number is None else cases.filter(**{column: number})
        if self.choices is None:
            return cases.filter(**{f"{column}__icontains": value[:100]})
        known = value in {str(one) for one, _label in self.choices()}
        return cases.filter(**{column: value}) if known else cases


@dataclass(frozen=True)
class Fact:
    """A line of the facts; with `copy` a click takes the value, with `key` that key does; `url` leads somewhere."""

    label: Words
    value: Any
    copy: bool = False
    key: str = ""
    url: str = ""


@dataclass(frozen=True)
class Chip:
    text: Words
    icon: str = ""
    url: str = ""
    hint: Words = ""
    solid: bool = False
    signal: str = ""  # risk or breach, where it is bad news


@dataclass(frozen=True)
class Link:
    """A line of a group below the facts; without address where this person may know of it, but not open it."""

    title: Words
    url: str
    number: str = ""
    chip: Words = ""
    icon: str = ""
    more: Words = ""  # in small letters below


@dataclass(frozen=True)
class Measure:
    """A figure beside the clocks; `signal` is met, risk, breach or ""."""

    label: Words
    value: str
    signal: str = ""
    hint: Words = ""


@dataclass(frozen=True)
class Group:
    title: Words
    links: Sequence[Link]
    counted: bool = False  # its links are counted in the summary as related cases


@dataclass(frozen=True)
class SidePanel:
    """A part of the rail: a template, and what it draws as `part`."""

    template: str
    part: Any = None


@dataclass
class Entry:
    """One thing on the timeline; the template knows what to make of `obj`, and finds its names on the entry itself."""

    template: str
    at: datetime
    ident: str
    obj: dict[str, Any] = field(default_factory=dict)
    day: str = ""

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["obj"][name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass
class Row:
    """One line of a list, with the reason why it stands where it stands."""

    who: Words
    about: Words
    why: Words
    chips: Sequence[Chip] = ()
    marks: Sequence[tuple[str, Words]] = ()  # icon and what it means, before the name
    fresh: bool = False
    customer: CustomerKeys | None = None  # whose segment and class stand beside the name
    told: Sequence[Chip] = ()  # these two, as they were found
    tags: Sequence[str] = ()
    customer_at: str = ""  # the address of the customer's page, and whose it is
    customer_name: str = ""
    number: str = ""  # of the case itself where empty
    pk: int = 0
    address: str = ""
    due: datetime | None = None
    warn: datetime | None = None
    signal: str = ""
    moment: datetime | None = None
    delivery: Any = None
    problem: str = ""
    viewers: Sequence[Any] = ()

    def __getitem__(self, name: str) -> Any:
        """Templates ask for a key before they ask for an attribute, forty rows of fifteen names a page."""
        return self.__dict__[name]


class Desk:
    """The defaults are enough for a small procedure; see docs/adding-a-procedure.md.

    `columns` are what a row of the list reads: name → path in the model, or an expression; `who`, `about` and `why`
    draw it without `row`. `lists_by` are the columns that decide in which live lists a case stands (`lists_of`).
    """

    model: ClassVar[type[Case]]
    slug: ClassVar[str]
    path: ClassVar[str]  # of its list, with a slash at the end
    title: ClassVar[Words]
    document_title: ClassVar[Words] = ""
    document_code: ClassVar[str] = ""  # in full; the short one is the model's
    icon: ClassVar[str] = "inbox"
    place: ClassVar[int] = 9  # in the menu, and the digit of its key (with Shift)
    delivers_to: ClassVar[Sequence[Role]] = ()  # whom auto-in gives cases of its queue
    works: ClassVar[Sequence[Role]] = ()  # who sees it in the menu; nobody named: everybody who sees a case

    begins_shift: ClassVar[bool] = True  # whoever works at it begins here; not where it only stands beside other work

    ended: ClassVar[Sequence[str]] = ()
    own_cards: ClassVar[bool] = False  # its app itself puts cards on the leader's board
    board_figures: ClassVar[Sequence[View]] = ()  # what its figures count, as lists
    own_ageing: ClassVar[str] = ""  # its app's own list of open cases by age in the reports
    views: ClassVar[Sequence[View]] = ()
    filters: ClassVar[Sequence[Filter]] = ()
    list_search: ClassVar[Words] = ""  # what its list's own search field asks for; none: "/" alone searches
    columns: ClassVar[Mapping[str, Any]] = {}
    lists_by: ClassVar[Sequence[str]] = ()
    late: ClassVar[Q] = ~Q(urgent_for="") & Q(urgent_at__lt=Now())  # what makes a count of the menu bad news
    own_segment: ClassVar[bool] = False  # a row says the segment of its case, as it was checked, not the customer's
    late_in: ClassVar[str] = ""  # the view whose count it is; the first one where none is named

    keys: ClassVar[Mapping[str, str]] = {}
    suggestions: ClassVar[Sequence[Suggestion]] = ()  # the next step that the facts ask for; the first that holds
    any_time: ClassVar[Iterable[str]] = ()  # offered below the others, never as the next step
    folded: ClassVar[Iterable[str]] = ()  # offered among the others; never open before it is asked for, or suggested
    not_missed: ClassVar[Iterable[str]] = ()  # when these are refused nobody needs to know why
    bulk: ClassVar[Sequence[str]] = ()
    in_background: ClassVar[Sequence[str]] = ()  # of those, what a worker does, with a page that keeps what came of it
    finder: ClassVar[Sequence[tuple[str, Words]]] = ()  # words by which `affected` finds cases for several at once
    icons: ClassVar[Mapping[str, str]] = {}
    shown_elsewhere: ClassVar[Iterable[str]] = ()  # steps that the timeline shows as a mail, a note or a row
    opens_first: ClassVar[bool] = False  # the list opens with its first case beside it, so that a key decides at once
    facts_open: ClassVar[bool] = False  # the facts are unfolded: a decision is made by them
    above_template: ClassVar[str] = ""  # draws `above_part` between the facts and the timeline
    recent_steps: ClassVar[int] = 6  # of those done the rail shows so many unfolded
    side_panel_template: ClassVar[str] = ""  # draws `side_panel_part` on the page of the case that this one is about
    reads: ClassVar[str] = ""  # the step that reads the outside systems; what they said then stands in the rail
    with_rows: ClassVar[Sequence[str]] = ("owner",)  # read with the case
    readings: ClassVar[Sequence[Reading]] = ()  # what its page reads of a case beside what every page does
    # Somebody of another house (`User.is_outside`) sees no step of `ours`, and of mails that left these by purpose.
    ours: ClassVar[Iterable[str]] = ()
    case_mail: ClassVar[Mapping[str, Words]] = {}
    notices: ClassVar[Mapping[str, Sequence[Notify]]] = AT_EVERY_DESK  # which steps tell whom of it

    # --- REST ---
    rest_fields: ClassVar[Sequence[str]] = ()  # columns beside what every case says of itself
    serializer: ClassVar[Any] = None  # in its place
    row_serializer: ClassVar[Any] = None  # of the list; the same where none is named
    viewset: ClassVar[Any] = None  # a subclass of rest.DeskViewSet, where a desk can do more
    rest_filters: ClassVar[Sequence[str]] = ("state",)
    rest_open_only: ClassVar[bool] = True  # lists leave out what has ended, until a state is asked for
    rest_related: ClassVar[Sequence[str]] = ("owner",)
    rest_prefetch: ClassVar[Sequence[str]] = ()

    # --- the list ----------------------------------------------------------------------------------------------------
    def views_for(self, user: User) -> list[View]:
        leads = user.has_role(*LEADERS)
        return [view for view in self.views if leads or not view.for_leaders]

    def view_of(self, user: User, slug: str) -> View | None:
        """The view of that name; the person's first one where there is none; None where it is not theirs."""
        if slug in self.figures:
            return self.figures[slug]
        mine = self.views_for(user)
        if any(view.slug == slug for view in self.views):
            return next((view for view in mine if view.slug == slug), None)
        return next(view for view in mine if not view.page)

    @cached_property
    def figures(self) -> Mapping[str, View]:
        """The lists behind the figures of the leader's board, which stand in no menu."""
        every = [
            *self.board_figures,
            View("figure-late", gettext_lazy("Late"), "alarm-clock", where=self.is_open & self.late),
        ]
        if not self.own_cards:
            every += [
                View("figure-open", gettext_lazy("Open"), "list", where=self.is_open),
                View(
                    "figure-waiting",
                    gettext_lazy("Waits for somebody here"),
                    "hand",
                    where=self.is_open & Q(needs_action=True),
                ),
            ]
        return {view.slug: view for view in every}

    def waiting_view(self, user: User) -> View:
        """The view that says whether somebody is too late."""
        return self.view_of(user, self.late_in) or self.views[0]

    def affected(self, asked: Mapping[str, str]) -> tuple[Q, Q]:
        """The open cases that the words of `finder` name, whatever list they stand in: those that certainly are of the
        fault, and those together with the ones of which only their mails say so."""
        return Q(pk__in=[]), Q(pk__in=[])

    def home_view(self, case: Any, user: User) -> str:
        """The list in which an open case is looked for when none was asked for."""
        return ""

    def opening(self, user: User) -> Link | None:
        """Where a case is opened by hand, above the list; None where this person opens none."""
        return None

    def places(self, user: User) -> list[Q]:
        """What the person may see, one condition an index."""
        return user.desk_filters()

    def opens_later(self, user: User, pk: int) -> str:
        """When a case that this person may know of, and does not see, opens for them, in words; "" for any other."""
        return ""

    def search_result(self, cases: QuerySet[Any], user: User, words: str) -> QuerySet[Any]:
        from tenesa.search.find import matching

        return cases.filter(pk__in=matching(user, self.procedure, words))

    def rows(self, found: Sequence[Any], user: User, now: datetime, view: View) -> list[Row]:
        return [self.row(one, now, view) for one in found]

    def row(self, one: Any, now: datetime, view: View) -> Row:
        return Row(getattr(one, "who", ""), getattr(one, "about", ""), getattr(one, "why", "") or self.state(one.state))

    def live(self, view: View, user: User) -> str:
        """The word of `lists_of` by which an open page of the view hears that it changed."""
        return self.slug

    @property
    def live_of_search(self) -> str:
        """The word of `lists_of` that every open case has: a list that was searched hears of all of them."""
        return self.slug

    def lists_of(self, case: Any) -> Iterator[str]:
        yield self.slug

    # --- the case ----------------------------------------------------------------------------------------------------
    def customer_of(self, case: Any) -> CustomerKeys | None:
        """Whose case it is, where that is known: the class of the customer stands in the head."""
        return None

    def chips(self, case: Any) -> Iterable[Chip]:
        return ()

    def summary(self, case: Any) -> Iterable[Words]:
        """What stands beside the name while the facts are closed."""
        return ()

    def cases_of_steps(self, case: Any, events: Sequence[Event]) -> Mapping[int, Case]:
        """The other case that a step of the timeline is about, linked there, by the event's key."""
        return {}

    def facts(self, case: Any, user: User) -> Iterable[Fact]:
        return ()

    def groups(self, case: Any, user: User) -> Iterable[Group]:
        return ()

    def holder(self, case: Any) -> Words:
        """Who has it now."""
        return case.owner.as_holder if case.owner else _("nobody")

    def measure(self, case: Any) -> Measure | None:
        """How long something of this case took, beside its clocks."""
        return None

    def warnings(self, case: Any, user: User) -> Iterable[str | Link]:
        """What whoever opens the rail has to know first; a Link leads to the case that it is about."""
        return ()

    def panels(self, case: Any, user: User) -> Iterable[SidePanel]:
        return ()

    def shows_readings(self, case: Any) -> bool:
        """Whether what the outside systems said may be seen now, where the desk has a step `reads`."""
        return True

    def entries(self, case: Any, user: User) -> Iterable[Entry]:
        """Rows of this procedure alone on the timeline."""
        return ()

    def calls_shown_elsewhere(self, case: Any) -> Any:
        """Keys of calls whose outcome `entries` tell."""
        return ()

    def above_part(self, case: Any, user: User) -> Any:
        """What `above_template` draws as `part`; None: nothing."""

    def side_panel_part(self, case: Any, user: User, bound: tuple[str, StepForm] | None = None) -> Any:
        """What `side_panel_template` draws as `part`; `bound` is a step whose inputs were just refused."""

    def next_elsewhere(self, case: Any, user: User) -> Link | None:
        """The case on whose page the next step is taken, with why. Offered where none is suggested on this page."""
        return None

    def nothing_to_do(self, case: Any, user: User) -> str:
        """Why no step is offered, where that is known; "" where it just is not the time."""
        if case.state in self.ended:
            return _("This case is finished.")
        if case.owner_id and case.owner_id != user.pk:
            return _("This case is held by %(who)s.") % {"who": case.owner.as_holder}
        return self._next_of_others(case, user)

    def _next_of_others(self, case: Any, user: User) -> str:
        """The step that the facts ask for, where it is not this person's role to take it."""
        here = [name for name, step in self.steps.items() if case.state in step.source]
        row, why = suggested(self.suggestions, case, here)
        if row is None or user.is_outside or not self.steps[row.step].roles.isdisjoint(user.roles):
            return ""
        step = self.steps[row.step]
        who = ", ".join(str(role.label) for role in HUMAN_ROLES if role in step.roles - {Role.API_CLIENT})
        return _("“%(step)s” comes next: %(who)s. %(why)s") % {"step": step.label, "who": who, "why": why}

    def snippet_values(self, case: Any) -> dict[str, str]:
        """What fills the placeholders of a snippet."""
        return {}

    def callee(self, case: Any, user: User) -> Callee | None:
        """Whom this person is to call about the case now; None: there is no dial button."""
        return None

    def line(self, case: Any, user: User) -> Dial | None:
        """The call that this person is in, where that keeps them from the step which dials."""
        return None

    # --- what comes next ---------------------------------------------------------------------------------------------
    @property
    def in_hand(self) -> Q:
        """Cases that keep whoever holds them busy, so that auto-in gives them no other."""
        return self.is_open & Q(needs_action=True)

    def queue(self, user: User) -> QuerySet[Any]:
        """What `claim` takes the first of, in this order."""
        return self.model._default_manager.none()

    def queue_key(self, user: User) -> Hashable:
        """The queues of two people with the same key are alike."""
        return frozenset(user.places)

    def to_look_at(self, user: User, *, but: Sequence[int] = ()) -> Any:
        """What comes next for somebody who takes nothing: nobody's, and it stays so."""
        return None

    def next_for(self, user: User, *, but: Sequence[int] = ()) -> Any:
        """The most urgent case of the first list that waits for a person."""
        view = self.views_for(user)[0]
        waiting = view.of(visible(self.model, user), user).filter(needs_action=True).exclude(pk__in=but)
        return waiting.order_by("urgent_at", "pk").first()

    def claim(self, user: User, *, but: Collection[int] = ()) -> Any:
        """A case, none of `but`, that is taken for this person because nothing of their own waits; None: none."""
        return None

    def withdraw(self, case: Any, user: User) -> None:
        """Back to the queue with what auto-in gave this person and they did not open. Raises as `perform` does."""
        perform(case, "release", actor=SYSTEM)

    def nothing_waits(self, user: User) -> str:
        return _("Nothing waits for you now.")

    def leads_on(self, case: Any, step: str, user: User) -> bool:
        """After a step the next case opens by itself, without being asked to."""
        return False

    def leads_to(self, case: Any, step: str) -> str:
        """Where a step leads away from this page; "" stays here."""
        return ""

    def says_more(self, case: Any, step: str) -> str:
        """What the notice of a step that was taken tells beside it, such as the number of a case that it opened."""
        return ""

    # --- names -------------------------------------------------------------------------------------------------------
    @cached_property
    def procedure(self) -> str:
        return self.model.procedure_name()

    @property
    def rest_path(self) -> str:
        return self.path.strip("/")

    @property
    def rest_name(self) -> str:
        """The first part of the names of its addresses in REST."""
        return self.slug

    @cached_property
    def map_slug(self) -> str:
        """The last part of the address of its map."""
        return self.model.document.lower()

    @property
    def document(self) -> str:
        return self.document_code or self.model.document

    @cached_property
    def labels(self) -> dict[str, Any]:
        """States in words."""
        field: Any = self.model._meta.get_field("state")  # type: ignore[misc]
        return dict(field.choices)

    def state(self, value: str) -> str:
        return str(self.labels.get(value, value))

    @cached_property
    def is_open(self) -> Q:
        """Both ways, since indexes of open cases are declared by what is alive or by what has ended."""
        return Q(state__in=[state for state in self.labels if state not in self.ended]) & ~Q(state__in=self.ended)

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        return steps_of(self.model)

    @cached_property
    def at(self) -> dict[str, str]:
        """The names of its addresses, for `{% url desk.at.step … %}`."""
        names = (
            "list",
            "colleagues",
            "bulk",
            "bulk_tags",
            "batch",
            "undo_batch",
            "next",
            "case",
            "part",
            "step",
            "compose_as",
            "compose",
            "still_possible",
            "snippets",
            "draft",
            "dial",
            "call",
            "hang_up",
            "tags",
            "views",
        )
        return {name: f"{self.slug}:{name}" for name in (*names, "preview", "here", "map")}

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"{self.slug}:{name}", args=args)

    def list_url(self, view: str = "") -> str:
        return f"{self.url('list')}?view={view}" if view else self.url("list")

    def is_open_to(self, user: User) -> bool:
        return user.has_role(*self.works) if self.works else bool(user.workplaces)


_desks: dict[str, Desk] = {}
on_register: list[Callable[[Desk], None]] = []  # filled before the first desk is registered (WorkspaceConfig.ready)


def register(desk: type[Desk]) -> None:
    """Make the desk's page, list, menu, live updates, reports and addresses; call it once, in `AppConfig.ready`."""
    made = desk()
    _desks[made.procedure] = made
    concerns[made.procedure] = made.lists_of
    for tell in on_register:
        tell(made)


def desks() -> list[Desk]:
    """In the order of the menu."""
    return sorted(_desks.values(), key=lambda desk: desk.place)


def desk_of(procedure: str) -> Desk | None:
    return _desks.get(procedure)
