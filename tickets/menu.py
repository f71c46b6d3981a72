"""What the e-mail desk adds to the navigation rail and to the palette."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa import door
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.ui.board import board_sources
from tenesa.ui.live import concerns
from tenesa.ui.menu import Command, MenuDesk, MenuItem, command_sources, menu_sources
from tickets import board, selectors
from tickets.concerns import lists_of
from tickets.models import EmailCase
from tickets.rail import KEYS, NOTE, rail

DESK = MenuDesk("email", gettext_lazy("E-mail"), "mail", 1)
WORKERS = (Role.AGENT_EMAIL, *selectors.LEADERS)


def register() -> None:
    menu_sources.append(menu)
    command_sources[:0] = [steps]
    board_sources.append(board.cards)
    concerns[EmailCase.procedure_name()] = lists_of


def menu(request: HttpRequest) -> Iterator[MenuItem]:
    user = request.user
    if not isinstance(user, User):
        return
    at, map_ = request.path, reverse("procedure-map")
    yield MenuItem(_("Map"), "route", map_, current=at == map_, low=True)
    if user.has_role(*WORKERS):
        here = request.GET.get("view", "mine") if at.startswith("/cases/") else ""
        yield from _lists(user, here)


def _lists(user: User, here: str) -> Iterator[MenuItem]:
    counts, late = selectors.counts(user)
    for view in selectors.views_for(user):
        bad = view.slug == "overdue" or (view.slug == "queue" and late)
        address, own = f"{reverse('cases')}?view={view.slug}", board.held_by if view.mine else None
        yield MenuItem(
            view.label, view.icon, address, counts.get(view.slug), "breach" if bad else "", here == view.slug,
            order=view.slug == "waiting", desk=DESK, of_people=own,
        )  # fmt: skip


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
