"""The repair time of an incident in the mirror, in figures and in words (requirements 2.4, ADR-0018)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from tenesa.incidents.models import Incident, IncidentStatus
from tenesa.incidents.repair_time import HELD, Ttr, left_out_of, ttr
from tenesa.timers import targets
from tenesa.timers.spans import span_words

NAME = "ttr"  # of the clock whose targets hold, whichever procedure brings it


@dataclass(frozen=True)
class IncidentHistory:
    """An incident as NOSSA told it: when it was reported and which status it had from when on."""

    number: str
    reported: datetime
    history: list[tuple[datetime, str]]


def histories_of(incidents: Iterable[int]) -> dict[int, IncidentHistory]:
    """The incidents whose reporting time is known, with their history: one query, none without incidents."""
    wanted = list(incidents)
    if not wanted:
        return {}
    history = IncidentStatus.objects.filter(incident=OuterRef("pk")).order_by("at", "id")
    told = ArraySubquery(history.values(told=_TOLD))
    known = Incident.objects.filter(pk__in=wanted).annotate(reported=KT("facts__reported_at"), told=told)
    rows = known.values_list("pk", "number", "reported", "told")
    found = ((pk, number, parse_datetime(reported or ""), told) for pk, number, reported, told in rows)
    return {pk: IncidentHistory(number, at, _history(told)) for pk, number, at, told in found if at is not None}


_TOLD = JSONObject(at="at", status="status")


def _history(told: Iterable[dict[str, str]]) -> list[tuple[datetime, str]]:
    return [(datetime.fromisoformat(one["at"]), one["status"]) for one in told]


# --- in words --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Repair:
    """A repair time in words; `signal` compares net with the segment's target."""

    gross: str
    pending: str
    net: str
    target: str
    signal: str


@dataclass(frozen=True)
class IncidentRepair:
    """The repair time in words; `kept` says whether this segment's net keeps the time on hold."""

    repair: Repair
    segment: str
    kept: bool


def of_ticket(number: str, desk: str) -> IncidentRepair | None:
    """None while NOSSA was not read."""
    incident = Incident.objects.filter(number=number).prefetch_related("history").first()
    found = incident and time_of(incident.facts, [(one.at, one.status) for one in incident.history.all()], desk)
    if not incident or not found:
        return None
    segment = segment_of(incident.facts)
    return IncidentRepair(in_words(found), segment, keeps_pending(segment))


def in_words(times: Ttr) -> Repair:
    target = length(times.target) if times.target else ""
    return Repair(length(times.gross), length(times.pending), length(times.net), target, times.signal)


def length(span: timedelta) -> str:
    """Whole minutes as a person writes them."""
    return span_words(abs(span).total_seconds())


# --- from NOSSA's facts ----------------------------------------------------------------------------------------------
def time_of(facts: dict[str, Any] | None, history: Iterable[tuple[datetime, str]], desk: str) -> Ttr | None:
    """Measured against the target of the desk and the segment that NOSSA names."""
    reported = parse_datetime(str((facts or {}).get("reported_at") or ""))
    if reported is None:
        return None
    segment = segment_of(facts)
    goal = targets.goal(targets.procedure_of(NAME), NAME, desk, segment)
    target, warning = (goal.duration, goal.warning) if goal else (None, None)
    return ttr(segment, reported, history, timezone.now(), target=target, warning=warning)


def segment_of(facts: dict[str, Any] | None) -> str:
    """As NOSSA spells it, "" where no target knows the segment."""
    found = str((facts or {}).get("segment") or "")
    return found if found in targets.segments_of(targets.procedure_of(NAME)) else ""


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
        ticket_history=ArraySubquery(seen.values(told=_TOLD)),
    )
    return found


def of_row(row: Any) -> Ttr | None:
    """The repair time of a row of `with_history`; kept on it, because several columns ask."""
    if "repair_time" not in vars(row):
        row.repair_time = time_of(row.ticket_facts, _history(row.ticket_history), row.desk_id)
    found: Ttr | None = row.repair_time
    return found
