"""Rows to PostgreSQL by COPY."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.db import connection

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
_QUOTES = str.maketrans({"\\": "\\\\", '"': '\\"'})


def copy_rows(
    table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], same: Mapping[str, Any] | None = None
) -> int:
    """Append the rows to a table within the running transaction; how many there were. IntegrityError as for any insert.

    `same` are columns that have one value in all rows. A dict is written as JSON, a list or tuple as an array of texts.
    """
    text, count, same = StringIO(), 0, same or {}
    beside = "".join(f"\t{_field(value)}" for value in same.values()) + "\n"
    for row in rows:
        text.write("\t".join(map(_field, row)) + beside)
        count += 1
    text.seek(0)
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, [*columns, *same]))
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {quote(table)} ({names}) FROM STDIN", text)
    return count


def _text(text: str) -> str:
    """Most texts have nothing to escape, and are looked at faster than copied."""
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPES)


def _array(items: Sequence[str]) -> str:
    quoted = ",".join(f'"{item.translate(_QUOTES)}"' for item in items)
    return _text(f"{{{quoted}}}")


def _json(value: Any) -> str:
    return _text(_ENCODE(value))


_WRITTEN: dict[type, Callable[[Any], str]] = {
    type(None): lambda _none: "\\N",
    str: _text,
    bool: lambda true: "t" if true else "f",
    int: str,
    date: date.isoformat,
    datetime: datetime.isoformat,
    list: _array,
    tuple: _array,
}


def _field(value: Any) -> str:
    written = _WRITTEN.get(type(value)) or (_WRITTEN[str] if isinstance(value, str) else _json)  # a choice is a text
    return written(value)
