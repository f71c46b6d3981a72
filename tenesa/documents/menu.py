"""The register in the navigation rail; documents and terms in the palette."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.documents.models import Document, Term
from tenesa.ui.menu import Command, MenuItem, command_sources, menu_sources


def register() -> None:
    menu_sources.append(menu)
    command_sources.append(commands)


def menu(request: HttpRequest) -> Iterator[MenuItem]:
    if isinstance(request.user, User):
        address = reverse("documents:register")
        here, keeps = request.path.startswith(address), request.user.has_role(Role.DOC_CONTROL)
        yield MenuItem(_("Documents"), "book-marked", address, current=here, low=True, begins=keeps)


def commands(request: HttpRequest, words: str) -> Iterator[Command]:
    if not isinstance(request.user, User):
        return
    glossary = reverse("documents:glossary")
    yield Command(_("Glossary"), "book-a", _("Go to"), url=glossary)
    if len(words) >= 2:
        for one in Document.objects.filter(code__icontains=words)[:5]:
            address = reverse("documents:document", args=[one.code])
            yield Command(one.title, "book-marked", _("Documents"), address, hint=one.code, matched=True)
        for term in Term.objects.filter(word__istartswith=words)[:5]:
            yield Command(term.word, "book-a", _("Glossary"), f"{glossary}?q={term.word}", hint=term.long, matched=True)
