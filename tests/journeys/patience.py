"""Waiting that ends: ask again until the answer is there or the time is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 60.0  # seconds; only a failing test waits so long, and a busy machine is no failure


def eventually(probe: Callable[[], T | None], seconds: float = PATIENCE, *, what: str | Callable[[], str] = "it") -> T:
    """Ask until the answer is true-ish and return it; when the time is over, say what did not come."""
    end = time.monotonic() + seconds
    while not (answer := probe()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for {what if isinstance(what, str) else what()}")
        time.sleep(0.05)
    return answer


def only(items: Iterable[T]) -> T:
    """The one item; more or fewer fail the test."""
    found: Sequence[T] = list(items)
    assert len(found) == 1, found
    return found[0]
