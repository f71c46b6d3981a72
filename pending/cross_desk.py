"""Holds as other desks know them: those of a customer's tickets, and how one is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pending.models import PendingRequest
from pending.selectors import WORKERS
from pending.states import LIVE
from tenesa.accounts.models import User
from tenesa.incidents.models import Incident
from tenesa.systems.operations import REPAIRED
from tenesa.workspace import cross_desk
from tenesa.workspace.cross_desk import CaseOpener, CustomerKeys


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
    if PendingRequest.objects.filter(incident=incident, state__in=LIVE).exists():
        return False
    return not Incident.objects.filter(number=incident, status__in=REPAIRED).exists()
