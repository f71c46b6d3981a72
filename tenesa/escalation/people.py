"""Who may decide at which place, and who of them is at work."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tenesa.accounts.models import Membership, PresenceState, User
from tenesa.accounts.roles import Role
from tenesa.escalation.states import LEVEL_OF, LEVELS, ROLE_OF, Level

if TYPE_CHECKING:
    from tenesa.escalation.columns import EscalationColumns

REMEMBERED = 60  # seconds; a change of presence is known at once


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


def on_duty(desk: str, area: str | None, *, but: User) -> dict[Level, list[str]]:
    """Names of those at work by the level at which they decide there, who is not on a break first; without one."""
    found: dict[Level, dict[int, str]] = {}
    for pk, role, of_area, name, paused in cache.get_or_set(_key(desk), partial(_of_desk, desk), REMEMBERED) or ():
        if pk != but.pk and (of_area is None or area in (None, of_area)):
            words = _("%(who)s (on a break)") % {"who": name} if paused else name
            found.setdefault(LEVEL_OF[role], {})[pk] = words
    return {level: list(names.values()) for level, names in found.items()}


def _of_desk(desk: str) -> list[tuple[int, Role, str | None, str, bool]]:
    """(key, role, area, name, on a break) of whoever decides at a desk and is at work."""
    there = at_work(User.objects.filter(is_active=True))
    rows = Membership.objects.filter(team__desk=desk, role__in=LEVEL_OF, user__in=there)
    rows = rows.select_related("user__presence", "team").order_by("user__first_name", "user__username")
    told = [
        (one.user_id, Role(one.role), one.team.area_id, str(one.user), one.user.presence.state == PresenceState.AUX)
        for one in rows
    ]
    return sorted(told, key=lambda row: row[-1])


def forget(user: User) -> None:
    """Somebody's presence changed: who is on duty at their desks is read anew."""
    cache.delete_many([_key(desk) for _role, desk, _area in user.places])


def _key(desk: str) -> str:
    return f"on-duty:{desk}"


def at_work(people: QuerySet[User]) -> QuerySet[User]:
    return people.filter(presence__isnull=False).exclude(presence__state=PresenceState.OFFLINE)


def is_anybody_there(escalation: EscalationColumns) -> bool:
    """Is somebody of the level at work (or the one person it was given to)?"""
    if escalation.owner_id:
        return at_work(User.objects.filter(pk=escalation.owner_id, is_active=True)).exists()
    return at_work(deciders(escalation, [Level(escalation.level)])).exists()


def levels_at_work(escalation: EscalationColumns) -> set[Level]:
    """The levels of which somebody who may decide this is at work."""
    there = at_work(deciders(escalation, ROLE_OF))
    places = Membership.objects.filter(user__in=there, team__desk=escalation.desk_id, role__in=LEVEL_OF)
    if escalation.area_id:
        places = places.filter(Q(team__area=None) | Q(team__area=escalation.area_id))
    return {LEVEL_OF[Role(role)] for role in places.values_list("role", flat=True).distinct()}
