"""Places in a list by keyset: the moment and the number of the last row, and what stands behind it."""

from __future__ import annotations

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


def place(moment: datetime | date, pk: int) -> str:
    """The place of a row as text for an address line."""
    return f"{moment.isoformat()}_{pk}"


def read(text: str) -> Place | None:
    """The place that the text names; None where it is empty. Raises BadRequest, in words, where it is no place."""
    if not text:
        return None
    moment, _underscore, pk = text.rpartition("_")
    return moment_of(moment), number_of(pk)


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


def uuid_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise _unknown() from None


def _unknown() -> BadRequest:
    return BadRequest(_("This place in the list is not known. Begin again at its top."))


def behind(column: str, at: Any, pk: Any, *, descending: bool = False) -> Q:
    """Rows strictly behind a place; its first part alone is what an index ranges over."""
    way = "lt" if descending else "gt"
    return Q(**{f"{column}__{way}e": at}) & (Q(**{f"{column}__{way}": at}) | Q(**{f"pk__{way}": pk}))
