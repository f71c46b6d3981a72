"""Who may decide at which place, and who of them is at work."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from tenesa.accounts.models import PresenceState, User
from tenesa.escalation.states import LEVEL_OF, LEVELS, ROLE_OF, Level

if TYPE_CHECKING:
    from tenesa.escalation.columns import EscalationColumns


def level_at(user: User, desk: str, area: str | None) -> Level | None:
    """The highest level this person decides at for a desk and area; None for somebody who decides nothing there."""
    mine = [
        LEVEL_OF[role]
        for role, d, a in user.places
        if role in LEVEL_OF and d == desk and (a is None or area in (None, a))
    ]
    return max(mine, key=LEVELS.index, default=None)


def deciders(escalation: EscalationColumns, levels: Iterable[Level]) -> QuerySet[User]:
    """Everybody who may decide at one of these levels, at work or not, without the one who asks."""
    team = Q(memberships__team__desk=escalation.desk_id, memberships__role__in=[ROLE_OF[level] for level in levels])
    if escalation.area_id:
        team &= Q(memberships__team__area=None) | Q(memberships__team__area=escalation.area_id)
    return User.objects.filter(team, is_active=True).exclude(pk=escalation.asker_id).distinct()


def at_work(people: QuerySet[User]) -> QuerySet[User]:
    return people.filter(presence__isnull=False).exclude(presence__state=PresenceState.OFFLINE)


def is_anybody_there(escalation: EscalationColumns) -> bool:
    """Is somebody of the level at work (or the one person it was given to)?"""
    if escalation.owner_id:
        return at_work(User.objects.filter(pk=escalation.owner_id, is_active=True)).exists()
    return at_work(deciders(escalation, [Level(escalation.level)])).exists()
