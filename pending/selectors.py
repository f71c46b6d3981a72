"""What the register shows: what waits, what is on hold and ends today, what was asked and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pending.columns import is_unit
from pending.models import PendingRequest
from pending.states import LIVE, State
from tenesa import door
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.search.find import matching
from tenesa.workflow import compiled, keyset

PAGE = 30
WORKERS = (Role.AGENT_EMAIL, Role.TEAM_LEADER, Role.SUPERVISOR)


@dataclass(frozen=True)
class View:
    slug: str
    label: Promise
    icon: str
    empty: Promise
    hint: Promise
    column: str = "urgent_at"
    newest_first: bool = False


VIEWS = {
    view.slug: view
    for view in (
        View(
            "waiting", _("To handle"), "hourglass", _("No request waits"),
            _("What units ask to put on hold appears here by itself, the most urgent first."),
        ),
        View("hold", _("On hold"), "pause", _("Nothing is on hold"), _("Every hold stands here until it ends.")),
        View(
            "today", _("Ending today"), "calendar-clock", _("No hold ends today"),
            _("Holds whose time comes before midnight, in the order in which they end."), column="until",
        ),
        View(
            "all", _("Register"), "archive", _("No request yet"),
            _("Every request with its reason, answer and end."), column="opened_at", newest_first=True,
        ),
    )
}  # fmt: skip
OWN = View(
    "own", _("Our requests"), "send", _("You asked for nothing yet"),
    _("Ask for a hold; what becomes of it stands here."), column="opened_at", newest_first=True,
)  # fmt: skip


def views_for(user: User) -> list[View]:
    return [OWN] if is_unit(user) else list(VIEWS.values())


def view_of(user: User, slug: str) -> View:
    return OWN if is_unit(user) else VIEWS.get(slug, VIEWS["waiting"])


def of_view(user: User, view: View) -> QuerySet[PendingRequest]:
    visible: QuerySet[PendingRequest] = PendingRequest.objects.visible_to(user)
    match view.slug:
        case "waiting":
            return visible.filter(awaits=True)
        case "hold":
            return visible.filter(state__in=[State.PENDED, State.RESUME_DUE])
        case "today":
            midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
            return visible.filter(state=State.PENDED, until__lt=midnight)
        case _:
            return visible


FILTERS = ("state", "reason", "unit", "q")


def narrowed(rows: QuerySet[PendingRequest], user: User, asked: Mapping[str, Any]) -> QuerySet[PendingRequest]:
    """By the register's filters; `q` is anything that stands in a request (`tenesa.search`)."""
    given = {name: str(asked.get(name, "")).strip() for name in FILTERS}
    if given["state"] in State.values:
        rows = rows.filter(state=given["state"])
    if given["reason"]:
        rows = rows.filter(reason=given["reason"][:30])
    if given["unit"]:
        rows = rows.filter(unit__icontains=given["unit"][:80])
    if words := given["q"]:
        rows = rows.filter(_own_number(words) | _with_words(user, words))
    return rows


def _own_number(words: str) -> Q:
    number = words.upper().removeprefix(PendingRequest.prefix)
    return Q(pk__in=[]) if (pk := door.number(number)) is None else Q(pk=pk)


def _with_words(user: User, words: str) -> Q:
    """A unit does not see what the customer says, so it finds its requests by the ticket's number alone."""
    if is_unit(user):
        return Q(incident__startswith=words.upper()[:20])
    return Q(pk__in=matching(user, PendingRequest.procedure_name(), words))


@dataclass(frozen=True)
class Row:
    it: PendingRequest
    signal: str = ""


@dataclass(frozen=True)
class Page:
    rows: Sequence[Row]
    next: str = ""


def page(user: User, view: View, asked: Mapping[str, Any] | None = None, after: str = "") -> Page:
    """One page by keyset, desk by desk as the indexes are, and merged."""
    column, sign = view.column, "-" if view.newest_first else ""
    rows = narrowed(of_view(user, view), user, asked or {}).select_related("reason", "owner")
    rows = rows.order_by(f"{sign}{column}", f"{sign}pk")
    if key := keyset.read(after):
        rows = rows.filter(keyset.behind(column, *key, descending=view.newest_first))
    places = [Q()] if is_unit(user) else user.desk_filters()
    found = [one for here in places for one in rows.filter(here)[: PAGE + 1]]
    found.sort(key=lambda one: (getattr(one, column), one.pk), reverse=view.newest_first)
    shown, now = found[:PAGE], timezone.now()
    last = keyset.place(getattr(shown[-1], column), shown[-1].pk) if len(found) > PAGE else ""
    return Page([Row(one, signal_of(one, now)) for one in shown], last)


def signal_of(request: PendingRequest, now: datetime) -> str:
    if request.state == State.FAILED:
        return "breach"
    if not request.urgent_for or (request.state not in LIVE and not request.is_unread):
        return ""
    if request.urgent_at < now:
        return "breach"
    return "risk" if request.warn_at is not None and request.warn_at <= now else ""


LATE = Q(state=State.FAILED) | (~Q(urgent_for="") & Q(urgent_at__lt=Now()))


def waiting(user: User) -> tuple[int, bool]:
    """How many wait for this person, and whether one of them is late."""
    (count,), late = compiled.counts(
        (PendingRequest, user.pk, tuple(user.places)),
        lambda: [of_view(user, VIEWS["waiting"])],
        lambda: of_view(user, VIEWS["waiting"]).filter(LATE),
    )
    return count, late
