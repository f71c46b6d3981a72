"""Who hears of a clock that warns or is overdue: whoever holds the case, else the leaders of its desk on duty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import connection

from tenesa.accounts.models import Membership, PresenceState, User
from tenesa.accounts.roles import Role

LADDER = (Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER)  # the next where nobody of the one before is on duty
Told = list[dict[str, Any]]


@dataclass(frozen=True)
class Alarm:
    """One clock that warned (`overdue` false) or ran over its target."""

    procedure: str
    case_id: int
    name: str
    overdue: bool
    told: Told = field(default_factory=list)


# A thousand numbers at once: the ORM would write each into the statement, and take longer than PostgreSQL.
_CASES = """
    SELECT c.id, c.desk_id, c.area_id, c.owner_id,
           coalesce(nullif(trim(concat(u.first_name, ' ', u.last_name)), ''), u.username, '')
      FROM {cases} c LEFT JOIN {users} u ON u.id = c.owner_id WHERE c.id = ANY (%s)"""
listeners: list[Callable[[Sequence[Alarm]], None]] = []  # told after commit; filled in AppConfig.ready, must not raise


@dataclass(frozen=True)
class _Place:
    desk: str
    area: str | None
    owner: int | None
    owner_name: str


class Duty:
    """The people of now, read once for many clocks."""

    def __init__(self, cases: Iterable[tuple[str, int]]) -> None:
        wanted: dict[str, list[int]] = {}
        for procedure, case_id in cases:
            wanted.setdefault(procedure, []).append(case_id)
        self.places = {
            (procedure, pk): place for procedure, ids in wanted.items() for pk, place in _places(procedure, ids)
        }
        self.leaders = _leaders()
        self._known: dict[tuple[str, str | None], Told] = {}

    def told(self, procedure: str, case_id: int) -> Told:
        place = self.places.get((procedure, case_id))
        if place is None:
            return []
        if place.owner:
            return [{"user": place.owner, "name": place.owner_name}]
        key = place.desk, place.area
        if key not in self._known:
            self._known[key] = self._of(*key)
        return self._known[key]

    def _of(self, desk: str, area: str | None) -> Told:
        for role in LADDER:
            here = {
                user: name
                for of_role, of_desk, of_area, user, name in self.leaders
                if of_role == role and of_desk == desk and (of_area is None or area in (None, of_area))
            }
            if here:
                return [{"user": user, "name": name} for user, name in sorted(here.items())]
        return []


def _places(procedure: str, ids: list[int]) -> Iterable[tuple[int, _Place]]:
    try:
        model = apps.get_model(procedure)
    except (LookupError, ValueError):
        return
    with connection.cursor() as cursor:
        cursor.execute(_CASES.format(cases=model._meta.db_table, users=User._meta.db_table), [ids])
        rows = cursor.fetchall()
    for pk, desk, area, owner, name in rows:
        yield pk, _Place(desk, area, owner, name)


def _leaders() -> list[tuple[str, str, str | None, int, str]]:
    """Everybody who leads and is at work: role, desk, area, person."""
    there = Membership.objects.filter(role__in=LADDER, user__is_active=True, user__presence__isnull=False)
    there = there.exclude(user__presence__state=PresenceState.OFFLINE).select_related("user", "team")
    return [(one.role, one.team.desk_id, one.team.area_id, one.user_id, str(one.user)) for one in there]
