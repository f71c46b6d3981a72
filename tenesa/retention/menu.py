"""The room of retention in the palette, for its readers; in the menu it is a tab of the documents."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.retention.who import reads
from tenesa.ui.menu import Command, command_sources


def register() -> None:
    command_sources.append(commands)


def commands(request: HttpRequest, words: str) -> Iterator[Command]:
    if isinstance(request.user, User) and reads(request.user):
        yield Command(_("Retention schedule"), "archive", _("Go to"), url=reverse("retention:schedule"))
        yield Command(_("Disposal runs"), "archive-x", _("Go to"), url=reverse("retention:runs"))
        yield Command(_("Legal holds"), "lock", _("Go to"), url=reverse("retention:holds"))
