"""What waits for a person's decision: as a condition, for one row in hand, and counted for many persons at once."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db.models import Q

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.escalation.models import Escalation
from tenesa.escalation.people import level_at
from tenesa.escalation.states import LEVEL_OF, LEVELS, LIVE, UNDECIDED, Level, State, up_to

PLACE = ("desk", "area")


def waiting_for(user: User) -> Q:
    """Undecided and within what this person decides, somebody else's own left out; or given to them by name."""
    places = [
        Q(desk_id=desk, level__in=up_to(LEVEL_OF[role])) & (Q() if area is None else Q(area=area) | Q(area=None))
        for role, desk, area in user.places
        if role in LEVEL_OF
    ]
    at_my_level = reduce(or_, places, Q(pk__in=[])) & (Q(owner=None) | _above_its_level(user))
    mine = (Q(state=State.ASKED) & at_my_level & ~Q(asker=user)) | Q(owner=user, state__in=UNDECIDED)
    return Q(state__in=LIVE) & mine  # as the index has it


def _above_its_level(user: User) -> Q:
    """What was given to a colleague of a lower level may be decided from above all the same."""
    highest = max((LEVEL_OF[role] for role in user.roles if role in LEVEL_OF), key=LEVELS.index, default=LEVELS[0])
    return Q(level__in=LEVELS[: LEVELS.index(highest)])


def waiting_of(people: Collection[int]) -> dict[int, int]:
    """The same count for many persons at once, as the live stream pushes it: two questions for all of them."""
    users = User.objects.filter(pk__in=people).prefetch_related("memberships__team")
    undecided = list(Escalation.objects.filter(state__in=UNDECIDED).only("state", "level", "owner", "asker", *PLACE))
    for user in users:  # as their own question would find them, one by one
        user.__dict__["places"] = [(Role(m.role), m.team.desk_id, m.team.area_id) for m in user.memberships.all()]
    return {user.pk: sum(waits_for(user, one) for one in undecided) for user in users}


def waits_for(user: User, one: Escalation) -> bool:
    """The same of one row in hand."""
    if one.owner_id == user.pk:
        return one.state in UNDECIDED
    mine = level_at(user, one.desk_id, one.area_id)
    if one.state != State.ASKED or mine is None or one.asker_id == user.pk:
        return False
    return LEVELS.index(mine) >= LEVELS.index(Level(one.level)) + (one.owner_id is not None)
