"""What the desks add to the navigation rail and to the palette."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tenesa import door
from tenesa.accounts.models import User
from tenesa.accounts.roles import LEADERS
from tenesa.notices.services import unread_of
from tenesa.ui.menu import Command, MenuDesk, MenuItem
from tenesa.workflow.procedures import has_cases, visible
from tenesa.workspace import lists
from tenesa.workspace.desk import Desk, desk_of, desks
from tenesa.workspace.rail import rail
from tenesa.workspace.step_names import NOTE


def menu(request: HttpRequest) -> Iterator[MenuItem]:
    user = request.user
    if not isinstance(user, User):
        return
    mine = [desk for desk in desks() if desk.is_open_to(user)]
    counts, unread = lists.counts(mine, user)
    for desk, counted in zip(mine, counts, strict=True):
        yield from _views(desk, user, request, counted)
    if user.workplaces:
        here = request.path.startswith(address := reverse("notices"))
        yield MenuItem(_("Notices"), "bell", address, unread, "risk", here, bell=True, of_people=unread_of)


def _views(desk: Desk, user: User, request: HttpRequest, counted: lists.Counts) -> Iterator[MenuItem]:
    counts, late = counted
    first = desk.waiting_view(user)
    views = desk.views_for(user)
    pages = [view for view in views if view.page and request.path.startswith(reverse(view.page))]
    chosen_in = request.GET.get("view") or request.POST.get("view") or ""  # the list of the rows that are worked on
    page = None if chosen_in else next(iter(pages), None)
    bare = None if user.is_outside else next((view for view in views if not view.page), None)
    here = request.path.startswith(desk.list_url())
    shown = page or (desk.view_of(user, chosen_in) if here else None)
    begins = desk.begins_shift and (not desk.delivers_to or user.has_role(*desk.delivers_to, *LEADERS))
    sees_any = partial(has_cases, desk.model, user)
    place = MenuDesk(desk.slug, desk.title, desk.icon, desk.place, begins, desk.list_url(), sees_any)
    for view in views:
        signal = "breach" if view.alarming or (view is first and late) else ""
        address = reverse(view.page) if view.page else desk.list_url(view.slug)
        count, own = counts.get(view.slug), view.of_people
        if view.unread is not None:
            count, signal = view.unread(user), "risk"
        opens, low = view is bare, bool(view.page)
        yield MenuItem(
            view.label, view.icon, address, count, signal, shown is view, low, desk=place, of_people=own, opens=opens
        )  # fmt: skip


def _case(request: HttpRequest) -> tuple[Desk, Any] | None:
    """The open case, by the name that live updates know it by."""
    procedure, _colon, number = request.GET.get("case", "").rpartition(":")
    desk, asked = desk_of(procedure), door.number(number)
    if asked is None or desk is None or not isinstance(request.user, User):
        return None
    case = visible(desk.model, request.user).select_related(*desk.with_rows).filter(pk=asked).first()
    return (desk, case) if case else None


def maps(request: HttpRequest, words: str) -> Iterator[Command]:
    """The procedures of the desks that this person works at, drawn."""
    if isinstance(request.user, User):
        for desk in desks():
            if desk.is_open_to(request.user):
                label = f"{_('Map')} · {desk.title}"
                yield Command(label, "route", _("Go to"), url=desk.url("map"), hint=desk.model.document)


def steps(request: HttpRequest, words: str) -> Iterator[Command]:
    """The steps offered on the open case, each with the key that opens it, and its mails."""
    open_case = _case(request)
    if open_case is None or not isinstance(request.user, User):
        return
    desk, case = open_case
    drawn = rail(desk, case, request.user, [])
    for offer in drawn.offers:
        group, hint = _("Steps of this case"), offer.step.clause
        yield Command(str(offer.step.label), "route", group, press=offer.key or str(offer.number), hint=hint)
    if drawn.elsewhere:
        one = drawn.elsewhere
        yield Command(one.number, "corner-down-right", _("Steps of this case"), url=one.url, hint=str(one.title))
    if drawn.can_note:
        yield Command(_("Internal note"), "lock", _("Steps of this case"), press="n")
    for offer in drawn.compose:
        address = desk.url("compose", case.pk, offer.step.name)
        template = getattr(offer.step.form, "template", NOTE)
        yield Command(str(offer.step.label), "file-text", _("Mail templates"), url=address, template=template)
