"""Quotas: prospects of a witel and a campaign that a leader gives to a team (requirements 8.1).

Set-wise and no step, as no state changes; each gift is a row of `Quota`. What is in nobody's quota is picked by all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from caring.callers import teams_that_call
from caring.dapros.models import Quota
from caring.models import Prospect
from caring.prospects.procedure.base import LEADERS
from caring.prospects.queue import PLACE
from caring.prospects.states import WAITING, Campaign, State
from tenesa.accounts.models import Membership, PresenceState, Team, User
from tenesa.accounts.roles import Role
from tenesa.workflow.errors import NotYourStep

NIGHT = time(21)  # after the last hour of calls (08-20)
MOST = 100_000
DESK = "CARING"


@dataclass
class Line:
    """Prospects that may be picked, of one witel and campaign: without a quota, and by team (in the teams' order)."""

    witel: str
    campaign: str
    free: int = 0
    by_team: dict[int, int] = field(default_factory=dict)

    @property
    def campaign_words(self) -> str:
        return str(Campaign(self.campaign).label)

    @property
    def total(self) -> int:
        return self.free + sum(self.by_team.values())


def teams_of(user: User) -> list[Team]:
    """The teams that call, and may be given some."""
    return list(teams_that_call(DESK)) if user.sees(DESK, None) else []


def holders(user: User, lines: list[Line]) -> list[Team]:
    """Those and whichever other holds some."""
    held = {team for line in lines for team in line.by_team}
    known = teams_of(user)
    others = Team.objects.filter(pk__in=held - {team.pk for team in known}, desk=DESK).order_by("name")
    return [*known, *others] if known or user.sees(DESK, None) else []


def table(user: User) -> list[Line]:
    """What may be picked, by witel and campaign. One question, by index."""
    found: dict[tuple[str, str], Line] = {}
    counted = Prospect.objects.visible_to(user).filter(ready=True).order_by()
    for row in counted.values("witel", "campaign", "team").annotate(n=Count("*")):
        line = found.setdefault((row["witel"], row["campaign"]), Line(row["witel"], row["campaign"]))
        if row["team"] is None:
            line.free += row["n"]
        else:
            line.by_team[row["team"]] = row["n"]
    return sorted(found.values(), key=lambda line: (line.witel, line.campaign))


def give(user: User, team: Team, number: int, *, witel: str = "", campaign: str = "") -> Quota:
    """Give up to `number` prospects without a quota to the team, the first of the queue. Raises NotYourStep."""
    _may_give(user, team)
    free = Prospect.objects.visible_to(user).filter(ready=True, team=None, desk=team.desk_id)
    if witel:
        free = free.filter(witel=witel)
    if campaign:
        free = free.filter(campaign=campaign)
    with transaction.atomic():
        chosen = free.order_by(*PLACE, "pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:number]
        given = Prospect.objects.filter(pk__in=list(chosen), ready=True, team=None).update(team=team)
        return Quota.objects.create(team=team, witel=witel, campaign=campaign, asked=number, given=given, by=user)


def take_back(user: User, team: Team) -> Quota:
    """What nobody holds of the team's quotas is everybody's again, and kept as a quota of none. Raises NotYourStep."""
    _may_give(user, team)
    with transaction.atomic():
        theirs = Prospect.objects.visible_to(user).filter(state__in=WAITING, team=team, owner=None)
        chosen = theirs.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)
        back = Prospect.objects.filter(pk__in=list(chosen), team=team, owner=None).update(team=None)
        return Quota.objects.create(team=team, asked=0, given=back, by=user)


def _may_give(user: User, team: Team) -> None:
    if not user.has_role(*LEADERS) or not user.sees(team.desk_id, team.area_id):
        raise NotYourStep(_("Quotas are given by the desk's leaders."))


def idle(teams: Sequence[Team]) -> dict[int, str]:
    """The teams from whose quota nobody picks now, with why."""
    here = Q(user__presence__isnull=False) & ~Q(user__presence__state=PresenceState.OFFLINE)
    callers = Membership.objects.filter(team__in=teams, role=Role.AGENT_CARING, user__is_active=True).order_by()
    counted = callers.values_list("team").annotate(n=Count("user", filter=here, distinct=True))
    present = dict(counted)
    nobody, absent = _("No effect: nobody of this team calls."), _("No effect now: nobody of this team is on duty.")
    return {team.pk: absent if team.pk in present else nobody for team in teams if not present.get(team.pk)}


def lack_of(one: Quota, lines: Sequence[Line], idle: Mapping[int, str]) -> str:
    """Why a quota that was given has no effect now, or less than was asked for; "" where it has."""
    if one.is_taken_back:
        return ""
    if not one.given:
        return _("No effect: no free prospect fitted.")
    fit = [line for line in lines if one.witel in {"", line.witel} and one.campaign in {"", line.campaign}]
    if not any(line.by_team.get(one.team_id) for line in fit):
        return _("No effect now: nothing of it is left to be picked.")
    more = _("%(n)d more than were free.") % {"n": one.asked - one.given} if one.given < one.asked else ""
    return idle.get(one.team_id) or more


def recent(user: User, number: int = 20) -> QuerySet[Quota]:
    if not user.sees(DESK, None):
        return Quota.objects.none()
    return Quota.objects.filter(team__desk=DESK).select_related("team", "by").order_by("-at", "-pk")[:number]


def return_unworked() -> int:
    """After the last hour of calls: what nobody called of a quota is everybody's again, once a night."""
    now = timezone.localtime()
    if now.time() < NIGHT or not cache.add(f"caring-quotas-{now:%Y%m%d}", True, 24 * 3600):
        return 0
    return Prospect.objects.filter(state=State.AVAILABLE, team__isnull=False, attempts=0, owner=None).update(team=None)


CAMPAIGNS = Campaign.choices
