"""Rows to PostgreSQL by COPY."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.db import connection

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})
_QUOTES = str.maketrans({"\\": "\\\\", '"': '\\"'})


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Append the rows to a table within the running transaction; how many there were. IntegrityError as for any insert.

    A dict is written as JSON, a list or tuple as an array of texts.
    """
    text, count = StringIO(), 0
    for row in rows:
        text.write("\t".join(map(_field, row)) + "\n")
        count += 1
    text.seek(0)
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, columns))
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {quote(table)} ({names}) FROM STDIN", text)
    return count


def _array(items: Sequence[str]) -> str:
    quoted = ",".join(f'"{item.translate(_QUOTES)}"' for item in items)
    return f"{{{quoted}}}".translate(_ESCAPES)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).translate(_ESCAPES)


_WRITTEN: dict[type, Callable[[Any], str]] = {
    type(None): lambda _none: "\\N",
    str: lambda text: text.translate(_ESCAPES),
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
