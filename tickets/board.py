"""The e-mail desk on the leader's board: the queue by age. Beside it what the menu counts for many persons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from segmentation.segments import SHORT, Segment
from tenesa import door
from tenesa.accounts.models import User
from tenesa.ui.board import Card
from tenesa.workflow.procedures import has_cases
from tickets.models import EmailCase
from tickets.selectors import IN_QUEUE
from tickets.states import ENDED

BANDS: tuple[tuple[Promise, int], ...] = (  # older than so many minutes
    (_("up to 15 min"), 0), (_("15–60 min"), 15), (_("1–4 h"), 60), (_("4–24 h"), 240), (_("over a day"), 1440),
)  # fmt: skip


@dataclass(frozen=True)
class Band:
    label: str | Promise
    counts: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(count for _segment, count in self.counts)


def cards(user: User) -> Iterator[Card]:
    if has_cases(EmailCase, user):
        yield _queue(user, timezone.now())


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


def held_by(people: Any) -> dict[int, int]:
    """How many open cases each of these persons holds: the menu's count of “Mine”, read for all at once."""
    found: defaultdict[int, int] = defaultdict(int)
    mine = EmailCase.objects.filter(owner__in=people).exclude(state__in=ENDED).order_by()
    found.update(dict(mine.values_list("owner").annotate(Count("pk"))))
    return found
