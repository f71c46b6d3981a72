"""The place of decisions in the navigation rail."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import User
from tenesa.escalation import selectors
from tenesa.escalation.models import Escalation
from tenesa.ui.board import Card, board_sources
from tenesa.ui.live import concerns
from tenesa.ui.menu import MenuDesk, MenuItem, menu_sources

DESK = MenuDesk("approvals", gettext_lazy("Approvals"), "stamp", 3)


def register() -> None:
    menu_sources.append(menu)
    board_sources.append(cards)
    concerns[Escalation.procedure_name()] = lambda _escalation: ["approvals"]


def menu(request: HttpRequest) -> Iterator[MenuItem]:
    """For whoever decides or may be asked for a case."""
    user = request.user
    if not isinstance(user, User) or not user.has_role(*selectors.PARTIES):
        return
    here = reverse("approvals")
    count, late = selectors.waiting(user)
    signal = "breach" if late else ""
    current = request.path.startswith(here)
    yield MenuItem(_("Approvals"), "stamp", here, count, signal, current, desk=DESK, of_people=selectors.waiting_of)


def cards(user: User) -> Iterator[Card]:
    """What waits for a decision of this person, on the live board."""
    shown = selectors.page(user, selectors.VIEWS["waiting"]).rows
    signal = "breach" if any(row.signal == "breach" for row in shown) else "risk"
    yield Card(
        "approvals", _("Approvals"), "escalation/board.html", {"rows": shown[: selectors.ON_THE_BOARD]},
        count=len(shown), signal=signal, url=reverse("approvals"), order=20,
    )  # fmt: skip
