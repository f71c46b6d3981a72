"""Rows of a list read lean: the columns that a row shows, and of each case's mails the one that the row tells of."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Case, QuerySet, When

from tenesa.mail.models import FAILED, OutboundMail
from tenesa.workflow import keyset
from tenesa.workspace.desk import Desk
from tenesa.workspace.tags import names_of_row

# In the rows of each desk.
EVERY = ("pk", "state", "needs_action", "urgent_at", "urgent_for", "warn_at", "changed_at")


@dataclass(frozen=True)
class Place:
    """Where a page begins or ends: strictly behind this row, or up to and with it. Its values, the number last."""

    values: tuple[Any, ...]
    after: bool


@cache
def listed(columns: tuple[str, ...], numbers: int) -> Any:
    """The tuple that a row is read into: the columns of every desk, its tags, these by their names, and its place: so
    many whole numbers, then the moment `at`."""
    return namedtuple("Listed", [*EVERY, "tagged", *columns, *(f"first{one}" for one in range(numbers)), "at"])


def place_of(row: Any, numbers: int) -> tuple[Any, ...]:
    """What the list is ordered by, and the row's number last."""
    return (*row[-1 - numbers :], row.pk)


def read(
    desk: Desk, cases: QuerySet[Any], *, columns: Sequence[str], newest: bool, place: Place | None, limit: int
) -> list[Any]:
    """The first rows in the list's order, as `listed`."""
    order, sign = (*columns, "pk"), "-" if newest else ""
    if place is not None:
        descending = newest == place.after
        cases = cases.filter(keyset.behind_all(order, place.values, descending=descending, with_it=not place.after))
    rows = cases.order_by(*(f"{sign}{name}" for name in order))
    rows = rows.values_list(*EVERY, names_of_row(desk.procedure), *desk.columns.values(), *columns)
    return list(map(listed(tuple(desk.columns), len(columns) - 1)._make, rows[:limit]))


def last_mails(procedure: str, ids: Sequence[int]) -> dict[int, OutboundMail]:
    """The mail that a row tells of, by case: one that did not arrive, else the newest."""
    mails = OutboundMail.objects.filter(procedure=procedure, case_id__in=ids).defer("text", "html")
    failed = Case(When(FAILED, then=0), default=1)
    newest = mails.exclude(status=OutboundMail.Status.CANCELLED).order_by("case_id", failed, "-created_at")
    return {mail.case_id: mail for mail in newest.distinct("case_id")}
