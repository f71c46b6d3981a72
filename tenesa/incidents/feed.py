"""What NOSSA tells of its incidents: kept in our mirror, and told to the procedures that asked to hear (S-10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from tenesa.incidents.models import Incident, IncidentStatus, NossaFeed
from tenesa.systems.clients import nossa
from tenesa.systems.nossa.values import StatusChange, Worklog
from tenesa.systems.readings import plain
from tenesa.workflow.sparing import spare, sparing

US = "TENESA"  # as NOSSA names the writer of our own entries


@dataclass(frozen=True)
class Change:
    """One change of the feed; `opened` says that the ticket is new: whoever opened it knows. `previous` is its status
    before, `log` the newest entry of its worklog where that is new and not ours."""

    incident: Incident
    opened: bool
    previous: str = ""
    log: Worklog | None = None


_listeners: list[Callable[[Change], None]] = []
_alarms: list[Callable[[Incident, str], None]] = []


def register(listener: Callable[[Change], None], *, alarm: Callable[[Incident, str], None] | None = None) -> None:
    """Have `listener` called for each change, in the transaction that stores it. What fails there is left out, and told
    to every `alarm` in words: a fault of one procedure keeps the news from no other."""
    _listeners.append(listener)
    if alarm is not None:
        _alarms.append(alarm)


def read_feed() -> int:
    """Read the feed from where it was left; one change, one transaction. Returns how many changes were read."""
    feed, _made = NossaFeed.objects.get_or_create(pk=1)
    changes = nossa().changes(since=feed.last_change)
    for change in changes:
        with transaction.atomic():
            feed = NossaFeed.objects.select_for_update().get(pk=1)
            if change.id > feed.last_change:  # another worker may have been quicker
                _hear(change)
                feed.last_change, feed.read_at = change.id, timezone.now()
                feed.save()
    return len(changes)


def _hear(change: StatusChange) -> None:
    log = _new_log(change)
    incident = store_incident(plain(change.incident))
    news = Change(incident, opened=not change.previous, previous=change.previous, log=log)
    with sparing() as left_out:
        for listener in _listeners:
            with spare(news.incident):
                listener(news)
    for alarm in _alarms if left_out else ():
        alarm(news.incident, "; ".join(dict.fromkeys(left_out)))


def _new_log(change: StatusChange) -> Worklog | None:
    """Against the mirror as it was before this change."""
    told = Incident.objects.filter(number=change.incident.number).values_list("worklogs", flat=True).first() or []
    known = {log.get("id") for log in told}
    fresh = [log for log in change.incident.worklogs if log.id not in known and log.created_by != US]
    return max(fresh, key=lambda log: log.created_at, default=None)


def store_incident(facts: dict[str, Any]) -> Incident:
    """Keep what NOSSA said of an incident: keys `number`, `service_no`, `status`, and where given `gamas`, `summary`,
    `cause`, `solution`, `worklogs`."""
    given = {
        "product_id": facts.get("service_no"),
        "status": facts.get("status"),
        "parent": facts.get("gamas"),
        "summary": (facts.get("summary") or "")[:300] or None,
        "cause": facts.get("cause"),
        "solution": facts.get("solution"),
        "worklogs": facts.get("worklogs"),
    }
    changes = {name: value for name, value in given.items() if value is not None}
    incident, _made = Incident.objects.update_or_create(
        number=facts["number"], defaults={**changes, "facts": facts, "read_at": timezone.now()}
    )
    if at := parse_datetime(facts.get("status_at") or ""):
        seen = IncidentStatus(incident=incident, status=incident.status, at=at)
        IncidentStatus.objects.bulk_create([seen], ignore_conflicts=True)
    return incident
