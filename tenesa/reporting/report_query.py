"""What a report is asked for: period and filters, from the address line (X-12)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from tenesa import door
from tenesa.workflow.keyset import YEARS

if TYPE_CHECKING:
    from collections.abc import Mapping

PRESETS = {
    "today": _("Today"),
    "7d": _("7 days"),
    "30d": _("30 days"),
    "month": _("This month"),
    "last_month": _("Last month"),
    "year": _("This year"),
    "own": "",
}
DEFAULT = "30d"
FILTERS = ("desk", "area", "team", "agent", "segment", "part")
NONE = "-"  # asks for rows that have none: an area, a team, an agent


@dataclass(frozen=True)
class ReportQuery:
    """First and last day (both inclusive, in Jakarta), and the filters that were chosen, as text."""

    first: date
    last: date
    period: str = DEFAULT
    desk: str = ""
    area: str = ""
    team: str = ""
    agent: str = ""
    segment: str = ""
    part: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> ReportQuery:
        """From the address line; a value that makes no sense falls back to the default, never to an error."""
        today = timezone.localdate()
        period = str(given.get("period") or DEFAULT)
        first, last = _parse(given.get("from")), _parse(given.get("to"))
        preset = _preset(period if period in PRESETS else DEFAULT, today)
        if (first or last) and ("period" not in given or (first or preset[0], last or preset[1]) != preset):
            period = "own"  # days that were typed in; those that belong to the preset roll on with it
        if period == "own" and (first or last):
            first, last = first or last or today, last or today
            first, last = min(first, last), max(first, last)
        else:
            period = period if period in PRESETS and period != "own" else DEFAULT
            first, last = _preset(period, today)
        chosen = {name: str(given.get(name) or "")[:60] for name in FILTERS}
        return cls(first, last, period, **chosen)

    @property
    def begin(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.first, time.min))

    @property
    def end(self) -> datetime:
        """Exclusive."""
        return timezone.make_aware(datetime.combine(self.last + timedelta(days=1), time.min))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def but(self, **changes: Any) -> ReportQuery:
        return replace(self, **changes)

    @property
    def address(self) -> str:
        """The same question as an address line."""
        period = {"period": self.period} if self.period != "own" else {"from": self.first, "to": self.last}
        return urlencode({**period, **self.chosen})

    @property
    def chosen(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in FILTERS if getattr(self, name)}

    def narrow(self, rows: QuerySet[Any], **columns: str) -> QuerySet[Any]:
        """Keep the rows that carry the chosen filters; `columns` names those that are called otherwise, "" if none."""
        for name, value in self.chosen.items():
            column = columns.get(name, name if name in {"segment", "part"} else f"{name}_id")
            if column:
                rows = rows.filter(_condition(column, value))
        return rows

    def within(self, rows: QuerySet[Any], moment: str = "at") -> QuerySet[Any]:
        return rows.filter(**{f"{moment}__gte": self.begin, f"{moment}__lt": self.end})


def _condition(column: str, value: str) -> Q:
    if value == NONE:
        return Q(**{f"{column}__isnull": True} if column.endswith("_id") else {column: ""})
    if column in {"team_id", "agent_id", "owner_id"} and door.number(value) is None:
        return Q(pk__in=[])
    return Q(**{column: value})


def _parse(text: Any) -> date | None:
    try:
        day = parse_date(str(text or ""))
    except ValueError:
        return None
    return day if day and day.year in YEARS else None


def _preset(period: str, today: date) -> tuple[date, date]:
    month = today.replace(day=1)
    match period:
        case "today":
            return today, today
        case "7d":
            return today - timedelta(days=6), today
        case "month":
            return month, today
        case "last_month":
            last = month - timedelta(days=1)
            return last.replace(day=1), last
        case "year":
            return today.replace(month=1, day=1), today
    return today - timedelta(days=29), today
