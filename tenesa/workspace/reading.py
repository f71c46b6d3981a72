"""Rows of a list read in one query: the case's columns, and the mail that the row tells of.

The conditions of a view are compiled once; building them anew for every page costs several times what PostgreSQL
needs to find the rows.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from tenesa.mail.models import OutboundMail
from tenesa.workflow.compiled import SQL, compiled
from tenesa.workspace.desk import Desk, View

Status = OutboundMail.Status
EVERY = (
    "pk",
    "state",
    "needs_action",
    "urgent_at",
    "urgent_for",
    "warn_at",
    "changed_at",
)  # in each desk's rows


class Posted(NamedTuple):
    """Of a mail, what tells whether it arrived; names as the model has them."""

    status: str
    scheduled: bool
    send_after: datetime
    attempts: int
    sent_at: datetime | None
    bounced_at: datetime | None
    settled_at: datetime | None
    error: str

    @property
    def failed(self) -> bool:
        return self.settled_at is None and (self.status == Status.DEAD or self.bounced_at is not None)


@dataclass(frozen=True)
class Place:
    """Where a page begins or ends: strictly behind this row, or up to and with it. Its values, the number last."""

    values: tuple[Any, ...]
    after: bool


@cache
def listed(columns: tuple[str, ...], numbers: int) -> Any:
    """The tuple that a row is read into: the columns of every desk, these by their names, and its place: so many whole
    numbers, then the moment `at`."""
    return namedtuple("Listed", [*EVERY, *columns, *(f"first{one}" for one in range(numbers)), "at"])


def place_of(row: Any, numbers: int) -> tuple[Any, ...]:
    """What the list is ordered by, and the row's number last."""
    return (*row[-1 - numbers :], row.pk)


# One that did not arrive, else the newest (tenesa.mail.models.FAILED)
_WITH_MAIL = f"""
SELECT page.*, {", ".join(f"mail.{name}" for name in Posted._fields)}
  FROM ({{page}}) AS page ({{fields}})
  LEFT JOIN LATERAL (
       SELECT {", ".join(Posted._fields)} FROM mail_outboundmail
        WHERE procedure = '{{procedure}}' AND case_id = page.pk AND status <> 'CANCELLED'
        ORDER BY settled_at IS NULL AND (status = 'DEAD' OR status = 'SENT' AND bounced_at IS NOT NULL) DESC,
                 created_at DESC
        LIMIT 1) AS mail ON true
 ORDER BY {{by}}"""  # noqa: S608

Read = tuple[Any, Posted | None]


def read(
    desk: Desk,
    view: View,
    cases: Callable[[], QuerySet[Any]],
    key: Hashable,
    *,
    columns: Sequence[str],
    newest: bool,
    place: Place | None,
    limit: int,
) -> list[Read]:
    """The first rows in the list's order. Querysets of the same key have the same conditions; None: not kept."""
    shape = listed(tuple(desk.columns), len(columns) - 1)
    try:
        sql, values = compiled(key, partial(_conditions, desk, cases, columns))
    except EmptyResultSet:
        return []
    way, order = ("<", "DESC") if newest else (">", "ASC")
    own = [f'"{desk.model._meta.db_table}"."{name}"' for name in (*columns, "id")]
    if place is not None:  # a comparison of rows is what an index of this order ranges over
        way = way if place.after else _turned(way) + "="
        sql += f"{_joined(sql)}({', '.join(own)}) {way} ({', '.join(['%s'] * len(own))})"
        values = (*values, *place.values)
    page = f"{sql} ORDER BY {_by(own, order)} LIMIT {limit}"
    by = _by([*(f"page.{name}" for name in shape._fields[-len(columns) :]), "page.pk"], order)
    fields = ", ".join(shape._fields)
    with connection.cursor() as cursor:
        statement = _WITH_MAIL.format(page=page, fields=fields, procedure=desk.procedure, by=by)
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    width = len(shape._fields)
    return [(shape._make(row[:width]), Posted._make(row[width:]) if row[width] else None) for row in rows]


def _conditions(desk: Desk, cases: Callable[[], QuerySet[Any]], columns: Sequence[str]) -> SQL:
    paths: Sequence[str] = (*EVERY, *desk.columns.values(), *columns)
    return cases().order_by().values_list(*paths).query.sql_with_params()


def _by(columns: Sequence[str], order: str) -> str:
    return ", ".join(f"{one} {order}" for one in columns)


def _joined(sql: str) -> str:
    return " AND " if " WHERE " in sql else " WHERE "


def _turned(way: str) -> str:
    return "<" if way == ">" else ">"
