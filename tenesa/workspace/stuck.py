"""What the outer world did not accept, in the navigation rail and on the leader's board."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.accounts.roles import LEADERS
from tenesa.mail import ledger, quarantine
from tenesa.ui.board import Card
from tenesa.ui.menu import MenuItem
from tenesa.workflow.compiled import COUNT_UP_TO
from tenesa.workspace import outbox


def menu(request: HttpRequest) -> Iterator[MenuItem]:
    user, address = request.user, reverse("outbox")
    if isinstance(user, User) and user.workplaces:
        count = outbox.stuck(user) if user.has_role(*LEADERS) else None
        signal = "breach" if count else ""
        yield MenuItem(_("Outbox"), "send", address, count, signal, request.path == address, order=3)


def cards(user: User) -> Iterator[Card]:
    mails, calls = outbox.not_accepted(user)
    address = f"{reverse('outbox')}?tab=failed"
    lines = [(_("Mails not delivered"), mails, address), (_("Calls given up"), calls, address)]
    if user.has_role(*quarantine.DECIDERS):
        waiting = quarantine.waiting(user)[:COUNT_UP_TO].count()
        missing = ledger.missing(quarantine.mailboxes_of(user))
        lines.append((_("Mails in quarantine"), waiting, reverse("mail:quarantine")))
        lines.append((_("Mails missing in the ledger"), missing, reverse("mail:ledger")))
    total = sum(count for _label, count, _address in lines)
    yield Card("mail", _("Stuck"), "workspace/board_stuck.html", {"lines": lines}, total, "breach", order=40)
