"""Questions compiled once: building them anew through the ORM costs several times what PostgreSQL needs to answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

SQL = tuple[str, tuple[Any, ...]]
COMPILED = 500  # one for a view, a choice of filters and a desk
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


def counts(
    key: Hashable, asked: Callable[[], Sequence[QuerySet[Any]]], late: Callable[[], QuerySet[Any]]
) -> tuple[list[int], bool]:
    """How many rows each queryset has, never more than COUNT_UP_TO, and whether `late` has any: one query.

    Querysets of the same key have the same conditions; those on time ask the database's clock.
    """
    sql, values = compiled(key, partial(_counting, asked, late))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        *numbers, any_late = cursor.fetchone()
    return numbers, any_late


def _counting(asked: Callable[[], Sequence[QuerySet[Any]]], late: Callable[[], QuerySet[Any]]) -> SQL:
    parts = [_sql(rows.order_by()[:COUNT_UP_TO], "(SELECT count(*) FROM ({}) AS counted)", "0") for rows in asked()]
    parts.append(_sql(late().order_by(), "EXISTS ({})", "false"))
    return f"SELECT {', '.join(sql for sql, _values in parts)}", tuple(value for _sql, more in parts for value in more)


def _sql(rows: QuerySet[Any], form: str, empty: str) -> SQL:
    try:
        sql, values = rows.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return empty, ()
    return form.format(sql), values
