"""The class of a customer: special, VVIP, high speed, super emergency, and what the list orders (W-26 5.1, 5.2.4).

Read in one question, by index, with the words for pages. An entry for one service alone counts where that service is
asked about, or where nobody said which one it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from segmentation.customers import Customer, CustomerNumber, Service
from segmentation.lists import ListEntry
from segmentation.lookup import SAID
from segmentation.segments import Product
from segmentation.special_list.states import LIVE, NO_TIER, TIERS, Action, Criterion, Kind
from tenesa.accounts.models import SYSTEM, User
from tenesa.contact.numbers import normal
from tenesa.workflow.at_once import rows_of
from tenesa.workflow.perform import open_case, perform

ORDER = list(Action)  # the most restrictive first
AT_ONCE = 40  # keys of the rows of a list that a statement is written for
ANY = -1_000_000  # stands for the number of any customer in a statement that is written once
Who = Callable[[], QuerySet[Customer]]
Part = tuple[str, Callable[[], QuerySet[Any]]]


@dataclass(frozen=True)
class EntryFacts:
    """One entry in force, as other procedures may keep it."""

    pk: int
    number: str
    kind: str
    criterion: str
    label: str
    action: str
    valid_to: date


@dataclass(frozen=True)
class CustomerClass:
    """What counts for a customer at a moment.

    `listed`: a special entry is in force. `high_speed`: 50 - 100 Mbps, computed from the services. `action` is the most
    restrictive of all entries, `decided_by` the entry that named it. `tier` is the place in the callback queue, 0 to 4,
    or 9. `customers` are the keys of whom the number meant: the class is the highest of theirs.
    """

    customers: tuple[int, ...] = ()
    entries: tuple[EntryFacts, ...] = ()
    high_speed: bool = False

    @property
    def vvip(self) -> bool:
        return any(entry.kind == Kind.VVIP for entry in self.entries)

    @property
    def listed(self) -> bool:
        return any(entry.kind == Kind.SPECIAL for entry in self.entries) or self._speed_counts

    @property
    def way_out(self) -> bool:
        """The way-out script and a callback are due (5.2.5, 5.3.3)."""
        return self.listed or self.vvip

    @property
    def super_emergency(self) -> bool:
        return any(entry.criterion == Criterion.SUPER_EMERGENCY for entry in self.entries)

    @property
    def decided_by(self) -> EntryFacts | None:
        return min(self.entries, key=lambda entry: (ORDER.index(Action(entry.action)), entry.pk), default=None)

    @property
    def action(self) -> str:
        return self.decided_by.action if self.decided_by else Action.NONE

    @property
    def action_words(self) -> str:
        return str(Action(self.action).label)

    @property
    def tier(self) -> int:
        tiers = [TIERS[entry.criterion] for entry in self.entries]
        return min([*tiers, TIERS[Criterion.HIGH_SPEED] if self._speed_counts else NO_TIER])

    @property
    def words(self) -> tuple[str, ...]:
        """Short, for chips: what whoever needs the reason reads."""
        said = [f"{Kind(entry.kind).label} · {entry.label}" for entry in self.entries]
        listed = {str(entry.label) for entry in self.entries}
        return (*said, *(tag for tag in self.tags if tag not in listed))

    @property
    def tags(self) -> tuple[str, ...]:
        """What a service says by itself; nobody's secret."""
        return (str(Criterion.HIGH_SPEED.label),) if self.high_speed else ()

    @property
    def _speed_counts(self) -> bool:
        return self.high_speed and bool(settings.W26["high_speed_counts"])


def class_of(*, customer: Customer | None = None, number: str = "", at: datetime | None = None) -> CustomerClass:
    """Of a customer, or of whoever has this number; of nobody where it is unknown. One question."""
    if customer is not None:
        return _told(read_by("pk", lambda: Customer.objects.filter(pk=ANY), {ANY: customer.pk}), at)
    known = normal(number)
    if not known:
        return CustomerClass()
    numbers = ("numbers", lambda: CustomerNumber.objects.filter(number=SAID).order_by("customer_id", "pk"))
    who = lambda: Customer.objects.filter(numbers__number=SAID).distinct()  # noqa: E731
    read = read_by("number", who, {SAID: known}, numbers)
    return _told(read, at, {one.service_id for one in read.more})


def of_rows(key: Hashable, who: Who, values: Mapping[Any, Any]) -> tuple[Customer, CustomerClass] | None:
    """The first of these customers and its class, in one question; None where there is none.

    Querysets of one key differ in nothing but in what `values` stands for (`rows_of`).
    """
    read = read_by(key, who, values)
    return (read.customers[0], _told(read, None)) if read.customers else None


Known = dict[str, tuple[Customer, CustomerClass]]


def by_references(references: Collection[str]) -> Known:
    """Customers with their classes by their numbers, in one question."""
    said, values = _stand_ins(references)
    read = read_by(("references", len(said)), lambda: Customer.objects.filter(reference__in=said), values)
    return {one.reference: (one, told) for one, told in _each(read)}


def by_services(numbers: Collection[str]) -> Known:
    """The same by the numbers of their services."""
    said, values = _stand_ins(numbers)

    def services() -> QuerySet[Service]:
        return Service.objects.filter(product_id__in=said)

    who = lambda: Customer.objects.filter(pk__in=services().values("customer"))  # noqa: E731
    read = read_by(("of services", len(said)), who, values, ("services", services))
    told = {one.pk: (one, its) for one, its in _each(read)}
    return {service.product_id: told[service.customer_id] for service in read.more}


def _stand_ins(keys: Collection[str]) -> tuple[list[str], dict[Any, Any]]:
    """What stands for the keys in a statement that is written once for so many, and their values."""
    said = [f"{SAID} {place}" for place in range(-(-len(keys) // AT_ONCE) * AT_ONCE)]
    return said, dict(zip_longest(said, keys, fillvalue=""))


@dataclass(frozen=True)
class Read:
    customers: list[Customer]
    entries: list[ListEntry]
    fast: frozenset[int]
    more: list[Any]


def read_by(key: Hashable, who: Who, values: Mapping[Any, Any], *more: Part) -> Read:
    """Customers, their live entries, and the keys of those with a high speed."""

    def entries() -> QuerySet[Any]:
        return ListEntry.objects.filter(state__in=LIVE, customer__in=who().order_by().values("pk")).order_by("pk")

    def fast() -> QuerySet[Any]:
        return who().filter(Exists(high_speed(Service.objects.filter(customer=OuterRef("pk"))))).order_by("pk")

    parts: list[tuple[Hashable, Callable[[], QuerySet[Any]]]] = [
        (("class", key, "customers"), lambda: who().order_by("pk")),
        (("class", key, "entries"), entries),
        (("class", key, "fast", settings.W26["above_100"]), fast),
        *((("class", key, name), rows) for name, rows in more),
    ]
    customers, live, tagged, *rest = rows_of(parts, values)
    return Read(customers, live, frozenset(one.pk for one in tagged), rest[0] if rest else [])


def _each(read: Read) -> Iterator[tuple[Customer, CustomerClass]]:
    """Every customer with what counts for it alone."""
    for one in read.customers:
        entries = [entry for entry in read.entries if entry.customer_id == one.pk]
        yield one, _told(Read([one], entries, read.fast & {one.pk}, []), None)


def _told(read: Read, at: datetime | None, services: Collection[int | None] = (None,)) -> CustomerClass:
    """Entries of the services that were asked about, on their days, whether a sweep has ended them by then or not."""
    day = timezone.localdate(at)
    counted = [
        one
        for one in read.entries
        if one.valid_from <= day <= one.valid_to
        and (None in services or one.service_id is None or one.service_id in services)
    ]
    return CustomerClass(tuple(one.pk for one in read.customers), tuple(map(_facts, counted)), bool(read.fast))


def high_speed(services: QuerySet[Service]) -> QuerySet[Service]:
    """Internet packages of 50 - 100 Mbps inclusive; faster ones by setting (5.1.1; AMB-22)."""
    fast = services.filter(product=Product.INTERNET, facts__mbps__gte=50)
    return fast if settings.W26["above_100"] else fast.filter(facts__mbps__lte=100)


def _facts(entry: ListEntry) -> EntryFacts:
    return EntryFacts(entry.pk, entry.number, entry.kind, entry.criterion, entry.label, entry.action, entry.valid_to)


# --- super emergency: set and lifted by steps of the special cases (V-12, V-22) --------------------------------------
def super_emergency_on(customer: Customer, *, by: User, case_number: str, until: datetime) -> ListEntry:
    """The customer's status, until that day at the latest; `by` approved it in the case. One that is set lasts longer.

    Call it in the transaction of the step that decides it.
    """
    day = timezone.localdate(until)
    if there := emergency_of(customer):
        return perform(there, "prolong", actor=SYSTEM, case_number=case_number, until=day)
    entry = ListEntry(desk_id=by.places[0][1])
    given: dict[str, Any] = {"approver": by, "customer": customer, "case_number": case_number, "until": day}
    with transaction.atomic():
        return open_case(entry, "declare_emergency", actor=SYSTEM, valid_from=timezone.localdate(), **given)


def super_emergency_off(customer: Customer, *, reason: str) -> ListEntry | None:
    """The status goes back; None where it was not set any more."""
    there = emergency_of(customer)
    return perform(there, "lift", actor=SYSTEM, note=reason) if there else None


def emergency_of(customer: Customer) -> ListEntry | None:
    found: ListEntry | None = ListEntry.objects.filter(
        customer=customer, criterion=Criterion.SUPER_EMERGENCY, state__in=LIVE
    ).first()
    return found
