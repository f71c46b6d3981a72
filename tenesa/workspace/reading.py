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
    """Where a page begins or ends: strictly behind this row, or up to and with it."""

    moment: datetime
    pk: int
    after: bool


@cache
def listed(columns: tuple[str, ...]) -> Any:
    """The tuple that a row is read into: the columns of every desk, these by their names, and `at`, its place."""
    return namedtuple("Listed", [*EVERY, *columns, "at"])


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
 ORDER BY page.at {{order}}, page.pk {{order}}"""  # noqa: S608

Read = tuple[Any, Posted | None]


def read(
    desk: Desk,
    view: View,
    cases: Callable[[], QuerySet[Any]],
    key: Hashable,
    *,
    column: str,
    newest: bool,
    place: Place | None,
    limit: int,
) -> list[Read]:
    """The first rows in the list's order. Querysets of the same key have the same conditions; None: not kept."""
    shape = listed(tuple(desk.columns))
    try:
        sql, values = compiled(key, partial(_conditions, desk, cases, column))
    except EmptyResultSet:
        return []
    table, way, order = desk.model._meta.db_table, *(("<", "DESC") if newest else (">", "ASC"))
    own, pk = f'"{table}"."{column}"', f'"{table}"."id"'
    if place is not None:  # the first part alone is what the index ranges over
        moment, past = (f"{way}=", way) if place.after else (_turned(way) + "=", _turned(way))
        last = pk + (f" {past} %s" if place.after else f" {past}= %s")
        sql += f"{_joined(sql)}{own} {moment} %s AND ({own} {past} %s OR {last})"
        values = (*values, place.moment, place.moment, place.pk)
    page = f"{sql} ORDER BY {own} {order}, {pk} {order} LIMIT {limit}"
    fields = ", ".join(shape._fields)
    with connection.cursor() as cursor:
        statement = _WITH_MAIL.format(page=page, fields=fields, procedure=desk.procedure, order=order)
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    width = len(shape._fields)
    return [(shape._make(row[:width]), Posted._make(row[width:]) if row[width] else None) for row in rows]


def _conditions(desk: Desk, cases: Callable[[], QuerySet[Any]], column: str) -> SQL:
    paths: Sequence[str] = (*EVERY, *desk.columns.values(), column)
    return cases().order_by().values_list(*paths).query.sql_with_params()


def _joined(sql: str) -> str:
    return " AND " if " WHERE " in sql else " WHERE "


def _turned(way: str) -> str:
    return "<" if way == ">" else ">"
