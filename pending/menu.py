"""The pend register in the navigation rail, and who hears when a request changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pending import selectors
from pending.columns import is_unit
from pending.models import PendingRequest
from tenesa.accounts.models import User
from tenesa.timers.telling import Alarm
from tenesa.ui.live import concerns, publish
from tenesa.ui.menu import MenuDesk, MenuItem, menu_sources

DESK = MenuDesk("holds", gettext_lazy("Pending"), "pause", 2)


def register() -> None:
    menu_sources.append(menu)
    concerns[PendingRequest.procedure_name()] = lambda _request: ["pends"]


def menu(request: HttpRequest) -> Iterator[MenuItem]:
    user = request.user
    if not isinstance(user, User):
        return
    here = reverse("pends")
    current = request.path.startswith(here)
    if is_unit(user):
        yield MenuItem(_("Pending"), "pause", here, current=current, desk=DESK)
    elif user.has_role(*selectors.WORKERS):
        count, late = selectors.waiting(user)
        signal = "breach" if late else ""
        yield MenuItem(_("Pending"), "pause", here, count, signal, current, desk=DESK)


def told(alarms: Sequence[Alarm]) -> None:
    """A clock that warns or is overdue reaches the open pages."""
    mine = [alarm.case_id for alarm in alarms if alarm.procedure == PendingRequest.procedure_name()]
    for request in PendingRequest.objects.filter(pk__in=mine[:50]):
        publish(request)
