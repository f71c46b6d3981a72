"""Counts the report of calls anew for every day on which a result has changed, and for its month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from caring.models import CaringResult
from caring.prospects.states import ENDED
from caring.reports.models import CallReport
from caring.reports.parts import REASONS, STANDING
from caring.results.states import State
from tenesa.accounts.roles import Role
from tenesa.retention import notices

DESK = "CARING"
OVERLAP = timedelta(minutes=5)  # transactions that were running when it was counted last
_PARTS = ",\n".join(
    f"count(*) FILTER (WHERE r.reason = ANY(%({part})s){' AND r.state <> %(superseded)s' if part in STANDING else ''})"
    for part in REASONS
)
_NAMES = ", ".join(["present", "callers", "orders", "calls", *REASONS])
_COUNT = f"""
WITH present AS (
    SELECT t.desk_id, count(DISTINCT p.user_id) AS people FROM accounts_presencechange p
    JOIN accounts_membership m ON m.user_id = p.user_id AND m.role = %(agent)s
    JOIN accounts_team t ON t.id = m.team_id
    WHERE p.at >= %(begin)s AND p.at < %(end)s AND p.state = 'AVAILABLE' GROUP BY t.desk_id
),
counted AS (
    SELECT r.desk_id, r.campaign, coalesce(max(present.people), 0) AS present, count(DISTINCT r.agent_id) AS callers,
        count(DISTINCT r.prospect_id) AS orders, count(*) AS calls,
        {_PARTS}
    FROM caring_caringresult r LEFT JOIN present ON present.desk_id = r.desk_id
    WHERE r.day >= %(first)s AND r.day <= %(last)s GROUP BY r.desk_id, r.campaign
)
INSERT INTO caring_callreport (desk_id, span, first, campaign, {_NAMES}, "left", counted_at)
SELECT c.desk_id, %(span)s, %(first)s, c.campaign, c.{", c.".join(_NAMES.split(", "))},
    (SELECT count(*) FROM caring_prospect p
      WHERE p.desk_id = c.desk_id AND p.campaign = c.campaign AND p.opened_at < %(end)s
        AND (p.state <> ALL(%(ended)s) OR p.changed_at >= %(end)s)), %(now)s
FROM counted AS c(desk_id, campaign, {_NAMES})
ON CONFLICT (desk_id, span, first, campaign) DO UPDATE SET
    ({_NAMES}, "left", counted_at) = ROW(excluded.{", excluded.".join(_NAMES.split(", "))},
        CASE WHEN %(over)s THEN caring_callreport."left" ELSE excluded."left" END, excluded.counted_at)
"""  # noqa: S608 - our own names


def count_changed() -> int:
    """Count anew what has changed since it was counted last; returns how many days. Run by beat.

    What was left at the end of a day or month that is over stays as it was then. A month of which prospects were
    disposed of is counted no more: its figures stay whole.
    """
    last = CallReport.objects.aggregate(last=Max("counted_at"))["last"]
    changed = CaringResult.objects.filter(desk=DESK)
    changed = changed.filter(changed_at__gt=last - OVERLAP) if last else changed
    gone = notices.gone_until("caring.prospect")
    days = sorted(set(changed.order_by().values_list("day", flat=True).distinct()))
    days = [day for day in days if gone is None or day >= after_month(gone)]
    count(days)
    return len(days)


def count(days: Sequence[date]) -> None:
    """Count these days and their months."""
    for day in days:
        _count(CallReport.Span.DAY, day, day)
    for month in sorted({day.replace(day=1) for day in days}):
        _count(CallReport.Span.MONTH, month, after_month(month) - timedelta(days=1))


def after_month(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _count(span: str, first: date, last: date) -> None:
    given: dict[str, Any] = {
        "span": span, "first": first, "last": last, "begin": _midnight(first), "end": _midnight(last + timedelta(1)),
        "agent": Role.AGENT_CARING.value, "superseded": State.SUPERSEDED.value, "now": timezone.now(),
        "ended": _values(ENDED), "over": last < timezone.localdate(),
        **{part: _values(reasons) for part, reasons in REASONS.items()},
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)


def _values(choices: Iterable[Any]) -> list[str]:
    return [str(one.value) for one in choices]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
