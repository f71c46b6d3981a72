"""What the frame of every page needs; computed only when a template asks for it."""

from __future__ import annotations

import time
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import Presence, PresenceState, Theme, User
from tenesa.accounts.presence import presence_of
from tenesa.accounts.roles import AGENTS, CONFIRM_THE_LIST, LEADERS, Role
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


def has_presence(request: HttpRequest) -> bool:
    """Work reaches them, or what has to be decided does."""
    return isinstance(request.user, User) and request.user.has_role(*CONFIRM_THE_LIST, *LEADERS)


def presence_at(request: HttpRequest) -> Presence | None:
    """Of whoever asks, read once a request; None for somebody to whom nothing is given to do or to decide."""
    if "presence" not in vars(request):
        request.presence = _presence(request.user) if has_presence(request) else None  # type: ignore[attr-defined]
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
        user = getattr(self.request, "user", None)  # none where an address was refused before anybody was asked
        chosen = getattr(user, "theme", "") or self.request.COOKIES.get("theme", "")
        return chosen if chosen in {Theme.LIGHT, Theme.DARK} else ""

    @property
    def hint(self) -> Hint | None:
        """The next hint of the first-run tour, on the page of which it speaks."""
        waiting = hint_for(self.request.user)
        return waiting if waiting and self.is_where_work_begins else None

    @cached_property
    def begins(self) -> str:
        """Where work begins for this person: at the board for who leads and works on no case."""
        user: Any = self.request.user
        leads = user.has_role(*LEADERS) and not user.has_role(*AGENTS, Role.QCO)
        return reverse("board") if leads else self.menu.home

    @property
    def is_where_work_begins(self) -> bool:
        """There, or at a case beside its list; of a part of a page the page counts."""
        here = urlsplit(self.request.headers.get("HX-Current-URL", "")).path or self.request.path
        there = urlsplit(self.begins).path
        case = here.removeprefix(there).strip("/")
        return bool(there) and here.startswith(there) and (not case or case.isdecimal())

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
    def presence_pauses(self) -> bool:
        """Ready, but cases are not handed over."""
        return self.presence is not None and self.presence.paused and self.presence.state == PresenceState.AVAILABLE

    @property
    def presence_problem(self) -> str:
        return agent_states.problem(self.presence) if self.presence else ""

    @property
    def presence_reason(self) -> str:
        reason = self.presence.reason if self.presence else ""
        return str(AUX_REASONS.get(reason, reason))

    @property
    def gets_cases(self) -> bool:
        """Auto-in hands over cases to this person, and not only decisions."""
        return isinstance(self.request.user, User) and self.request.user.has_role(*AGENTS)

    @property
    def presence_words(self) -> str:
        """What the state is called for this person: who decides is on duty, who works is in auto-in."""
        if self.presence is None:
            return ""
        if self.presence.state == PresenceState.AVAILABLE and not self.gets_cases:
            return str(_("On duty"))
        return self.presence.get_state_display()

    @property
    def states(self) -> type[PresenceState]:
        return PresenceState

    @cached_property
    def incoming(self) -> list[incoming.Door]:
        """What may reach this person on any page."""
        return incoming.doors_of(self.request.user, self.presence) if isinstance(self.request.user, User) else []

    @property
    def live_since(self) -> int:
        """From when on this page is told of changes: a moment before it was read from the database."""
        return int((self.began - 2) * 1000)

    @property
    def undo_seconds(self) -> int:
        return int(settings.MAIL_UNDO_SECONDS)


def shell(request: HttpRequest) -> dict[str, object]:
    return {"shell": Shell(request)}
