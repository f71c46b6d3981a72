"""Rows of a list read lean: the columns that a row shows, and of each case's mails the one that the row tells of."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Case, Q, QuerySet, When

from tenesa.mail.models import FAILED, OutboundMail
from tenesa.workspace.desk import Desk

# In the rows of each desk.
EVERY = ("pk", "state", "needs_action", "urgent_at", "urgent_for", "warn_at", "changed_at")


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


def read(desk: Desk, cases: QuerySet[Any], *, column: str, newest: bool, place: Place | None, limit: int) -> list[Any]:
    """The first rows in the list's order, as `listed`."""
    sign, past = ("-", "lt") if newest else ("", "gt")
    if place is not None:  # the first part alone is what the index ranges over
        past = past if place.after else {"lt": "gt", "gt": "lt"}[past]
        last = {f"pk__{past}" if place.after else f"pk__{past}e": place.pk}
        cases = cases.filter(
            Q(**{f"{column}__{past}": place.moment}) | Q(**last), **{f"{column}__{past}e": place.moment}
        )
    rows = cases.order_by(f"{sign}{column}", f"{sign}pk").values_list(*EVERY, *desk.columns.values(), column)
    return list(map(listed(tuple(desk.columns))._make, rows[:limit]))


def last_mails(procedure: str, ids: Sequence[int]) -> dict[int, OutboundMail]:
    """The mail that a row tells of, by case: one that did not arrive, else the newest."""
    mails = OutboundMail.objects.filter(procedure=procedure, case_id__in=ids).defer("text", "html")
    failed = Case(When(FAILED, then=0), default=1)
    newest = mails.exclude(status=OutboundMail.Status.CANCELLED).order_by("case_id", failed, "-created_at")
    return {mail.case_id: mail for mail in newest.distinct("case_id")}
