"""The 147 desk on the leader's board: calls by where they are, callbacks by tier and age, super emergencies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
    places: Sequence[tuple[str, str, Q, str]] = (
        ("free", _("Nobody has taken it yet"), Q(state__in=AT_TIER1, owner=None), "waiting"),
        ("held", _("Being handled at the desk"), Q(state__in=AT_TIER1, owner__isnull=False), "waiting"),
        ("queued", _("Waits for callback"), Q(state=State.CALLBACK_QUEUED), "open"),
        ("tier2", _("With Tier 2"), Q(state__in=AT_TIER2), "open"),
        ("asked", _("Waits for your decision"), Q(state=State.BACKEND_WAIT_APPROVAL), "open"),
        ("backend", _("With the back-end"), Q(state=State.BACKEND), "open"),
    )
    open_calls = SpecialCase.objects.visible_to(user).exclude(state=State.CLOSED).order_by()
    late = ~Q(urgent_for="") & Q(urgent_at__lt=now)
    counted: dict[str, Any] = {}
    for name, _label, where, _view in places:
        counted[name] = Count("pk", filter=where)
        counted[f"{name}_late"] = Count("pk", filter=where & late)
        counted[f"{name}_since"] = Min("urgent_at", filter=where & late)
    told = open_calls.aggregate(**counted)
    lines = [
        Line(label, told[name], _address("calls", view), _late(told[f"{name}_late"], told[f"{name}_since"], now))
        for name, label, _where, view in places
    ]
    asked = next(place for place, (name, *_rest) in enumerate(places) if name == "asked")
    lines[asked] = Line(lines[asked].label, lines[asked].count, reverse("approvals:list"), lines[asked].alarm)
    signal = "breach" if any(line.alarm for line in lines) else "risk"
    it = {"lines": lines}
    return Card("calls147", _("147 calls"), "vvip/board_lines.html", it, told["free"], signal, _address("calls"), 12)


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
    late = IN_QUEUE & Q(due_at__lt=now)
    told = live.aggregate(
        late=Count("pk", filter=late),
        since=Min("due_at", filter=late),
        held=Count("pk", filter=Q(state__in=HELD)),
        planned=Count("pk", filter=Q(state=CallbackState.SCHEDULED)),
        retry=Count("pk", filter=Q(state=CallbackState.RETRY_WAIT, with_leader=False)),
        leader=Count("pk", filter=Q(state=CallbackState.RETRY_WAIT, with_leader=True)),
        alone=Count("pk", filter=Q(state=CallbackState.CONNECTED, with_leader=True)),
        left=Count("pk", filter=Q(abandons__gte=TOO_OFTEN_LEFT)),
    )
    decide = ngettext("decide about it", "decide about them", told["leader"]) if told["leader"] else ""
    lines = [
        Line(_("Not taken in time"), told["late"], address, _late(told["late"], told["since"], now)),
        Line(_("Not reached in any attempt"), told["leader"], _address("callbacks", "leader"), decide),
        Line(
            _("Customer reached, agent gone"), told["alone"], _address("callbacks", "leader"),
            _("ask who can take it") if told["alone"] else "",
        ),
        Line(
            _("Left by agents three times"), told["left"], _address("callbacks", "live"),
            _("ask who can take it") if told["left"] else "",
        ),
        Line(_("Being called"), told["held"], _address("callbacks", "live")),
        Line(_("Appointments"), told["planned"], _address("callbacks", "live")),
        Line(_("Wait for the next attempt"), told["retry"], _address("callbacks", "live")),
    ]  # fmt: skip
    total = sum(band.total for band in lines_of_age)
    it = {"segments": tiers, "bands": lines_of_age, "address": address, "filter": "tier", "lines": lines}
    signal = "breach" if told["late"] or told["leader"] or told["alone"] else "risk"
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
