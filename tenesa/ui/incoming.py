"""What reaches a person wherever they work, as a telephone rings: every page of theirs shows it at once.

The app that brings it registers the address of its fragment in AppConfig.ready, and tells "pop person:<pk>" when there
is something new (`tenesa.ui.live.tell`).
"""

from __future__ import annotations

from collections.abc import Callable

from tenesa.accounts.models import User

Address = Callable[[User], str]
_addresses: list[Address] = []


def register(address: Address) -> None:
    """`address` is "" for whom nothing comes in this way."""
    _addresses.append(address)


def addresses_of(user: User) -> list[str]:
    return [found for address in _addresses if (found := address(user))]
