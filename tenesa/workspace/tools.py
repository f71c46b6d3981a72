"""Entries of the navigation rail that are no desk: the books of the intake, outside applications, administration."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.mail import ledger, quarantine
from tenesa.mail.pages import SHELVES
from tenesa.systems.status import down_count
from tenesa.ui.menu import MenuItem
from tenesa.workflow.compiled import COUNT_UP_TO


def menu(request: HttpRequest) -> Iterator[MenuItem]:
    user, at = request.user, request.path
    if not isinstance(user, User):
        return
    if user.has_role(*quarantine.DECIDERS):
        yield from _mail_books(user, at)
    silent, applications = down_count(), reverse("systems-status")
    signal = "breach" if silent else ""
    yield MenuItem(_("Applications"), "plug", applications, silent or None, signal, at == applications, low=True)
    if user.has_role(Role.ADMIN):
        yield MenuItem(_("Faults"), "plug-zap", reverse("faults"), current=at == reverse("faults"), low=True)
    if user.is_staff or user.has_role(Role.ADMIN):
        yield MenuItem(_("Administration"), "settings", reverse("admin:index"), low=True)


def _mail_books(user: User, at: str) -> Iterator[MenuItem]:
    """The intake: mails that wait for a person, those put aside today, and mails that the ledger misses."""
    held, books = reverse("mail:quarantine"), reverse("mail:ledger")
    waiting = quarantine.waiting(user)[:COUNT_UP_TO].count()
    missing = ledger.missing(quarantine.mailboxes_of(user))
    signal = "breach" if waiting else ""
    yield MenuItem(_("Quarantine"), "shield-alert", held, waiting, signal, at.startswith(held))
    for shelf in (shelf for shelf in SHELVES if not shelf.waits):
        address = reverse(f"mail:{shelf.name}")
        today = quarantine.set_aside_today(user, shelf.status)[:COUNT_UP_TO].count()
        yield MenuItem(shelf.title, "archive", address, today, current=at == address, low=not today)
    yield MenuItem(
        _("Mail ledger"), "book-check", books, missing, "breach" if missing else "", at == books, low=not missing
    )
