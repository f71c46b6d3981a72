"""What reaches a person wherever they work, as a telephone rings: every page of theirs shows it at once.

The app that brings it registers the address of its fragment in AppConfig.ready, and tells "pop person:<pk>" when there
is something new (`tenesa.ui.live.tell`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tenesa.accounts.models import Presence, User

Address = Callable[[User], str]
Waits = Callable[[Presence | None], bool]
_ways: list[tuple[Address, Waits]] = []


@dataclass(frozen=True)
class Door:
    """The address of a fragment; `waits`: something may be there already, so that a new page asks at once."""

    address: str
    waits: bool


def register(address: Address, waits: Waits = lambda _presence: True) -> None:
    """`address` is "" for whom nothing comes in this way; `waits` tells by the person's presence whether to ask."""
    _ways.append((address, waits))


def doors_of(user: User, presence: Presence | None) -> list[Door]:
    return [Door(found, waits(presence)) for address, waits in _ways if (found := address(user))]
