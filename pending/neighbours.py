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
from tenesa.workspace import neighbours
from tenesa.workspace.neighbours import Entry, Known


def register() -> None:
    neighbours.register_cases(PendingRequest, ways)
    neighbours.register_entry(PendingRequest, Entry(_("Ask for a hold"), "pause", {"incident": _("Ticket")}, address))


def ways(known: Known) -> Iterator[Q]:
    if known.incidents:
        yield Q(incident__in=list(known.incidents))


def address(facts: Mapping[str, str], user: User) -> str:
    """The form with the ticket filled in; a ticket has one request at a time, and none once it is repaired."""
    if not user.has_role(*WORKERS) or not _may_be_held(facts["incident"]):
        return ""
    return f"{reverse('pend-ask')}?{urlencode(facts)}"


def _may_be_held(incident: str) -> bool:
    known = Incident.objects.filter(number=incident).first()
    live = PendingRequest.objects.filter(incident=incident, state__in=LIVE).exists()
    return (known is None or known.is_open) and not live
