"""The class of a customer: special, VVIP, high speed, super emergency, and what the list orders (W-26 5.1, 5.2.4).

Read in two questions, by index, with the words for pages. An entry for one service alone counts where that service is
asked about, or where nobody said which one it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from segmentation.customers import Customer, CustomerNumber, Service
from segmentation.lists import ListEntry
from segmentation.segments import Product
from segmentation.special_list.states import LIVE, NO_TIER, TIERS, Action, Criterion, Kind
from tenesa.accounts.models import SYSTEM, User
from tenesa.contact.numbers import normal
from tenesa.workflow.perform import open_case, perform

ORDER = list(Action)  # the most restrictive first


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
        return (*said, *self.tags)

    @property
    def tags(self) -> tuple[str, ...]:
        """What a service says by itself; nobody's secret."""
        return (str(Criterion.HIGH_SPEED.label),) if self.high_speed else ()

    @property
    def _speed_counts(self) -> bool:
        return self.high_speed and bool(settings.W26["high_speed_counts"])


def class_of(*, customer: Customer | None = None, number: str = "", at: datetime | None = None) -> CustomerClass:
    """Of a customer, or of whoever has this number; of nobody where it is unknown. Two questions."""
    who = _of_customer(customer) if customer is not None else _of_number(number)
    if not who:
        return CustomerClass()
    customers = tuple(dict.fromkeys(pk for pk, _service, _fast in who))
    services = {service for _pk, service, _fast in who}
    rows = ListEntry.objects.filter(in_force(at), customer__in=customers).order_by("pk")
    if None not in services:
        rows = rows.filter(Q(service=None) | Q(service__in=services))
    return CustomerClass(customers, tuple(map(_facts, rows)), any(fast for _pk, _service, fast in who))


def in_force(at: datetime | None = None) -> Q:
    """Entries that count at the moment, whether a sweep has ended them by then or not."""
    day = timezone.localdate(at)
    return Q(state__in=LIVE, valid_from__lte=day, valid_to__gte=day)


Who = Sequence[tuple[int, int | None, bool]]  # customer, service (None: no particular one), is high speed


def _of_customer(customer: Customer) -> Who:
    return [(customer.pk, None, high_speed(Service.objects.filter(customer=customer)).exists())]


def _of_number(number: str) -> Who:
    found = CustomerNumber.objects.filter(number=normal(number)).order_by("customer_id", "service_id")
    fast = Exists(high_speed(Service.objects.filter(customer=OuterRef("customer"))))
    return [
        (row[0], row[1], row[2]) for row in found.annotate(fast=fast).values_list("customer_id", "service_id", "fast")
    ]


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
