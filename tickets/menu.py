"""What the e-mail desk adds to the navigation rail and to the palette."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa import door
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.mail import ledger, quarantine
from tenesa.mail.pages import SHELVES
from tenesa.systems.status import down_count
from tenesa.ui.board import board_sources
from tenesa.ui.live import concerns
from tenesa.ui.menu import Command, MenuItem, command_sources, menu_sources
from tenesa.workflow.compiled import COUNT_UP_TO
from tenesa.workspace.step_names import NOTE
from tickets import board, selectors
from tickets.concerns import lists_of
from tickets.models import EmailCase
from tickets.rail import KEYS, rail


def register() -> None:
    menu_sources.append(menu)
    command_sources[:0] = [steps]
    board_sources.append(board.cards)
    concerns[EmailCase.procedure_name()] = lists_of


def menu(request: HttpRequest) -> Iterator[MenuItem]:
    user = request.user
    if not isinstance(user, User):
        return
    at = request.path
    here = request.GET.get("view", "mine") if at.startswith("/cases/") else ""
    counts, late = selectors.counts(user)
    for view in selectors.views_for(user):
        signal = "breach" if view.slug == "queue" and late else ""
        address = f"{reverse('cases')}?view={view.slug}"
        own = board.held_by if view.mine else None
        yield MenuItem(view.label, view.icon, address, counts.get(view.slug), signal, here == view.slug, of_people=own)
    if user.has_role(*quarantine.DECIDERS):
        yield from _mail_books(user, at)
    map_ = reverse("procedure-map")
    yield MenuItem(_("Map"), "route", map_, current=at == map_, low=True)
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


def _case(request: HttpRequest) -> EmailCase | None:
    asked = door.number(request.GET.get("case", ""))
    if asked is None or not isinstance(request.user, User):
        return None
    found: EmailCase | None = EmailCase.objects.visible_to(request.user).filter(pk=asked).first()
    return found


def steps(request: HttpRequest, words: str) -> Iterator[Command]:
    """The steps offered on the open case, each with the key that opens it, and its mails."""
    case = _case(request)
    if case is None or not isinstance(request.user, User):
        return
    drawn = rail(case, request.user, [])
    for offer in drawn.offers:
        key = KEYS.get(offer.step.name) or str(offer.number)
        yield Command(str(offer.step.label), "route", _("Steps of this case"), press=key, hint=offer.step.clause)
    if drawn.can_note:
        yield Command(_("Internal note"), "lock", _("Steps of this case"), press="n")
    for offer in drawn.compose:
        address = reverse("compose", args=[case.pk, offer.step.name])
        template = getattr(offer.step.asks, "template", NOTE)
        yield Command(str(offer.step.label), "file-text", _("Mail templates"), url=address, template=template)
