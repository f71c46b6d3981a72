"""How a customer and its class are shown. The app that keeps the customers registers in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tenesa.accounts.models import User
from tenesa.workflow.case import Case
from tenesa.workspace.cross_desk import CustomerKeys


@dataclass(frozen=True)
class CustomerLabel:
    """A customer on the pages of others: name, segment in words, and the address of its page.

    `marks` are the words of its class (special, VVIP …), as far as the reader needs to know them; `segment` and `mark`
    are both as short as a row of a list has room for.
    """

    label: str
    chips: tuple[str, ...]
    address: str
    marks: tuple[str, ...] = ()
    segment: str = ""
    mark: str = ""


Keeper = Callable[[CustomerKeys, User], CustomerLabel | None]
ListKeeper = Callable[[Sequence[CustomerKeys], User], list[CustomerLabel | None]]
_keepers: list[Keeper] = []
_list_keepers: list[ListKeeper] = []


def register(keeper: Keeper, of_rows: ListKeeper) -> None:
    """`of_rows` answers for the rows of a list at once: as many questions for one row as for all."""
    _keepers.append(keeper)
    _list_keepers.append(of_rows)


def of_case(case: Case, known: CustomerKeys, user: User) -> CustomerLabel | None:
    """The same for the customer of a case, read once a page."""
    return case.once(f"customer for {user.pk}", lambda: shown_as(known, user))


def shown_as(known: CustomerKeys, user: User) -> CustomerLabel | None:
    """As this person may see it; None where nobody keeps such a customer."""
    return next((shown for keeper in _keepers if (shown := keeper(known, user)) is not None), None)


def of_rows(known: Sequence[CustomerKeys | None], user: User) -> list[CustomerLabel | None]:
    """The same for the rows of a list; None for a row without a customer, for all to somebody of another house."""
    asked = [] if user.is_outside else [one for one in known if one is not None]
    found: list[CustomerLabel | None] = [None] * len(known)
    for keeper in _list_keepers if asked else ():
        answers = iter(keeper(asked, user))
        now = [next(answers) if one is not None else None for one in known]
        found = [before or after for before, after in zip(found, now, strict=True)]
    return found
