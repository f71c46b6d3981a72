"""What the search adds to the palette: the cases that the words find, and the page with all of them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.search.results import search
from tenesa.ui.menu import Command, command_sources

IN_THE_PALETTE = 6


def register() -> None:
    command_sources.append(commands)


def commands(request: HttpRequest, words: str) -> Iterator[Command]:
    user = request.user
    if len(words) < 3 or not isinstance(user, User):
        return
    groups = search(user, words, IN_THE_PALETTE)
    for group in groups:
        for one in group.matches:
            label, line = f"{one.line.number} · {one.line.title}", one.line
            hint = f"{line.who} · {one.where}" if one.where else line.who
            yield Command(label, group.source.icon, str(group.source.label), url=line.url, hint=hint, matched=True)
    if groups:
        address = f"{reverse('search')}?{urlencode({'q': words})}"
        yield Command(_("All results"), "search", _("Search"), url=address, matched=True)
