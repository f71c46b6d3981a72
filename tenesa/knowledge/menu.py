"""The shelf in the navigation rail; articles in the palette."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.knowledge import scripts, services
from tenesa.ui.menu import Command, MenuItem, command_sources, menu_sources


def register() -> None:
    menu_sources.append(menu)
    command_sources.append(commands)


def menu(request: HttpRequest) -> Iterator[MenuItem]:
    user, address = request.user, reverse("knowledge:shelf")
    if isinstance(user, User) and not user.is_outside:
        waiting = scripts.to_read(user).count() + scripts.to_approve(user).count()
        here = request.path.startswith(address)
        yield MenuItem(
            _("Knowledge"), "library", address, waiting, "risk", here, low=True, of_people=scripts.waiting_for
        )


def commands(request: HttpRequest, words: str) -> Iterator[Command]:
    if len(words) < 3 or not isinstance(request.user, User):
        return
    for article in services.search(words)[:6]:
        address = article.get_absolute_url()
        yield Command(str(article), "library", _("Knowledge"), address, hint=article.path, matched=True)
