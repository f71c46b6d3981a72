"""The e-mail desk on the team leader's board: people and what they hold, the queue by age, breaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from segmentation.segments import SHORT, Segment
from tenesa import door
from tenesa.accounts.models import Membership, Presence, PresenceState, User
from tenesa.accounts.roles import Role
from tenesa.ui.board import Card
from tenesa.ui.context import AUX_REASONS
from tenesa.workflow.compiled import COUNT_UP_TO
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.customers import CustomerLabel, of_rows
from tenesa.workspace.desk import Chip
from tenesa.workspace.lists import class_chip
from tickets.clocks import WORDS as TIMER_WORDS
from tickets.models import EmailCase
from tickets.selectors import IN_QUEUE
from tickets.states import ENDED

SHOWN_AT_WORK = (Role.AGENT_EMAIL, Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER)
SOON = timedelta(minutes=15)
SHOWN_OF = (  # what a line of the breaches reads
    "owner__first_name", "owner__last_name", "owner__username", "customer__reference", "segment", "subject",
    "urgent_at", "urgent_for", "warn_at", "state",
)  # fmt: skip
SHOWN, HELD, LISTED = 4, 2000, 12
BANDS: tuple[tuple[Promise, int], ...] = (  # older than so many minutes
    (_("up to 15 min"), 0), (_("15–60 min"), 15), (_("1–4 h"), 60), (_("4–24 h"), 240), (_("over a day"), 1440),
)  # fmt: skip
ORDER = [PresenceState.AVAILABLE, PresenceState.ACW, PresenceState.AUX, PresenceState.OFFLINE]


@dataclass
class Person:
    presence: Presence
    held: list[EmailCase] = field(default_factory=list)

    @property
    def reason(self) -> str:
        return str(AUX_REASONS.get(self.presence.reason, self.presence.reason))

    @property
    def shown(self) -> list[EmailCase]:
        return self.held[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.held) - len(self.shown)


@dataclass(frozen=True)
class Band:
    label: str | Promise
    counts: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(count for _segment, count in self.counts)


def cards(user: User) -> Iterator[Card]:
    now = timezone.now()
    yield _breaches(user, now)
    yield _queue(user, now)
    yield _people(user)


def _people(user: User) -> Card:
    """W-05 1.1, X-10: who is ready, who is not and why, since when, and what each holds."""
    members = Membership.objects.filter(user.place_filter("team__desk", "team__area"), role__in=SHOWN_AT_WORK)
    present = Presence.objects.filter(user__in=members.values("user")).select_related("user")
    people = {one.user_id: Person(one) for one in present.order_by("since")}
    held = EmailCase.objects.visible_to(user).filter(owner__in=list(people)).exclude(state__in=ENDED)
    for case in held.only("owner_id", "state", "subject", "urgent_at", "urgent_for", "warn_at").order_by("urgent_at")[
        :HELD
    ]:
        people[case.owner_id].held.append(case)
    groups = [
        (_named(state), state.value, [person for person in people.values() if person.presence.state == state])
        for state in ORDER
    ]
    return Card(
        "people", _("People"), "ui/board_people.html", {"groups": [group for group in groups if group[2]]},
        order=30, wide=True,
    )  # fmt: skip


def _named(state: PresenceState) -> str:
    """Those who decide are on duty where those who work are in auto-in."""
    return f"{state.label} · {gettext('On duty')}" if state == PresenceState.AVAILABLE else str(state.label)


def bands(now: datetime) -> list[Q]:
    """The condition of each band; a case of the queue is in just one."""
    ends = [now - timedelta(minutes=minutes) for _label, minutes in BANDS]
    bounds = zip([None, *ends[1:]], [*ends[1:], None], strict=True)
    return [
        Q(**({"received_at__lte": young} if young else {}), **({"received_at__gt": old} if old else {}))
        for young, old in bounds
    ]


def band_of(value: str) -> Q | None:
    """The band of this number, as an address names it."""
    number = door.number(value)
    known = bands(timezone.now())
    return known[number] if number is not None and number < len(known) else None


def _queue(user: User, now: datetime) -> Card:
    """The queue by how long customers have waited, and by segment."""
    counts = {f"band{number}": Count("pk", filter=where) for number, where in enumerate(bands(now))}
    rows = EmailCase.objects.visible_to(user).filter(IN_QUEUE).order_by().values("segment").annotate(**counts)
    by_segment: dict[str, dict[str, Any]] = {str(row["segment"]): dict(row) for row in rows}
    segments = [(value, SHORT.get(value, "–")) for value in Segment.values if value in by_segment]
    rows_of_age = [
        Band(label, [(value, int(by_segment.get(value, {}).get(f"band{number}", 0))) for value, _words in segments])
        for number, (label, _minutes) in enumerate(BANDS)
    ]
    address = f"{reverse('cases:list')}?view=queue"
    it = {"segments": segments, "bands": rows_of_age, "address": address}
    return Card(
        "queue", _("Queue by age"), "ui/board_queue.html", it, sum(b.total for b in rows_of_age), url=address, order=20
    )


def _breaches(user: User, now: datetime) -> Card:
    """Deadlines that are over, and those of the next 15 minutes; the nearest clock of every open case."""
    running = EmailCase.objects.visible_to(user).exclude(state__in=ENDED).exclude(urgent_for="")
    running = running.order_by("urgent_at", "pk")
    over = running.filter(urgent_at__lt=now)
    coming = running.filter(urgent_at__gte=now, urgent_at__lt=now + SOON)
    late, soon = (list(found.select_related("owner", "customer").only(*SHOWN_OF)[:LISTED]) for found in (over, coming))
    known = [CustomerKeys(case.customer.reference) if case.customer else None for case in (*late, *soon)]
    chips = [_chips(*one) for one in zip((*late, *soon), of_rows(known, user), strict=True)]
    count, lines = over[:COUNT_UP_TO].count(), list(zip((*late, *soon), chips, strict=True))
    it: dict[str, Any] = {"late": lines[: len(late)], "soon": lines[len(late) :], "count": count, "words": TIMER_WORDS}
    address = f"{reverse('cases:list')}?view=figure-late"
    return Card("breaches", _("Breaches"), "ui/board_breaches.html", it, count, "breach", url=address, order=10)


def _chips(case: EmailCase, label: CustomerLabel | None) -> list[Chip]:
    """Segment of the case, class of the customer."""
    return [*([Chip(SHORT[case.segment])] if case.segment else ()), *class_chip(label)]


def held_by(people: Any) -> dict[int, int]:
    """How many open cases each of these persons holds: the menu's count of “Mine”, read for all at once."""
    found: defaultdict[int, int] = defaultdict(int)
    mine = EmailCase.objects.filter(owner__in=people).exclude(state__in=ENDED).order_by()
    found.update(dict(mine.values_list("owner").annotate(Count("pk"))))
    return found
