"""Counts of lists, compiled once and asked in one query: through the ORM a whole page takes 1.4 to 1.7 times as long
(ADR-0030)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

SQL = tuple[str, tuple[Any, ...]]
COMPILED = 3_000  # for each person one of a desk, its filtered lists, and what failed
COUNT_UP_TO = 100  # a rail tells "many", it does not do statistics

_compiled: dict[Hashable, SQL] = {}


def compiled(key: Hashable, write: Callable[[], SQL]) -> SQL:
    """The statement of this key, written once; None: written anew."""
    if key is None:
        return write()
    if key not in _compiled:
        if len(_compiled) >= COMPILED:
            _compiled.pop(next(iter(_compiled), None), None)
        _compiled[key] = write()
    return _compiled[key]


Asked = Callable[[], tuple[Sequence[QuerySet[Any]], QuerySet[Any]]]


def counts(parts: Sequence[tuple[Hashable, Asked]]) -> list[tuple[list[int], bool]]:
    """For each part how many rows its querysets have, never more than COUNT_UP_TO, and whether its last has any.

    One query for all of them. Querysets of the same key have the same conditions; those on time ask the database's
    clock.
    """
    statements = [compiled(key, partial(_counting, asked)) for key, asked in parts]
    if not statements:
        return []
    with connection.cursor() as cursor:
        sql = ", ".join(f"ARRAY[{one}]" for one, _values in statements)
        cursor.execute(f"SELECT {sql}", [value for _sql, values in statements for value in values])
        return [(list(numbers[:-1]), bool(numbers[-1])) for numbers in cursor.fetchone()]


def _counting(asked: Asked) -> SQL:
    rows, late = asked()
    parts = [_sql(one.order_by()[:COUNT_UP_TO], "(SELECT count(*) FROM ({}) AS counted)", "0") for one in rows]
    parts.append(_sql(late.order_by(), "(EXISTS ({}))::int", "0"))
    return ", ".join(sql for sql, _values in parts), tuple(value for _sql, more in parts for value in more)


def _sql(rows: QuerySet[Any], form: str, empty: str) -> SQL:
    try:
        sql, values = rows.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return empty, ()
    return form.format(sql), values
