"""The place of decisions in the navigation rail."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.escalation import selectors
from tenesa.ui.menu import MenuItem, menu_sources


def register() -> None:
    menu_sources.append(menu)


def menu(request: HttpRequest) -> Iterator[MenuItem]:
    """Always there for who decides, for others while somebody asks for a case of theirs."""
    user = request.user
    if not isinstance(user, User):
        return
    here = reverse("approvals")
    current, count = request.path.startswith(here), selectors.count_waiting(user)
    if count or current or user.has_role(*selectors.DECIDERS):
        signal = "breach" if count and selectors.is_late(user) else ""
        yield MenuItem(_("Approvals"), "stamp", here, count, signal, current)
