"""Fields of a result in which two systems may differ, each with its tolerance (requirements 8.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from caring.reconciliation.names import Names, plain
from caring.reconciliation.rows import Row

WIDTHS = {"login": 10, "receiver": 20}  # what MyCX and TAMARA keep of it
SECONDS = 2  # of the duration: the two clocks stop one after the other


def kept(field: str, value: str) -> str:
    """The text as far as the other system keeps it; a cut may leave a space at the end."""
    return plain(value[: WIDTHS.get(field, len(value))])


def line(number: str) -> str:
    """A line's number by its digits; a sheet loses leading zeros."""
    return "".join(filter(str.isdigit, number)).lstrip("0") or plain(number)


def differing(ours: Row, theirs: Row, names: Names) -> tuple[str, ...]:
    """The names of the fields that differ; what one of the two does not keep is not compared."""
    return tuple(field for field, same in _SAME.items() if not _agree(field, same, ours, theirs, names))


_Same = Callable[[str, Any, Any, Names], bool]


def _agree(field: str, same: _Same, ours: Row, theirs: Row, names: Names) -> bool:
    one, other = getattr(ours, field), getattr(theirs, field)
    return one is None or other is None or one == other or same(field, one, other, names)


def _text(field: str, one: str, other: str, _names: Names) -> bool:
    return kept(field, one) == kept(field, other)


def _named(field: str, one: str, other: str, names: Names) -> bool:
    return names(field, one) == names(field, other)


def _exact(_field: str, _one: Any, _other: Any, _names: Names) -> bool:
    return False  # they are not the same, or nobody had asked


_SAME: dict[str, _Same] = {
    "day": _exact,
    "fastel": lambda _field, one, other, _names: line(one) == line(other),
    "login": _text,
    "campaign": _text,
    "status": _named,
    "category": _named,
    "reason": _named,
    "receiver": _text,
    "amount": _exact,
    "promised_on": _exact,
    "duration": lambda _field, one, other, _names: abs(one - other) <= SECONDS,
}
FIELDS = tuple(_SAME)
