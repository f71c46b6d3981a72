"""Durations in buckets: enough for a histogram and for percentiles that can be added up (P-05 5.2)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

MINUTE, HOUR, DAY = 60, 3600, 86400
# Upper ends, inclusive; one more bucket holds what is longer.
BOUNDS = (
    *(5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 20 * MINUTE, 30 * MINUTE, 45 * MINUTE, HOUR, 90 * MINUTE),
    *(2 * HOUR, 3 * HOUR, 4 * HOUR, 8 * HOUR, DAY, 3 * DAY, 7 * DAY),
)
COUNT = len(BOUNDS) + 1


def bucket_of(seconds: int) -> int:
    return bisect_left(BOUNDS, seconds)


def percentile(buckets: Sequence[int], share: float) -> int | None:
    """The end of the bucket in which this share of all is reached: "at most so long". None of nothing.

    0 stands for "longer than every bound".
    """
    total, reached = sum(buckets), 0
    for place, count in enumerate(buckets):
        reached += count
        if total and reached >= share * total:
            return BOUNDS[place] if place < len(BOUNDS) else 0
    return None
