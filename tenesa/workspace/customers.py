"""How a customer and its class are shown. The app that keeps the customers registers in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tenesa.workspace.cross_desk import CustomerKeys


@dataclass(frozen=True)
class CustomerLabel:
    """A customer on the pages of others: name, the words of its class, and the address of its page."""

    label: str
    chips: tuple[str, ...]
    address: str


_keepers: list[Callable[[CustomerKeys], CustomerLabel | None]] = []


def register(keeper: Callable[[CustomerKeys], CustomerLabel | None]) -> None:
    _keepers.append(keeper)


def shown_as(known: CustomerKeys) -> CustomerLabel | None:
    """None where nobody keeps such a customer."""
    return next((shown for keeper in _keepers if (shown := keeper(known)) is not None), None)
