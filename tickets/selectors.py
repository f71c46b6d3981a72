"""What the pages and REST read: the queue views, their counts, search, and what else concerns a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, Q, QuerySet, When
from django.db.models.functions import Now
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from segmentation.segments import Segment
from tenesa import door
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.mail.models import FAILED, OutboundMail
from tenesa.mail.values import spoken
from tenesa.search.find import matching
from tenesa.ui.viewing import Viewer, viewers
from tenesa.workflow import compiled, keyset
from tenesa.workspace.delivery import Delivery, delivery_of_mail
from tickets.clocks import UPDATES
from tickets.clocks import WORDS as TIMER_WORDS
from tickets.listing import Listed, Place, Read, read
from tickets.models import EmailCase
from tickets.states import ENDED, FOR_THE_LEADER, OPEN, Handling, State, Unread

PAGE = 40
KEPT = 400  # a live refresh fetches again what was loaded, up to this many
NEWS = {
    Unread.CUSTOMER: gettext_lazy("customer wrote again"),
    Unread.UNIT: gettext_lazy("a unit answered"),
    Unread.NOSSA: gettext_lazy("NOSSA reported something new"),
}
LEADERS = (Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER)

URGENT_FIRST = gettext_lazy("most urgent first")


@dataclass(frozen=True)
class View:
    """A saved view of the queue."""

    slug: str
    label: Promise
    icon: str
    where: Q
    empty: Promise
    empty_hint: Promise
    note: Promise = URGENT_FIRST
    mine: bool = False
    newest_first: bool = False
    for_leaders: bool = False

    def cases(self, user: User) -> QuerySet[EmailCase]:
        return self.of(EmailCase.objects.visible_to(user), user)

    def of(self, cases: QuerySet[EmailCase], user: User) -> QuerySet[EmailCase]:
        cases = cases.filter(self.where)
        return cases.filter(owner=user) if self.mine else cases


def updates_until(ahead: timedelta) -> Q:
    """Incidents under watch whose nearest clock is over by then; a range of the index `email_updates` (P-05 5.8)."""
    return Q(urgent_for__in=UPDATES, urgent_at__lte=Now() + ahead)


IS_OPEN = ~Q(state__in=ENDED)
VIEWS = {
    view.slug: view
    for view in (
        View(
            "mine", gettext_lazy("Mine"), "inbox", IS_OPEN,
            gettext_lazy("You hold no case"),
            gettext_lazy("Press g, or “Next”, to take the most urgent case of the queue."), mine=True,
        ),
        View(
            "queue", gettext_lazy("Queue"), "layers",
            Q(owner=None, awaits=True, triage="") & ~Q(state__in=FOR_THE_LEADER),
            gettext_lazy("The queue is empty"),
            gettext_lazy("New mail appears here by itself, the most urgent on top."),
        ),
        View(
            "waiting", gettext_lazy("Waiting"), "hourglass", IS_OPEN & Q(awaits=False),
            gettext_lazy("Nothing waits"),
            gettext_lazy("Cases that wait for the customer, MyCX, NOSSA or the group are listed here."),
        ),
        View(
            "all", gettext_lazy("All"), "list", IS_OPEN,
            gettext_lazy("No open case"), gettext_lazy("Closed ones are found with “/” or under Closed."),
        ),
        View(
            "updates", gettext_lazy("Updates"), "megaphone", updates_until(timedelta(hours=1)),
            gettext_lazy("No update is due"),
            gettext_lazy("Customers who hear of their incident within the hour, or should have, are listed here."),
        ),
        View(
            "closed", gettext_lazy("Closed"), "archive", Q(state__in=ENDED),
            gettext_lazy("Nothing closed yet"), gettext_lazy("Closed and void cases stay here and are never deleted."),
            note=gettext_lazy("newest first"), newest_first=True,
        ),
        View(
            "triage", gettext_lazy("Triage"), "split",
            IS_OPEN & (~Q(triage="") | Q(state__in=FOR_THE_LEADER)),
            gettext_lazy("Nothing to decide"),
            gettext_lazy("Unknown senders and segments, proposals to void and escalations come here."),
            for_leaders=True,
        ),
        View(
            "overdue", gettext_lazy("Overdue"), "alarm-clock", updates_until(timedelta()),
            gettext_lazy("Every customer is up to date"),
            gettext_lazy("Updates that are overdue, and incidents of which NOSSA says nothing, come here."),
            for_leaders=True,
        ),
    )
}  # fmt: skip


def views_for(user: User) -> list[View]:
    leads = user.has_role(*LEADERS)
    return [view for view in VIEWS.values() if leads or not view.for_leaders]


@dataclass
class Row:
    """One line of the queue, with the reason why it stands where it stands."""

    case: Listed
    why: str
    due: datetime | None = None
    warn: datetime | None = None
    signal: str = ""
    delivery: Delivery | None = None
    problem: str = ""
    viewers: list[Viewer] = field(default_factory=list)
    address: str = ""

    def __post_init__(self) -> None:
        case = self.case
        self.pk, self.number, self.segment, self.subject = case.pk, case.number, case.segment, case.subject
        self.who = case.customer_name or case.sender_name or case.sender_address
        self.fresh = bool(case.unread_by) or case.state == State.NEW
        self.replied = case.unread_by == Unread.CUSTOMER and case.answered_at is not None
        self.automatic = spoken(case.mail_kind, case.mail_looks_like)

    def __getitem__(self, name: str) -> Any:
        """Templates ask for a key before they ask for an attribute, forty rows of fifteen names a page."""
        return self.__dict__[name]


@dataclass
class Page:
    rows: list[Row]
    query: str
    until: str = ""
    next: str = ""


FILTERS = ("segment", "level", "state", "area", "owner", "q")


def filtered(cases: QuerySet[EmailCase], asked: QueryDict) -> QuerySet[EmailCase]:
    """The filters of the address line; a value that nothing has finds nothing, and is no error."""
    if (segment := asked.get("segment", "")) in Segment.values and segment:
        cases = cases.filter(segment=segment)
    if (level := asked.get("level", "")) in Handling.values:
        cases = cases.filter(handling_level=level)
    if (state := asked.get("state", "")) in State.values:
        cases = cases.filter(state=state)
    if area := asked.get("area", "")[:3]:
        cases = cases.filter(area_id=area)
    if (owner := door.number(asked.get("owner", ""))) is not None:
        cases = cases.filter(owner_id=owner)
    return cases


def found(cases: QuerySet[EmailCase], user: User, words: str) -> QuerySet[EmailCase]:
    """The newest cases that have the words anywhere (`tenesa.search`)."""
    return cases.filter(pk__in=matching(user, EmailCase.procedure_name(), words))


def page(user: User, view: View, asked: QueryDict, *, after: str = "", until: str = "") -> Page:
    """One page by keyset: the rows after a cursor, or all from the top until one (a live refresh)."""
    words = asked.get("q", "")
    every: QuerySet[EmailCase] = EmailCase.objects.all()
    of_view = found(every, user, words) if words else view.of(every, user)
    cases = lambda: filtered(of_view, asked)  # noqa: E731
    newest = view.newest_first or bool(words)
    column, limit, place = "changed_at" if newest else "urgent_at", PAGE, None
    if key := keyset.read(after):
        place = Place(*key, after=True)
    elif key := keyset.read(until):
        place, limit = Place(*key, after=False), KEPT
    kept = {name: asked[name] for name in FILTERS if asked.get(name)}
    known = None if words else (view.slug, user.pk if view.mine else None, tuple(kept.items()))
    items = _first(cases, known, place, limit + 1, user, newest=newest)
    more, items = len(items) > limit, items[:limit]
    last = keyset.place(getattr(items[-1][0], column), items[-1][0].pk) if items else ""
    more = more or bool(until and items)
    query = urlencode({"view": view.slug, **kept})
    kept_until = last if len(items) >= PAGE or after else ""
    return Page(rows_of(items, user), query, until=kept_until, next=last if more else "")


def _first(
    cases: Callable[[], QuerySet[EmailCase]], known: Any, place: Place | None, limit: int, user: User, *, newest: bool
) -> list[Read]:
    """The first rows that the person may see: asked for desk by desk, each a range of an index, and merged here."""
    rows: list[Read] = []
    for here in user.desk_filters():
        key = (*known, str(here)) if known else None
        rows += read(partial(_at, cases, here), key, newest=newest, place=place, limit=limit)
    if newest:
        return sorted(rows, key=lambda row: (row[0].changed_at, row[0].pk), reverse=True)[:limit]
    return sorted(rows, key=lambda row: (row[0].urgent_at, row[0].pk))[:limit]


def _at(cases: Callable[[], QuerySet[EmailCase]], here: Q) -> QuerySet[EmailCase]:
    return cases().filter(here)


def rows_of(items: list[Read], user: User) -> list[Row]:
    others = viewers(EmailCase.procedure_name(), [case.pk for case, _mail in items[:PAGE]], but=user)
    now = timezone.now()
    before, after = reverse("case", args=[0]).rsplit("0", 1)
    rows = []
    for case, mail in items:
        row = Row(case, why(case, now), viewers=others.get(case.pk, []), address=f"{before}{case.pk}{after}")
        if mail is not None:
            row.delivery = delivery_of_mail(mail)
            row.problem = f"{row.delivery.text}: {mail.error}" if mail.failed else ""
        if case.urgent_for and case.state not in ENDED:
            row.due, row.warn = case.urgent_at, case.warn_at
            row.signal = signal_of(row.due, row.warn, now)
        rows.append(row)
    return rows


def last_mails(ids: list[int]) -> dict[int, OutboundMail]:
    """The mail that a row tells of: one that did not arrive, else the newest."""
    mails = OutboundMail.objects.filter(procedure=EmailCase.procedure_name(), case_id__in=ids)
    mails = mails.exclude(status=OutboundMail.Status.CANCELLED).defer("text", "html")
    failed = Case(When(FAILED, then=0), default=1)
    newest = mails.order_by("case_id", failed, "-created_at").distinct("case_id")
    return {mail.case_id: mail for mail in newest}


def signal_of(due: datetime, warn: datetime | None, now: datetime) -> str:
    if due < now:
        return "breach"
    return "risk" if warn is not None and warn <= now else ""


def why(case: Listed, now: datetime) -> str:
    """Why this case stands here, in words."""
    if case.state in FOR_THE_LEADER and case.reason:
        return f"{case.get_state_display()}: {case.reason}"
    if case.triage and case.state not in ENDED:
        return _("Triage: %(why)s") % {"why": case.triage}
    news = "" if case.unread_by == Unread.CUSTOMER and case.answered_at is None else case.unread_by
    return _in_words(get_language(), case.state, case.urgent_for, late=case.urgent_at < now, news=news)


@cache
def _in_words(_language: str | None, state: str, clock: str, *, late: bool, news: str) -> str:
    """Kept by language: looking up three texts for each of forty rows is a tenth of a page."""
    label, words = str(State(state).label), TIMER_WORDS.get(clock, "")
    if state in ENDED:
        return label
    if words and late:
        return _("%(what)s overdue") % {"what": words}
    if words_of_news := NEWS.get(Unread(news)) if news else None:
        return str(words_of_news)
    return f"{label} · {words}" if words else label


def counts(user: User) -> tuple[dict[str, int], bool]:
    """Live counts of the views, and whether the queue holds an overdue case: one query, compiled once a place."""
    shown = tuple(view for view in views_for(user) if view.slug not in {"all", "closed"})
    if not user.workplaces:
        return {view.slug: 0 for view in shown}, False
    slugs = tuple(view.slug for view in shown)
    numbers, late = compiled.counts(
        (EmailCase, slugs, user.pk, str(user.place_filter())),
        lambda: [view.cases(user) for view in shown],
        lambda: VIEWS["queue"].cases(user).exclude(urgent_for="").filter(urgent_at__lt=Now()),
    )
    return dict(zip(slugs, numbers, strict=True)), late


def state_counts(user: User) -> dict[str, int]:
    """Open cases on each state, for the procedure map."""
    rows = EmailCase.objects.visible_to(user).filter(state__in=OPEN).values_list("state").annotate(Count("pk"))
    return dict(rows.order_by("state"))


@dataclass(frozen=True)
class Related:
    why: str
    cases: list[EmailCase]


def related(case: EmailCase, user: User) -> list[Related]:
    """Same product, same open incident, same customer: one glance answers a question for progress."""
    others = EmailCase.objects.visible_to(user).exclude(pk=case.pk)
    lines = list(case.lines.all())
    products = [line.product_id for line in lines if line.product_id] or case.suggested_product_ids()
    incidents = [line.incident_number for line in lines if line.incident_number]
    customer = Q(customer=case.customer_id) if case.customer_id else Q(sender_address=case.sender_address)
    asked: list[tuple[str, Q | None]] = [
        (_("Named by the sender"), Q(pk=case.names_id) if case.names_id else None),
        (_("Merged"), Q(merged_into=case.pk) | Q(pk=case.merged_into_id)),
        (_("Split from the same mail"), Q(split_from=case.pk) | Q(pk=case.split_from_id)),
        (_("Same incident"), Q(lines__incident_number__in=incidents) if incidents else None),
        (_("Same product id"), Q(lines__product_id__in=products) if products else None),
        (_("Same customer"), customer),
    ]
    seen: set[int] = set()
    groups = []
    for words, where in asked:
        if where is None:
            continue
        cases = [other for other in others.filter(where).order_by("-pk").distinct()[:6] if other.pk not in seen]
        seen.update(other.pk for other in cases)
        if cases:
            groups.append(Related(words, cases[:5]))
    return groups


def next_for(user: User, *, but: Iterable[int] = ()) -> EmailCase | None:
    """What to do next: the most urgent of one's own cases that wait for a person."""
    mine: QuerySet[Any] = VIEWS["mine"].cases(user).filter(awaits=True).exclude(pk__in=list(but))
    found_case: EmailCase | None = mine.order_by("urgent_at", "pk").first()
    return found_case
