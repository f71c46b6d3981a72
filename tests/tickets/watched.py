"""A case under watch, and what NOSSA says of its incident."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.incidents.feed import store_incident
from tenesa.incidents.models import Incident
from tests import factories
from tickets.models import EmailCase, State

NUMBER, PRODUCT = "IN10482301", "4700112-0045127790"


def incident(status: str, at: datetime, *, reported: datetime | None = None, words: str = "") -> dict[str, Any]:
    """An incident as a reading of NOSSA gives it."""
    log = {"summary": words, "client_viewable": True, "created_at": at.isoformat()}
    return {
        "number": NUMBER, "service_no": PRODUCT, "status": status, "status_at": at.isoformat(),
        "reported_at": (reported or at).isoformat(), "owner_group": "TA Tegal", "worklogs": [log] if words else [],
    }  # fmt: skip


def watched(owner: User, *, segment: str = "DES", state: str = State.MONITORING) -> EmailCase:
    """A complaint whose incident is linked; NOSSA was read just now unless it was before."""
    if not Incident.objects.filter(number=NUMBER).exists():
        store_incident(incident("BACKEND", timezone.now()))
    case = factories.put(factories.opened(), state, owner=owner, segment=segment, kind="COMPLAINT", complaint="NEW")
    case.lines.create(product_id=PRODUCT, incident_number=NUMBER, incident=Incident.objects.get(number=NUMBER))
    return case
