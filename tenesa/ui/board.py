"""The team leader's live board: cards that the procedure apps give, fetched again when something changes.

A card is registered in AppConfig.ready: `board_sources.append(cards)`, where `cards(user)` yields what this person may
see. Its template gets the card as `card` and is drawn again within a second of a change (templates/ui/board.html).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.ui.menu import MenuItem

SEE_THE_BOARD = (Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER)


@dataclass(frozen=True)
class Card:
    """One card. `key` names its element and keeps its place while it is drawn again; lower `order` stands first."""

    key: str
    title: str | Promise
    template: str
    obj: Mapping[str, Any] = field(default_factory=dict)
    count: int | None = None
    signal: str = ""  # "risk" or "breach" where the count is bad news
    url: str = ""  # where the whole list is
    order: int = 50
    wide: bool = False


CardSource = Callable[[User], Iterable[Card]]
board_sources: list[CardSource] = []


def cards_of(user: User) -> list[Card]:
    return sorted((card for source in board_sources for card in source(user)), key=lambda card: card.order)


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The page, or its cards alone when they are asked for again."""
    user = request.user
    if not isinstance(user, User) or not user.has_role(*SEE_THE_BOARD):
        raise PermissionDenied
    part = request.GET.get("part") == "cards"
    template = "ui/board_cards.html" if part else "ui/board.html"
    return render(request, template, {"cards": cards_of(user), "now": timezone.now()})


def menu(request: HttpRequest) -> Iterable[MenuItem]:
    user = request.user
    if isinstance(user, User) and user.has_role(*SEE_THE_BOARD):
        address = reverse("board")
        yield MenuItem(_("Board"), "layout-dashboard", address, current=request.path == address, order=1)
