"""What only goes along with a step (a clock, a call, a suggestion) does not stop it where it must be taken.

Nothing here costs anything as long as all goes well: whoever has to get through tries as usual, and once more inside
`sparing()` when that failed. There an effect that fails is undone by itself, left out, and said in words.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import OperationalError, transaction

logger = logging.getLogger(__name__)
_left_out: ContextVar[list[str] | None] = ContextVar("left_out", default=None)


@contextmanager
def sparing() -> Iterator[list[str]]:
    """The list that it gives says afterwards what was left out and why."""
    words: list[str] = []
    token = _left_out.set(words)
    try:
        yield words
    finally:
        _left_out.reset(token)


@contextmanager
def spare(label: object) -> Iterator[None]:
    """Around what may be left out: outside of `sparing()` its failure is everybody's."""
    words = _left_out.get()
    if words is None:
        yield
        return
    try:
        with transaction.atomic():
            yield
    except OperationalError:
        raise  # the connection or the whole transaction is lost
    except Exception as error:
        logger.exception("left out: %s", label)
        words.append(f"{label}: {error or type(error).__name__}")
