"""Wake-ups that leave together: many cases changed by one transaction cost one message, not one each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

Send = Callable[[list[Any]], None]

_gathered: ContextVar[dict[Send, list[Any]] | None] = ContextVar("gathered", default=None)


def later(send: Send, item: Any) -> None:
    """Hand the item to `send` at once; inside `batched()` at its end, in one list with the others for it."""
    gathered = _gathered.get()
    if gathered is None:
        send([item])
    else:
        gathered.setdefault(send, []).append(item)


@contextmanager
def batched() -> Iterator[None]:
    """Put it around a transaction: what its commit tells is gathered, and sent when the block ends."""
    gathered: dict[Send, list[Any]] = {}
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
        for send, items in gathered.items():
            send(items)
