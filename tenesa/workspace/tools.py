"""Tools of every desk in the navigation rail: the mail books, the applications, the administration."""

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
from tenesa.systems.trouble import USERS
from tenesa.ui.menu import MenuItem
from tenesa.workflow.compiled import COUNT_UP_TO


def menu(request: HttpRequest) -> Iterator[MenuItem]:
    user, at = request.user, request.path
    if not isinstance(user, User):
        return
    yield from _mail_books(user, at)
    if user.has_role(*USERS):
        silent, applications = down_count(), reverse("systems-status")
        yield MenuItem(_("Applications"), "plug", applications, silent, "breach", at == applications, low=True, order=1)
    if user.has_role(Role.ADMIN):
        faults = reverse("faults")
        yield MenuItem(_("Faults"), "plug-zap", faults, current=at == faults, low=True, order=2)
    if user.is_staff or user.has_role(Role.ADMIN):
        yield MenuItem(_("Administration"), "settings", reverse("admin:index"), low=True, order=3)


def _mail_books(user: User, at: str) -> Iterator[MenuItem]:
    """The quarantine, for an administrator the ledger: one place, and the other books are tabs in it."""
    decides, ledger_page = user.has_role(*quarantine.DECIDERS), reverse("mail:ledger")
    if decides or user.has_role(Role.ADMIN):
        waiting = ledger.missing(quarantine.mailboxes_of(user))
        waiting += quarantine.waiting(user)[:COUNT_UP_TO].count() if decides else 0
        here = at.startswith((ledger_page, *(shelf.url for shelf in SHELVES)))
        address = SHELVES[0].url if decides else ledger_page
        yield MenuItem(_("Mail books"), "book-check", address, waiting, "breach", here, order=2)
