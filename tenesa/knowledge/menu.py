"""The shelf in the navigation rail; articles in the palette."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.knowledge import services
from tenesa.ui.menu import Command, MenuItem, command_sources, menu_sources


def register() -> None:
    menu_sources.append(menu)
    command_sources.append(commands)


def menu(request: HttpRequest) -> Iterator[MenuItem]:
    if isinstance(request.user, User):
        address = reverse("knowledge:shelf")
        yield MenuItem(_("Knowledge"), "library", address, current=request.path.startswith(address), low=True)


def commands(request: HttpRequest, words: str) -> Iterator[Command]:
    if len(words) < 3 or not isinstance(request.user, User):
        return
    for article in services.search(words)[:6]:
        address = reverse("knowledge:article", args=[article.slug])
        yield Command(str(article), "library", _("Knowledge"), address, hint=article.path, matched=True)
