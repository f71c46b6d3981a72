"""Reading answers: each field is checked first, so that bad data is an error in words and never a crash."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar

Value = TypeVar("Value")
INCIDENT = re.compile(r"INC?\d{6,10}")


class BadDataError(ValueError):
    """A field is missing or is not what the contract says; `http` turns it into Unavailable."""


class Fields:
    """The fields of one JSON object, read by name and kind."""

    def __init__(self, data: object, where: str = "") -> None:
        if not isinstance(data, Mapping):
            raise BadDataError(where or "data")
        self._data = data
        self._where = where

    def text(self, name: str, *, empty: bool = False) -> str:
        value = self._data.get(name)
        if not isinstance(value, str) or not (value.strip() or empty):
            raise BadDataError(self._path(name))
        return value

    def words(self, name: str) -> str:
        """A text that may be empty or missing."""
        return "" if self._data.get(name) is None else self.text(name, empty=True)

    def incident(self, name: str) -> str:
        number = self.text(name)
        if not INCIDENT.fullmatch(number):
            raise BadDataError(self._path(name))
        return number

    def one_of(self, name: str, words: Collection[str]) -> str:
        value = self.text(name)
        if value not in words:
            raise BadDataError(self._path(name))
        return value

    def whole(self, name: str) -> int:
        value = self._data.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            raise BadDataError(self._path(name))
        return value

    def whole_or_none(self, name: str) -> int | None:
        return None if self._data.get(name) is None else self.whole(name)

    def number(self, name: str) -> float:
        value = self._data.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadDataError(self._path(name))
        return float(value)

    def number_or_none(self, name: str) -> float | None:
        return None if self._data.get(name) is None else self.number(name)

    def flag(self, name: str) -> bool:
        value = self._data.get(name)
        if not isinstance(value, bool):
            raise BadDataError(self._path(name))
        return value

    def moment(self, name: str) -> datetime:
        with self._parsing(name):
            moment = datetime.fromisoformat(self.text(name))
        if moment.tzinfo is None:
            raise BadDataError(self._path(name))
        return moment

    def moment_or_none(self, name: str) -> datetime | None:
        return self.moment(name) if self._data.get(name) else None

    def day(self, name: str) -> date:
        with self._parsing(name):
            return date.fromisoformat(self.text(name))

    def day_or_none(self, name: str) -> date | None:
        return self.day(name) if self._data.get(name) else None

    def one(self, name: str, read: Callable[[Fields], Value]) -> Value:
        return read(Fields(self._data.get(name), self._path(name)))

    def many(self, name: str, read: Callable[[Fields], Value]) -> tuple[Value, ...]:
        items = self._data.get(name)
        if not isinstance(items, list):
            raise BadDataError(self._path(name))
        return tuple(read(Fields(item, f"{self._path(name)}[{index}]")) for index, item in enumerate(items))

    def plain(self, name: str) -> dict[str, Any]:
        """An object as it came; empty when there is none."""
        value = self._data.get(name)
        return dict(value) if isinstance(value, Mapping) else {}

    def same(self, name: str, wanted: str) -> str:
        """The answer must be about what was asked for."""
        if self.text(name) != wanted:
            raise BadDataError(self._path(name))
        return wanted

    def _path(self, name: str) -> str:
        return f"{self._where}.{name}" if self._where else name

    @contextmanager
    def _parsing(self, name: str) -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            raise BadDataError(self._path(name)) from error


def plain(value: Any) -> Any:
    """A value object as JSON-able data, with the field names as keys."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
