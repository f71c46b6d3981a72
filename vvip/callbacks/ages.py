"""Bands of age of the callbacks in the queue, for the board and the reports (requirements 7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenesa import door
from vvip.callbacks.states import State

IN_QUEUE = Q(state=State.QUEUED)
BANDS: tuple[tuple[Promise, int], ...] = (  # minutes from which on one has waited
    (_("up to 15 min"), 0), (_("15–30 min"), 15), (_("30–60 min"), 30),
    (_("1–4 h"), 60), (_("4–24 h"), 240), (_("over a day"), 1440),
)  # fmt: skip


def band_of(value: str) -> Q | None:
    """The condition of the band of this number, as an address names it."""
    number, known = door.number(value), list(bands(timezone.now()))
    return known[number][1] if number is not None and number < len(known) else None


def bands(now: datetime) -> Iterator[tuple[Promise, Q]]:
    """Each band with its condition; every callback in the queue is in just one."""
    ends = [*(now - timedelta(minutes=minutes) for _label, minutes in BANDS[1:]), None]
    young: datetime | None = None
    for (label, _minutes), old in zip(BANDS, ends, strict=True):
        where = IN_QUEUE
        if young is not None:
            where &= Q(waits_from__lte=young)
        if old is not None:
            where &= Q(waits_from__gt=old)
        yield label, where
        young = old
