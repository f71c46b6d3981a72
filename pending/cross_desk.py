"""Holds as other desks know them: those of a customer's tickets, on the pages of their cases, and how one is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pending.models import PendingRequest
from pending.selectors import WORKERS
from pending.states import LIVE
from tenesa.accounts.models import User
from tenesa.incidents.incident_times import of_ticket
from tenesa.incidents.models import Incident
from tenesa.systems.operations import REPAIRED
from tenesa.workflow.case import Case
from tenesa.workspace import cross_desk, lists
from tenesa.workspace.cross_desk import CaseOpener, CustomerKeys
from tenesa.workspace.desk import SidePanel


def register() -> None:
    cross_desk.register_cases(PendingRequest, conditions)
    cross_desk.register_opener(
        PendingRequest, CaseOpener(_("Ask for a hold"), "pause", {"incident": _("Ticket")}, address)
    )


def conditions(keys: CustomerKeys) -> Iterator[Q]:
    if keys.incidents:
        yield Q(incident__in=list(keys.incidents))


def address(facts: Mapping[str, str], user: User) -> str:
    """The form with the ticket filled in; a ticket has one request at a time, and none once it is repaired."""
    if not user.has_role(*WORKERS) or not _may_be_held(facts["incident"]):
        return ""
    return f"{reverse('pend-ask')}?{urlencode(facts)}"


def _may_be_held(incident: str) -> bool:
    asked = PendingRequest.objects.filter(incident=incident, state__in=LIVE).values("pk")
    return not asked.union(Incident.objects.filter(number=incident, status__in=REPAIRED).values("pk")).exists()


def side_panel(case: Case, incidents: Sequence[str], user: User) -> SidePanel | None:
    """The request about the case's ticket, on the page of a case of another procedure."""
    if isinstance(case, PendingRequest) or not incidents:
        return None
    found = PendingRequest.objects.filter(incident__in=incidents).select_related("reason").order_by("pk")
    newest = {one.incident: one for one in sorted(found, key=lambda one: one.state in LIVE)}
    for number in incidents:
        request = newest.get(number)
        if request is not None and request.is_seen_by(user):
            signal = lists.signal_of(request.urgent_at, lists.warn_of(request), timezone.now())
            part = {"obj": request, "signal": signal, "repair": of_ticket(number, request.desk_id)}
            return SidePanel("pending/_side_panel.html", part)
    return None
