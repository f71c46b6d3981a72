"""What holds do to the repair time of a ticket: gross, on hold and net by its segment's rule (requirements 2.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from segmentation.segments import Segment
from tenesa.incidents.models import Incident, IncidentStatus
from tenesa.incidents.repair_time import HELD, Ttr, left_out_of, ttr
from tenesa.timers import targets
from tickets.clock_panel import Repair, in_words
from tickets.models import EmailCase


@dataclass(frozen=True)
class OfTicket:
    """The repair time in words; `kept` says whether this segment's net keeps the time on hold."""

    repair: Repair
    segment: str
    kept: bool


def of_ticket(number: str, desk: str) -> OfTicket | None:
    """None while NOSSA was not read."""
    incident = Incident.objects.filter(number=number).prefetch_related("history").first()
    found = incident and time_of(incident.facts, [(one.at, one.status) for one in incident.history.all()], desk)
    if not incident or not found:
        return None
    segment = segment_of(incident.facts)
    return OfTicket(in_words(found), segment, keeps_pending(segment))


def time_of(facts: dict[str, Any] | None, history: Iterable[tuple[datetime, str]], desk: str) -> Ttr | None:
    reported = parse_datetime(str((facts or {}).get("reported_at") or ""))
    if reported is None:
        return None
    goal = targets.goal(EmailCase.procedure_name(), "ttr", desk, segment := segment_of(facts))
    target, warning = (goal.duration, goal.warning) if goal else (None, None)
    return ttr(segment, reported, history, timezone.now(), target=target, warning=warning)


def segment_of(facts: dict[str, Any] | None) -> str:
    found = str((facts or {}).get("segment") or "")
    return found if found in Segment.values else ""


def keeps_pending(segment: str) -> bool:
    return HELD.isdisjoint(left_out_of(segment))


# --- many rows -------------------------------------------------------------------------------------------------------
def with_history(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows that have `incident`, a number, with what NOSSA told of that ticket: no query a row, as a file needs."""
    ticket = Incident.objects.filter(number=OuterRef("incident"))
    seen = IncidentStatus.objects.filter(incident__number=OuterRef("incident")).order_by("at", "id")
    found: QuerySet[Any] = rows.annotate(
        ticket_facts=Subquery(ticket.values("facts")[:1]),
        ticket_status=Subquery(ticket.values("status")[:1]),
        ticket_history=ArraySubquery(seen.values(told=JSONObject(at="at", status="status"))),
    )
    return found


def of_row(row: Any) -> Ttr | None:
    """The repair time of a row of `with_history`; kept on it, because several columns ask."""
    if "repair_time" not in vars(row):
        told = [(parse_datetime(one["at"]), one["status"]) for one in row.ticket_history]
        row.repair_time = time_of(row.ticket_facts, [(at, status) for at, status in told if at], row.desk_id)
    found: Ttr | None = row.repair_time
    return found
