"""Saved views: lists of a desk as a person narrowed them, by name; ordered, changed and removed by that person alone.

A leader may share one with everybody who works at the desk.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Case, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _

from tenesa import door
from tenesa.accounts.models import User
from tenesa.accounts.roles import LEADERS
from tenesa.ui.views import current_user
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workspace.desk import Desk
from tenesa.workspace.models import SavedView
from tenesa.workspace.tag_filter import filters_of

MOST = 20  # of a person at a desk
LONGEST = 40
SEARCHED = "q"
OF_A_PAGE = ("after", "until", "part")


def of(desk: Desk, user: User) -> QuerySet[SavedView]:
    """The person's own in their order, then those that others share, by name."""
    mine = Q(owner=user)
    found = SavedView.objects.filter(mine | Q(shared=True), desk=desk.slug).select_related("owner")
    own = Case(When(mine, then=Value(0)), default=Value(1))
    return found.annotate(others=own).order_by("others", "place", "name", "pk")


def stand_in(request: HttpRequest, desk: Desk, *, opens: bool) -> SavedView | None:
    """As if the address said what the view says that it names; where it names nothing and the desk `opens`, the one
    that the person chose for that. None: no view.

    Raises Http404 for one that is neither the person's own nor shared.
    """
    user, asked = current_user(request), request.GET.get("saved", "")
    if asked:
        found = of(desk, user).filter(pk=door.number(asked) or 0).first()
        if found is None:
            raise Http404
    elif not opens or request.GET.keys() - OF_A_PAGE or user.is_outside:
        return None
    else:
        found = SavedView.objects.filter(owner=user, desk=desk.slug, is_default=True).first()
    if found is not None:
        more = {name: request.GET[name] for name in OF_A_PAGE if name in request.GET} | {"saved": found.pk}
        request.META["QUERY_STRING"] = query = f"{found.query}&{urlencode(more)}"
        request.GET = QueryDict(query)
    return found


# --- what a person does with them ------------------------------------------------------------------------------------
def save(desk: Desk, user: User, name: str, query: str) -> SavedView:
    """What the address says now under this name; one of that name says it instead. Raises InvalidInput, NotNow."""
    written, kept = cleaned(name), _kept(desk, user, QueryDict(query))
    with transaction.atomic():
        mine = _mine(desk, user)
        there = next((one for one in mine if one.name.casefold() == written.casefold()), None)
        if there is None and len(mine) >= MOST:
            raise NotNow([_("You have %(n)d views here already: remove one first.") % {"n": MOST}])
        place = 1 + max((one.place for one in mine), default=0)
        row = there or SavedView(owner=user, desk=desk.slug, place=place)
        row.name, row.query = written, kept
        row.save()
    return row


def rename(desk: Desk, user: User, view: SavedView, name: str) -> None:
    written = cleaned(name)
    with transaction.atomic():
        if any(one.name.casefold() == written.casefold() and one.pk != view.pk for one in _mine(desk, user)):
            raise NotNow([_("You have a view “%(name)s” already.") % {"name": written}])
        SavedView.objects.filter(pk=view.pk).update(name=written)


def remove(_desk: Desk, _user: User, view: SavedView, _name: str = "") -> None:
    SavedView.objects.filter(pk=view.pk).delete()


def raise_up(desk: Desk, user: User, view: SavedView, _name: str = "") -> None:
    """One place up among the person's own."""
    with transaction.atomic():
        mine = _mine(desk, user)
        at = next(place for place, one in enumerate(mine) if one.pk == view.pk)
        if at:
            mine[at - 1], mine[at] = mine[at], mine[at - 1]
        for place, one in enumerate(mine):
            SavedView.objects.filter(pk=one.pk).update(place=place)


def make_default(desk: Desk, user: User, view: SavedView, _name: str = "") -> None:
    """The desk opens with it; a second time: no more."""
    with transaction.atomic():
        _mine(desk, user)
        others = SavedView.objects.filter(owner=user, desk=desk.slug, is_default=True).exclude(pk=view.pk)
        others.update(is_default=False)
        SavedView.objects.filter(pk=view.pk).update(is_default=not view.is_default)


def share(_desk: Desk, user: User, view: SavedView, _name: str = "") -> None:
    """With everybody who works at the desk; a second time: no more. Raises NotYourStep."""
    if not may_share(user):
        raise NotYourStep(_("A view is shared by leaders."))
    SavedView.objects.filter(pk=view.pk).update(shared=not view.shared)


def may_share(user: User) -> bool:
    return user.has_role(*LEADERS)


def _mine(desk: Desk, user: User) -> list[SavedView]:
    """The person's own in their order, locked by way of the person: one act at a time."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
    return list(SavedView.objects.filter(owner=user, desk=desk.slug).order_by("place", "name", "pk"))


def cleaned(name: str) -> str:
    written = " ".join(name.split())
    if not written or not written.isprintable():
        raise InvalidInput({"name": [_("Write a name for the view.")]})
    if len(written) > LONGEST:
        raise InvalidInput({"name": [_("A name has %(n)d letters at most.") % {"n": LONGEST}]})
    return written


def _kept(desk: Desk, user: User, asked: QueryDict) -> str:
    """Of an address what narrows the list, as far as this person may ask for it."""
    view = desk.view_of(user, asked.get("view", ""))
    if view is None or view.page:
        raise InvalidInput({"name": [_("This list cannot be saved.")]})
    kept = QueryDict(mutable=True)
    kept["view"] = view.slug
    for name in (*(one.name for one in filters_of(desk, user)), SEARCHED):
        if value := asked.get(name, "").strip()[:100]:
            kept[name] = value
    return kept.urlencode()[:1_000]
