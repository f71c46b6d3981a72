"""Rows of the queue read in one query: the case, its customer's name, and the mail that the row tells of.

The conditions of a view are compiled once; building them anew for every page costs several times what PostgreSQL
needs to find the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from tenesa.mail.models import OutboundMail
from tenesa.workflow.compiled import SQL, compiled
from tickets.models import EmailCase
from tickets.states import State

Status = OutboundMail.Status


class Listed(NamedTuple):
    """What a row of the list shows of its case; names as the model has them."""

    pk: int
    state: str
    segment: str
    subject: str
    sender_name: str
    sender_address: str
    customer_name: str | None
    triage: str
    reason: str
    unread_by: str
    urgent_at: datetime
    urgent_for: str
    warn_at: datetime | None
    answered_at: datetime | None
    changed_at: datetime
    mail_kind: str
    mail_looks_like: str

    @property
    def number(self) -> str:
        return f"{EmailCase.prefix}{self.pk:07d}"

    def get_state_display(self) -> str:
        return str(State(self.state).label)


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


_ELSEWHERE = {
    "customer_name": "customer__name",
    "mail_kind": "last_mail__kind",
    "mail_looks_like": "last_mail__looks_like",
}
_COLUMNS = [_ELSEWHERE.get(name, name) for name in Listed._fields]
_CASE = len(Listed._fields)
# One that did not arrive, else the newest (tenesa.mail.models.FAILED)
_WITH_MAIL = f"""
SELECT page.*, {", ".join(f"mail.{name}" for name in Posted._fields)}
  FROM ({{page}}) AS page ({", ".join(Listed._fields)})
  LEFT JOIN LATERAL (
       SELECT {", ".join(Posted._fields)} FROM mail_outboundmail
        WHERE procedure = '{EmailCase.procedure_name()}' AND case_id = page.pk AND status <> 'CANCELLED'
        ORDER BY settled_at IS NULL AND (status = 'DEAD' OR status = 'SENT' AND bounced_at IS NOT NULL) DESC,
                 created_at DESC
        LIMIT 1) AS mail ON true
 ORDER BY {{order}}"""  # noqa: S608
_TABLE = EmailCase._meta.db_table

Read = tuple[Listed, Posted | None]


def read(
    cases: Callable[[], QuerySet[EmailCase]], key: Hashable, *, newest: bool, place: Place | None, limit: int
) -> list[Read]:
    """The first rows in the list's order. Querysets of the same key have the same conditions; None: not kept."""
    try:
        sql, values = compiled(key, partial(_conditions, cases))
    except EmptyResultSet:
        return []
    column, way, order = ("changed_at", "<", "DESC") if newest else ("urgent_at", ">", "ASC")
    if place is not None:  # the first part alone is what the index ranges over
        own, pk = f'"{_TABLE}"."{column}"', f'"{_TABLE}"."id"'
        moment, past = (f"{way}=", way) if place.after else (_turned(way) + "=", _turned(way))
        last = pk + (f" {past} %s" if place.after else f" {past}= %s")
        sql += f" AND {own} {moment} %s AND ({own} {past} %s OR {last})"
        values = (*values, place.moment, place.moment, place.pk)
    page = f'{sql} ORDER BY "{_TABLE}"."{column}" {order}, "{_TABLE}"."id" {order} LIMIT {limit}'
    with connection.cursor() as cursor:
        cursor.execute(_WITH_MAIL.format(page=page, order=f"page.{column} {order}, page.pk {order}"), values)
        rows = cursor.fetchall()
    return [(Listed._make(row[:_CASE]), Posted._make(row[_CASE:]) if row[_CASE] else None) for row in rows]


def _conditions(cases: Callable[[], QuerySet[EmailCase]]) -> SQL:
    return cases().order_by().values_list(*_COLUMNS).query.sql_with_params()


def _turned(way: str) -> str:
    return "<" if way == ">" else ">"
