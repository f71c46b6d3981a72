"""Which version of an instrument holds, and the score of a filled-in scorecard (8.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils import timezone

from caring.quality.models import Instrument, InstrumentItem


def current(kind: Instrument.Kind, at: datetime | None = None) -> Instrument:
    """The newest version that holds then. LookupError where there is none."""
    found = (
        Instrument.objects.filter(kind=kind, valid_from__lte=at or timezone.now())
        .order_by("-version")
        .prefetch_related("items")
        .first()
    )
    if found is None:
        raise LookupError(f"No version of the instrument {kind} holds.")
    return found


def score(items: Iterable[InstrumentItem], ticks: Mapping[str, bool]) -> int:
    """The sum of the weights that are met, of 100; 0 where a critical item failed."""
    total = 0
    for item in items:
        met = ticks.get(item.code, False)
        if item.critical and not met:
            return 0
        total += item.weight if met else 0
    return total
