"""How a customer and its class are shown. The app that keeps the customers registers in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tenesa.accounts.models import User
from tenesa.workflow.case import Case
from tenesa.workspace.cross_desk import CustomerKeys


@dataclass(frozen=True)
class CustomerLabel:
    """A customer on the pages of others: name, segment in words, and the address of its page.

    `marks` are the words of its class (special, VVIP …), as far as the reader needs to know them.
    """

    label: str
    chips: tuple[str, ...]
    address: str
    marks: tuple[str, ...] = ()


Keeper = Callable[[CustomerKeys, User], CustomerLabel | None]
_keepers: list[Keeper] = []


def register(keeper: Keeper) -> None:
    _keepers.append(keeper)


def of_case(case: Case, known: CustomerKeys, user: User) -> CustomerLabel | None:
    """The same for the customer of a case, read once a page."""
    return case.once(f"customer for {user.pk}", lambda: shown_as(known, user))


def shown_as(known: CustomerKeys, user: User) -> CustomerLabel | None:
    """As this person may see it; None where nobody keeps such a customer."""
    return next((shown for keeper in _keepers if (shown := keeper(known, user)) is not None), None)
