"""The clock of a demonstration: what its people did days ago is taken by the real door, at that time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from django.utils import timezone


@contextmanager
def ago(span: timedelta) -> Iterator[Callable[[timedelta], None]]:
    """Within it this process reads a clock that is so late; what it yields moves that clock on. Outside systems, other
    processes and the database keep their own: for loading a demonstration alone."""
    true, late = timezone.now, [span]

    def pass_by(more: timedelta) -> None:
        late[0] -= more

    with patch.object(timezone, "now", lambda: true() - late[0]):
        yield pass_by
