"""The 147 desk on the leader's board: calls by where they are, callbacks by tier and age, super emergencies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenesa.accounts.models import User
from tenesa.timers.spans import span_words
from tenesa.ui.board import Card
from vvip.callbacks.ages import IN_QUEUE, bands
from vvip.callbacks.states import HELD, LIVE, TOO_OFTEN_LEFT, Tier
from vvip.callbacks.states import State as CallbackState
from vvip.calls.states import AT_TIER1, AT_TIER2, State
from vvip.models import Callback, SpecialCase
from vvip.services import DESK

LISTED = 12


@dataclass(frozen=True)
class Line:
    """One figure; `alarm` says in words what is wrong with it."""

    label: str
    count: int
    url: str
    alarm: str = ""


@dataclass(frozen=True)
class Band:
    label: str | Promise
    counts: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(count for _tier, count in self.counts)


CALLS: Sequence[tuple[str, Promise, Q]] = (  # where the open calls are
    ("figure-free", gettext_lazy("Nobody has taken it yet"), Q(state__in=AT_TIER1, owner=None)),
    ("figure-held", gettext_lazy("Being handled at the desk"), Q(state__in=AT_TIER1, owner__isnull=False)),
    ("figure-queued", gettext_lazy("Waits for callback"), Q(state=State.CALLBACK_QUEUED)),
    ("figure-tier2", gettext_lazy("With Tier 2"), Q(state__in=AT_TIER2)),
    ("figure-asked", gettext_lazy("Waits for a decision"), Q(state=State.BACKEND_WAIT_APPROVAL)),
    ("figure-backend", gettext_lazy("With the back-end"), Q(state=State.BACKEND)),
)
CALLBACKS: Sequence[tuple[str, Promise, Q]] = (  # who does not wait in the queue in time, and why
    ("figure-untaken", gettext_lazy("Not taken in time"), IN_QUEUE & Q(due_at__lt=Now())),
    ("figure-leader", gettext_lazy("Not reached in any attempt"), Q(state=CallbackState.RETRY_WAIT, with_leader=True)),
    ("figure-alone", gettext_lazy("Customer reached, agent gone"), Q(state=CallbackState.CONNECTED, with_leader=True)),
    ("figure-left", gettext_lazy("Left by agents three times"), Q(abandons__gte=TOO_OFTEN_LEFT, state__in=LIVE)),
    ("figure-held", gettext_lazy("Being called"), Q(state__in=HELD)),
    ("figure-planned", gettext_lazy("Appointments"), Q(state=CallbackState.SCHEDULED)),
    ("figure-retry", gettext_lazy("Wait for the next attempt"), Q(state=CallbackState.RETRY_WAIT, with_leader=False)),
)


def cards(user: User) -> Iterator[Card]:
    if any(desk == DESK for _role, desk, _area in user.workplaces):
        now = timezone.now()
        yield _emergencies(user, now)
        yield _calls(user, now)
        yield _callbacks(user, now)


def _late(count: int, since: datetime | None, now: datetime) -> str:
    """“3 late, the oldest for 22 m”."""
    if not count or since is None:
        return ""
    words = ngettext("%(n)d late, for %(span)s", "%(n)d late, the oldest for %(span)s", count)
    return words % {"n": count, "span": span_words((now - since).total_seconds())}


def _calls(user: User, now: datetime) -> Card:
    """Where the open calls are: at the desk, with Tier 2, before a decision, with the back-end."""
    open_calls = SpecialCase.objects.visible_to(user).exclude(state=State.CLOSED).order_by()
    late = ~Q(urgent_for="") & Q(urgent_at__lt=now)
    counted: dict[str, Any] = {}
    for number, (_slug, _label, where) in enumerate(CALLS):
        counted[f"count{number}"] = Count("pk", filter=where)
        counted[f"late{number}"] = Count("pk", filter=where & late)
        counted[f"since{number}"] = Min("urgent_at", filter=where & late)
    told = open_calls.aggregate(**counted)
    lines = [
        Line(
            str(label), told[f"count{number}"], _address("calls", slug),
            _late(told[f"late{number}"], told[f"since{number}"], now),
        )
        for number, (slug, label, _where) in enumerate(CALLS)
    ]  # fmt: skip
    signal = "breach" if any(line.alarm for line in lines) else "risk"
    it = {"lines": lines}
    return Card("calls147", _("147 calls"), "vvip/board_lines.html", it, told["count0"], signal, lines[0].url, 12)


def _callbacks(user: User, now: datetime) -> Card:
    """Who waits in the queue, by tier and by how long; below, who does not wait there, and why."""
    live = Callback.objects.visible_to(user).filter(state__in=LIVE).order_by()
    ages = list(bands(now))
    counts = {f"band{number}": Count("pk", filter=where) for number, (_label, where) in enumerate(ages)}
    rows = {row["tier"]: row for row in live.filter(IN_QUEUE).values("tier").annotate(**counts)}
    tiers = [(str(tier.value), str(tier.label)) for tier in Tier if tier in rows]
    lines_of_age = [
        Band(label, [(tier, int(rows[int(tier)][f"band{number}"])) for tier, _words in tiers])
        for number, (label, _where) in enumerate(ages)
    ]
    address = _address("callbacks", "queue")
    counted: dict[str, Any] = {slug: Count("pk", filter=where) for slug, _label, where in CALLBACKS}
    told = live.aggregate(since=Min("due_at", filter=CALLBACKS[0][2]), **counted)
    left = told["figure-leader"]
    ask = _("ask who can take it")
    alarms = {
        "figure-untaken": _late(told["figure-untaken"], told["since"], now),
        "figure-leader": ngettext("decide about it", "decide about them", left) if left else "",
        "figure-alone": ask if told["figure-alone"] else "",
        "figure-left": ask if told["figure-left"] else "",
    }
    lines = [
        Line(str(label), told[slug], _address("callbacks", slug), alarms.get(slug, "")) for slug, label, _q in CALLBACKS
    ]
    total = sum(band.total for band in lines_of_age)
    it = {"segments": tiers, "bands": lines_of_age, "address": address, "filter": "tier", "lines": lines}
    signal = "breach" if any(told[one] for one in ("figure-untaken", "figure-leader", "figure-alone")) else "risk"
    title, template = _("Callbacks by tier and age"), "vvip/board_callbacks.html"
    return Card("callbacks147", title, template, it, total, signal, address, 14, wide=True)


def _emergencies(user: User, now: datetime) -> Card:
    """Each with its owner, and when the customer has to hear of it next (requirements 7.1)."""
    found = SpecialCase.objects.visible_to(user).filter(is_super_emergency=True)
    calls = list(found.select_related("emergency_owner", "customer").order_by("news_due", "pk")[:LISTED])
    late = [call for call in calls if call.state != State.CLOSED and call.news_due and call.news_due < now]
    alarm = ngettext("%(n)d customer waits for news", "%(n)d customers wait for news", len(late)) % {"n": len(late)}
    it = {"calls": calls, "alarm": alarm if late else ""}
    signal, address = "breach" if late else "risk", _address("calls", "emergency")
    return Card(
        "emergencies", _("Super emergencies"), "vvip/board_emergencies.html", it, found.count(), signal, address, 8
    )


def _address(desk: str, view: str = "") -> str:
    address = reverse(f"{desk}:list")
    return f"{address}?view={view}" if view else address
