"""What every page asks for and administrators rarely change: read once, and kept for some seconds in every process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import transaction

T = TypeVar("T")


class Remembered(Generic[T]):
    """The answer of `read`, asked anew after `seconds`: so soon another process's change is seen, one's own at once.

    `forget` may be connected to the signals of what was read.
    """

    def __init__(self, read: Callable[[], T], seconds: float) -> None:
        self._read, self._seconds = read, seconds
        self._kept: tuple[float, T] | None = None
        EVERYTHING.append(self)

    def __call__(self) -> T:
        kept = self._kept
        if kept is None or kept[0] < time.monotonic() - self._seconds:
            kept = self._kept = time.monotonic(), self._read()
        return kept[1]

    def forget(self, **signal: Any) -> None:
        """Read again at the next question, and once more when the change that is being made is committed."""
        self._kept = None
        if signal:
            transaction.on_commit(self.forget)


EVERYTHING: list[Remembered[Any]] = []
