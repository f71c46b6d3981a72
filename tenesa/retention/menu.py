"""The room of retention in the navigation rail and in the palette, for its readers."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.retention.who import reads
from tenesa.ui.menu import Command, MenuItem, command_sources, menu_sources


def register() -> None:
    menu_sources.append(menu)
    command_sources.append(commands)


def menu(request: HttpRequest) -> Iterator[MenuItem]:
    if isinstance(request.user, User) and reads(request.user):
        address = reverse("retention:schedule")
        here = request.path.startswith(address)
        yield MenuItem(_("Retention"), "archive", address, current=here, low=True, order=1)


def commands(request: HttpRequest, words: str) -> Iterator[Command]:
    if isinstance(request.user, User) and reads(request.user):
        yield Command(_("Disposal runs"), "archive-x", _("Go to"), url=reverse("retention:runs"))
        yield Command(_("Legal holds"), "lock", _("Go to"), url=reverse("retention:holds"))
