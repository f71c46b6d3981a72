"""What pages and REST read: what waits for a person, what is on its way, what was decided."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.escalation.models import Escalation
from tenesa.escalation.people import level_at
from tenesa.escalation.registry import Brief, briefs_of
from tenesa.escalation.states import LEVEL_OF, LEVELS, LIVE, UNDECIDED, Level, State, up_to
from tenesa.workflow import compiled, keyset

DECIDERS = (Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER)
PARTIES = (*DECIDERS, Role.AGENT_EMAIL)
PAGE = 30
ON_THE_BOARD = 8
PLACE = ("desk", "area")


@dataclass(frozen=True)
class View:
    """A list of escalations."""

    slug: str
    label: Promise
    icon: str
    empty: Promise
    hint: Promise
    newest_first: bool = False


VIEWS = {
    view.slug: view
    for view in (
        View(
            "waiting", _("To decide"), "stamp", _("Nothing to decide"),
            _("What agents escalate to you, and who asks for a case of yours, appears here by itself."),
        ),
        View(
            "units", _("With a unit"), "building-2", _("No unit has anything of ours"),
            _("What was passed on to Telkom or a back-end unit waits here for its answer."),
        ),
        View(
            "asked", _("Asked by me"), "send", _("You asked for nothing"),
            _("What you escalated or asked to take over stands here until it is decided."),
        ),
        View(
            "done", _("Decided"), "archive", _("Nothing decided yet"),
            _("Every decision stays here with its note."), newest_first=True,
        ),
    )
}  # fmt: skip


def views_for(user: User) -> list[View]:
    """The lists that mean something to this person."""
    leads = user.has_role(*DECIDERS)
    return [view for view in VIEWS.values() if leads or view.slug != "units"]


def waiting_for(user: User) -> Q:
    """Undecided and within what this person decides, somebody else's own left out; or given to them by name."""
    places = [
        Q(desk_id=desk, level__in=up_to(LEVEL_OF[role])) & (Q() if area is None else Q(area=area) | Q(area=None))
        for role, desk, area in user.places
        if role in LEVEL_OF
    ]
    at_my_level = reduce(or_, places, Q(pk__in=[])) & (Q(owner=None) | _above_its_level(user))
    return (Q(state=State.ASKED) & at_my_level & ~Q(asker=user)) | Q(owner=user, state__in=UNDECIDED)


def _above_its_level(user: User) -> Q:
    """What was given to a colleague of a lower level may be decided from above all the same."""
    highest = max((LEVEL_OF[role] for role in user.roles if role in LEVEL_OF), key=LEVELS.index, default=LEVELS[0])
    return Q(level__in=LEVELS[: LEVELS.index(highest)])


def of_view(user: User, view: View) -> QuerySet[Escalation]:
    visible: QuerySet[Escalation] = Escalation.objects.visible_to(user)
    match view.slug:
        case "waiting":
            return visible.filter(waiting_for(user), state__in=LIVE)
        case "units":
            return visible.filter(state=State.WITH_UNIT)
        case "asked":
            return visible.filter(asker=user, state__in=LIVE)
        case _done:
            return visible.exclude(state__in=LIVE)


@dataclass(frozen=True)
class Row:
    """One line: the escalation, and the case it is about."""

    it: Escalation
    case: Brief | None
    signal: str = ""


@dataclass(frozen=True)
class Page:
    rows: Sequence[Row]
    next: str = ""


def page(user: User, view: View, after: str = "") -> Page:
    """One page by keyset, desk by desk as the indexes are, and merged."""
    column = "changed_at" if view.newest_first else "urgent_at"
    rows = of_view(user, view).select_related("asker", "owner", "decided_by")
    rows = rows.order_by(*(["-changed_at", "-pk"] if view.newest_first else ["urgent_at", "pk"]))
    if key := keyset.read(after):
        rows = rows.filter(keyset.behind(column, *key, descending=view.newest_first))
    found = [one for here in user.desk_filters() for one in rows.filter(here)[: PAGE + 1]]
    found.sort(key=lambda one: (getattr(one, column), one.pk), reverse=view.newest_first)
    shown = found[:PAGE]
    last = keyset.place(getattr(shown[-1], column), shown[-1].pk) if len(found) > PAGE else ""
    briefs, now = briefs_of(shown), timezone.now()
    return Page([Row(one, briefs.get(one.pk), signal_of(one, now)) for one in shown], last)


def signal_of(escalation: Escalation, now: datetime) -> str:
    if not escalation.urgent_for or escalation.state not in LIVE:
        return ""
    if escalation.urgent_at < now:
        return "breach"
    return "risk" if escalation.warn_at is not None and escalation.warn_at <= now else ""


def waiting(user: User) -> tuple[int, bool]:
    """How many wait for this person, and whether one of them is late."""
    (count,), late = compiled.counts(
        (Escalation, user.pk, tuple(user.places)),
        lambda: [of_view(user, VIEWS["waiting"])],
        lambda: of_view(user, VIEWS["waiting"]).exclude(urgent_for="").filter(urgent_at__lt=Now()),
    )
    return count, late


def waiting_of(people: Collection[int]) -> dict[int, int]:
    """The same count for many persons at once, as the live stream pushes it: two questions for all of them."""
    users = User.objects.filter(pk__in=people).prefetch_related("memberships__team")
    undecided = list(Escalation.objects.filter(state__in=UNDECIDED).only("state", "level", "owner", "asker", *PLACE))
    for user in users:  # as their own question would find them, one by one
        user.__dict__["places"] = [(Role(m.role), m.team.desk_id, m.team.area_id) for m in user.memberships.all()]
    return {user.pk: sum(_waits_for(user, one) for one in undecided) for user in users}


def _waits_for(user: User, one: Escalation) -> bool:
    if one.owner_id == user.pk:
        return True
    mine = level_at(user, one.desk_id, one.area_id)
    if one.state != State.ASKED or mine is None or one.asker_id == user.pk:
        return False
    return LEVELS.index(mine) >= LEVELS.index(Level(one.level)) + (one.owner_id is not None)


def first_waiting(user: User) -> Escalation | None:
    return of_view(user, VIEWS["waiting"]).order_by("urgent_at", "pk").first()
