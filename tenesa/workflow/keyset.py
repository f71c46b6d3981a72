"""Places in a list by keyset: the moment and the number of the last row, and what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.door import number

YEARS = range(1970, 2200)  # beyond them neither time zones nor PostgreSQL's driver follow

Place = tuple[datetime, int]


def place(*values: Any) -> str:
    """The place of a row as text for an address line: what the list is ordered by, and the row's number last."""
    return "_".join(one.isoformat() if isinstance(one, date) else str(one) for one in values)


def read(text: str) -> Place | None:
    """The place, a moment and a number, that the text names; None where it is empty. Raises BadRequest, in words, where
    it is no place."""
    if not text:
        return None
    moment, _underscore, pk = text.rpartition("_")
    return moment_of(moment), number_of(pk)


def read_after_numbers(text: str, numbers: int) -> tuple[Any, ...] | None:
    """The same of a list that is ordered by so many whole numbers before the moment."""
    *first, last = text.split("_", numbers)
    found = read(last)
    if len(first) < numbers and text:
        raise _unknown()
    return (*map(_whole, first), *found) if found else None


def moment_of(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _unknown() from None
    if moment.year not in YEARS:
        raise _unknown()
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def number_of(text: str) -> int:
    if (found := number(text)) is None:
        raise _unknown()
    return found


def _whole(text: str) -> int:
    """A number that a list is ordered by; the largest score comes first as the smallest negative one."""
    return -number_of(text[1:]) if text.startswith("-") else number_of(text)


def uuid_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise _unknown() from None


def _unknown() -> BadRequest:
    return BadRequest(_("This place in the list is not known. Begin again at its top."))


def behind(column: str, at: Any, pk: Any, *, descending: bool = False) -> Q:
    """Rows strictly behind a place; its first part alone is what an index ranges over."""
    return behind_all((column, "pk"), (at, pk), descending=descending)


def behind_all(columns: Sequence[str], values: Sequence[Any], *, descending: bool = False, with_it: bool = False) -> Q:
    """The same in a list that is ordered by several columns, the number last; or `with_it`, the place itself too."""
    way = "lt" if descending else "gt"
    found = Q(**{f"{columns[-1]}__{way}{'e' if with_it else ''}": values[-1]})
    for name, value in reversed(list(zip(columns[:-1], values[:-1], strict=True))):
        found = Q(**{f"{name}__{way}e": value}) & (Q(**{f"{name}__{way}": value}) | found)
    return found
