"""What the frame of every page needs; computed only when a template asks for it."""

from __future__ import annotations

import time
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import Presence, PresenceState, Theme, User
from tenesa.accounts.presence import presence_of
from tenesa.accounts.roles import AGENTS, Role
from tenesa.systems import agent_states
from tenesa.ui import incoming
from tenesa.ui.hints import Hint, hint_for, hints_of
from tenesa.ui.menu import Menu, items_of

# lokal: ADR-0003; X-10 asks for a reason, the documents name none
AUX_REASONS = {
    "break": _("Break"),
    "prayer": _("Prayer"),
    "briefing": _("Briefing or coaching"),
    "tools": _("Tool trouble"),
}


def takes_work(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.has_role(*AGENTS, Role.QCO, Role.TEAM_LEADER)


def presence_at(request: HttpRequest) -> Presence | None:
    """Of whoever asks, read once a request; None for somebody to whom no work is given."""
    if "presence" not in vars(request):
        request.presence = _presence(request.user) if takes_work(request) else None  # type: ignore[attr-defined]
    found: Presence | None = request.presence  # type: ignore[attr-defined]
    return found


def _presence(user: Any) -> Presence:
    return Presence.objects.select_related("cti_state").filter(user=user).first() or presence_of(user)


class Shell:
    """Frame of one page for one request."""

    themes = tuple(zip(Theme.values, ("sun", "moon", "monitor"), Theme.labels, strict=True))
    aux_reasons = AUX_REASONS

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.began = time.time()

    @property
    def theme(self) -> str:
        """What was chosen, on the account or else in this browser; "" leaves it to the system."""
        chosen = getattr(self.request.user, "theme", "") or self.request.COOKIES.get("theme", "")
        return chosen if chosen in {Theme.LIGHT, Theme.DARK} else ""

    @property
    def hint(self) -> Hint | None:
        """The next hint of the first-run tour."""
        return hint_for(self.request.user)

    @property
    def has_tour(self) -> bool:
        return bool(hints_of(self.request.user))

    @cached_property
    def menu(self) -> Menu:
        return Menu.of(items_of(self.request))

    @cached_property
    def presence(self) -> Presence | None:
        return presence_at(self.request)

    @property
    def presence_problem(self) -> str:
        return agent_states.problem(self.presence) if self.presence else ""

    @property
    def presence_reason(self) -> str:
        reason = self.presence.reason if self.presence else ""
        return str(AUX_REASONS.get(reason, reason))

    @property
    def takes_work(self) -> bool:
        return takes_work(self.request)

    @property
    def states(self) -> type[PresenceState]:
        return PresenceState

    @cached_property
    def incoming(self) -> list[str]:
        """Addresses of what may reach this person on any page."""
        return incoming.addresses_of(self.request.user) if isinstance(self.request.user, User) else []

    @property
    def live_since(self) -> int:
        """From when on this page is told of changes: a moment before it was read from the database."""
        return int((self.began - 2) * 1000)

    @property
    def undo_seconds(self) -> int:
        return int(settings.MAIL_UNDO_SECONDS)


def shell(request: HttpRequest) -> dict[str, object]:
    return {"shell": Shell(request)}
