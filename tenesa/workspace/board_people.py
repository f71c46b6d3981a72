"""The people of the desks and areas that somebody leads, on the leader's board (W-05 1.1, X-10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, Value
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from tenesa.accounts.models import Membership, PresenceState, User, read_places
from tenesa.accounts.roles import AGENTS, LEADERS, Role
from tenesa.ui.board import Card
from tenesa.ui.context import AUX_REASONS
from tenesa.workflow.procedures import unread, visible
from tenesa.workspace.desk import Desk

SHOWN, HELD = 4, 2000
AT_WORK = [role for role in Role if role in AGENTS | LEADERS | {Role.QCO}]
ORDER = [PresenceState.AVAILABLE, PresenceState.ACW, PresenceState.AUX, PresenceState.OFFLINE]


@dataclass(frozen=True)
class Held:
    number: str
    address: str
    hint: str


@dataclass
class Person:
    """Where somebody is, since when (None: they never signed in), and the open cases that they hold."""

    user: User
    state: PresenceState
    reason: str | Promise
    since: datetime | None
    held: list[Held] = field(default_factory=list)

    @property
    def is_shown(self) -> bool:
        """Whoever is no longer active, as long as they hold something."""
        return self.user.is_active or bool(self.held)

    @property
    def shown(self) -> list[Held]:
        """Of those who left all of it: somebody else has to take it."""
        return self.held[:SHOWN] if self.user.is_active else self.held

    @property
    def more(self) -> int:
        return len(self.held) - len(self.shown)


@dataclass
class Group:
    """Those in one state, by the role in which they work here; who has two roles stands under both."""

    state: PresenceState
    roles: dict[Role | str, list[Person]]

    @property
    def label(self) -> str:
        """Those who decide are on duty where those who work are in auto-in."""
        words = str(self.state.label)
        return f"{words} · {gettext('On duty')}" if self.state == PresenceState.AVAILABLE else words

    @property
    def count(self) -> int:
        return len({person.user.pk for people in self.roles.values() for person in people})

    @property
    def by_role(self) -> Iterable[tuple[Role | str, list[Person]]]:
        return self.roles.items()


def role_of(user: User) -> Role | str:
    """Under which role a person stands who has none at the desks of the reader; "" for somebody without a team."""
    return next((role for role in AT_WORK if user.has_role(role)), "")


def card(desks: Sequence[Desk], user: User) -> Card:
    """Who is ready, who is not and why, since when, and what each holds. Who is no longer active stands there also
    without a team, as long as they hold something of these desks."""
    found = Membership.objects.filter(user.place_filter("team__desk", "team__area"))
    found = found.filter(role__in=AT_WORK).select_related("user__presence").order_by("user__first_name", "user")
    people: dict[int, Person] = {}
    roles: defaultdict[Role | str, dict[int, Person]] = defaultdict(dict)
    for one in found:
        person = people.setdefault(one.user_id, _person(one.user))
        roles[Role(one.role)][one.user_id] = person
    left = _read_held(desks, people, user)
    without_place = list(User.objects.filter(pk__in=left)) if left else []
    read_places(without_place)
    for gone in without_place:
        roles[role_of(gone)][gone.pk] = Person(gone, PresenceState.OFFLINE, "", None, left[gone.pk])
    here = {role: [person for person in inside.values() if person.is_shown] for role, inside in roles.items()}
    groups = [Group(state, {role: _of(state, here.get(role, [])) for role in (*AT_WORK, "")}) for state in ORDER]
    for group in groups:
        group.roles = {role: inside for role, inside in group.roles.items() if inside}
    it = {"groups": [group for group in groups if group.roles]}
    return Card("people", gettext_lazy("People"), "workspace/board_people.html", it, order=30, wide=True)


def _of(state: PresenceState, people: Iterable[Person]) -> list[Person]:
    """Whoever is so for the longest stands first; last who was never here."""
    inside = [person for person in people if person.state == state]
    return sorted(inside, key=lambda one: (one.since is None, one.since and one.since.timestamp()))


def _person(user: User) -> Person:
    presence = getattr(user, "presence", None)
    if presence is None:
        return Person(user, PresenceState.OFFLINE, "", None)
    reason = AUX_REASONS.get(presence.reason, presence.reason)
    return Person(user, PresenceState(presence.state), reason, presence.since)


def _read_held(desks: Sequence[Desk], people: dict[int, Person], user: User) -> dict[int, list[Held]]:
    """Their open cases of all these desks, the most urgent first; and, by their keys, those of others who are no longer
    active. One query."""
    theirs = Q(owner__in=list(people))
    parts = [
        visible(desk.model, user)
        .filter(desk.is_open, whose)
        .order_by("urgent_at")
        .values("urgent_at", "owner_id", "pk", "state", of_desk=Value(at))[:HELD]
        for at, desk in enumerate(desks)
        for whose in (theirs, Q(owner__is_active=False) & ~theirs)
    ]
    left: defaultdict[int, list[Held]] = defaultdict(list)
    if parts:
        for row in parts[0].union(*parts[1:], all=True).order_by("urgent_at")[:HELD]:
            desk, case = desks[row["of_desk"]], unread(desks[row["of_desk"]].procedure, row["pk"])
            if case is not None:
                hint = f"{desk.title} · {desk.state(row['state'])}"
                of_person = people[row["owner_id"]].held if row["owner_id"] in people else left[row["owner_id"]]
                of_person.append(Held(case.number, case.get_absolute_url(), hint))
    return left
