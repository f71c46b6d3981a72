"""What the leader's board shows and is too much to count at each glance: kept for a minute (requirements 8, X-10).

Nonatero's counts of the day stand beside ours; while it does not answer, the last that it told, and that it is down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import cast

from django.core.cache import cache
from django.db.models import Case, CharField, Count, Q, Value, When
from django.utils import timezone

from caring.models import Prospect
from caring.prospects.states import HELD, OPEN, State
from tenesa.systems import clients
from tenesa.systems.errors import SystemError_

DESK = "CARING"
PROSPECTS, NONATERO = "caring-board-prospects", "caring-board-nonatero"
KEPT_FOR, KEPT_AT_MOST = 60, 24 * 3600
PLACES = ("ready", "later", "appointment", "held")
AGES = (1, 3, 7, 14)  # days since the list; what is older has a band of its own
COUNTS = ("called", "contacted", "agree", "follow_up", "decline")


@dataclass(frozen=True)
class Open:
    """Open prospects by age (a place in `AGES`, one more for what is older) and place, and what quotas still hold."""

    counts: Mapping[tuple[int, str], int]
    quota: int
    at: datetime


@dataclass(frozen=True)
class Nonatero:
    """Its counts of a day by campaign; `at` is when it told them, None where it never did."""

    day: date
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    at: datetime | None = None
    is_down: bool = False


def open_prospects() -> Open:
    return cast("Open", cache.get_or_set(PROSPECTS, _open_prospects, KEPT_FOR))


def _open_prospects() -> Open:
    """One walk over what is open at the desk."""
    now = timezone.now()
    here = Case(
        When(state__in=HELD, then=Value("held")),
        When(ready=True, then=Value("ready")),
        When(state=State.FOLLOW_UP, then=Value("appointment")),
        default=Value("later"),
        output_field=CharField(),
    )
    rows = Prospect.objects.filter(desk=DESK, state__in=OPEN).order_by().annotate(here=here)
    since = [Q(opened_at__gt=now - timedelta(days=days)) for days in AGES]
    counts = {f"age{at}": Count("pk", filter=where) for at, where in enumerate(since)}
    found: dict[tuple[int, str], int] = {}
    for row in rows.values("here").annotate(n=Count("pk"), **counts):
        younger = 0
        for at in range(len(AGES)):
            found[at, row["here"]], younger = row[f"age{at}"] - younger, row[f"age{at}"]
        found[len(AGES), row["here"]] = row["n"] - younger
    quota = Prospect.objects.filter(desk=DESK, ready=True, team__isnull=False).count()
    return Open(found, quota, now)


def nonatero() -> Nonatero:
    """What Nonatero told last; of another day it told nothing."""
    told: Nonatero | None = cache.get(NONATERO)
    today = timezone.localdate()
    return told if told is not None and told.day == today else Nonatero(today)


def ask_nonatero() -> Nonatero:
    """S-26; run by beat, as no glance at the board waits for another house."""
    today, before = timezone.localdate(), nonatero()
    try:
        rows = clients.nonatero().counts(today, today)
    except SystemError_:
        told = Nonatero(today, before.counts, before.at, is_down=True)
    else:
        counts: dict[str, dict[str, int]] = {}
        for row in rows:
            campaign = counts.setdefault(row.campaign, dict.fromkeys(COUNTS, 0))
            for name in COUNTS:
                campaign[name] += getattr(row, name)
        told = Nonatero(today, counts, timezone.now())
    cache.set(NONATERO, told, KEPT_AT_MOST)
    return told
