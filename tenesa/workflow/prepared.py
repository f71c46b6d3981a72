"""Statements that PostgreSQL keeps: a connection that runs one again has it parsed and planned once.

Reading a row of fifty columns by its number costs PostgreSQL twice as much to plan as to do. Where PgBouncer hands
out connections by the transaction (PGBOUNCER=1), nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

KEPT = 100  # statements a connection keeps, each some 30 kB of the server

Part = tuple[str, Sequence[Any]]

_names = count(1)
_kept: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()  # driver's connection → SQL → name, "" seen once


def run(parts: Sequence[Part]) -> tuple[Any, ...] | None:
    """Run statements in one round trip inside a transaction; the first row of the last one's answer, if any."""
    with connection.cursor() as cursor:
        kept = _of_this_connection()
        fresh: dict[str, str] = {}
        texts: list[str] = []
        values: list[Any] = []
        for sql, given in parts:
            if kept is None or sql not in kept:
                fresh[sql] = ""
                texts.append(sql)
            else:
                name = kept[sql] or fresh.get(sql)
                if not name:  # a name is never used twice: one whose batch failed may exist or not
                    name = fresh[sql] = f"tenesa_{next(_names)}"
                    cursor.execute(f"PREPARE {name} AS {_numbered(sql)}")
                texts.append(f"EXECUTE {name}({', '.join(['%s'] * len(given))})" if given else f"EXECUTE {name}")
            values += given
        cursor.execute("; ".join(texts), values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    if kept is not None and len(kept) < KEPT:
        kept.update(fresh)
    return row


def _of_this_connection() -> dict[str, str] | None:
    if connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
        return None
    return _kept.setdefault(connection.connection, {})


def part(sql: str, values: Mapping[str, Any]) -> Part:
    """One statement with %(names)s instead of %s."""
    text, names = _by_place(sql)
    return text, [values[name] for name in names]


@cache
def _by_place(sql: str) -> tuple[str, tuple[str, ...]]:
    return re.sub(r"%\(\w+\)s", "%s", sql), tuple(re.findall(r"%\((\w+)\)s", sql))


def _numbered(sql: str) -> str:
    first, *rest = sql.split("%s")
    return "".join([first, *(f"${place}{text}" for place, text in enumerate(rest, start=1))]).replace("%%", "%")
