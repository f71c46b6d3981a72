"""The CTI follows the presence of every person: what it was told last, and what it has yet to be told (X-10, S-20).

Presence itself says what is to be told, so nothing is lost where a worker or the CTI is away: a sweep finds those whose
presence is newer than what the CTI knows.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenesa.accounts.models import Presence, PresenceState, User
from tenesa.redis_link import FAILURES, asking
from tenesa.systems import clients, outbox
from tenesa.systems.cti.values import AgentState
from tenesa.systems.errors import Refused, Unavailable
from tenesa.systems.http import Origin
from tenesa.systems.models import CtiState

logger = logging.getLogger(__name__)
CTI, CLAUSE = "cti", "W-05 1.1.8"
PAUSE = timedelta(seconds=30)
STALE = timedelta(minutes=2)
AT_ONCE = 200
STATES = {
    PresenceState.OFFLINE: AgentState.OFF,
    PresenceState.AVAILABLE: AgentState.AUTO_IN,
    PresenceState.AUX: AgentState.AUX,
    PresenceState.ACW: AgentState.ACW,
}


def follow(user: User) -> None:
    """Let a worker tell the CTI; when the broker is away the sweep finds it. Called after commit, never raises."""
    from tenesa.systems.tasks import tell_cti

    try:
        with asking():
            tell_cti.apply_async((user.pk,), retry=False)
    except FAILURES:
        logger.warning("no broker to tell the CTI of %s", user.pk)


def tell(pk: int) -> str:
    """Tell the CTI a person's presence, and once more where it changed meanwhile; one teller a person at a time."""
    CtiState.objects.get_or_create(presence_id=pk)
    told = "nothing new"
    while _claim(pk):
        try:
            said = _say(pk)
        finally:
            CtiState.objects.filter(pk=pk).update(claimed_at=None)
        if not said:
            break
        told = said
    return told


def _claim(pk: int) -> bool:
    now = timezone.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - STALE)
    return bool(CtiState.objects.filter(free, pk=pk).update(claimed_at=now))


def _say(pk: int) -> str:
    """The state that was told; "" where there is nothing new or the CTI is away."""
    presence = Presence.objects.select_related("user", "cti_state").get(pk=pk)
    if not is_behind(presence):
        return ""
    state, login = STATES[PresenceState(presence.state)], presence.user.username
    known = CtiState.objects.filter(pk=pk)
    try:
        with outbox.asked(CTI):
            key = f"presence:{pk}:{presence.since.isoformat()}"
            clients.cti(Origin(login, CLAUSE)).set_agent_state(login, state, presence.since, key=key)
    except Unavailable as error:
        known.update(error=error.message, next_try_at=timezone.now() + PAUSE)
        return ""
    except Refused as error:
        logger.warning("the CTI refuses %s of %s: %s", state, login, error)
        known.update(error=error.message, since=presence.since)
        return ""
    known.update(state=state.value, since=presence.since, error="")
    return state.value


def is_behind(presence: Presence) -> bool:
    """Whether the CTI has yet to be told; `presence` with its `cti_state`."""
    told: CtiState | None = getattr(presence, "cti_state", None)
    return told is None or told.since is None or told.since < presence.since


def problem(presence: Presence) -> str:
    """What an agent is told of their own state in the CTI; "" where all is well or it is only just being told."""
    told: CtiState | None = getattr(presence, "cti_state", None)
    if told is None or not told.error:
        return ""
    if is_behind(presence):
        return _("The CTI does not know this state yet; it is told again by itself. (%(error)s)") % {
            "error": told.error
        }
    return _("The CTI refused this state: %(error)s") % {"error": told.error}


def _behind() -> QuerySet[Presence]:
    """Who the CTI has yet to be told of; somebody it never knew is OFF there already."""
    never = Q(cti_state=None) & ~Q(state=PresenceState.OFFLINE)
    older = Q(cti_state__since=None) | Q(cti_state__since__lt=F("since"))
    return Presence.objects.filter(never | Q(cti_state__isnull=False) & older)


def words() -> str:
    """For the board of applications: of how many people the CTI failed to be told."""
    count = _behind().exclude(cti_state=None).exclude(cti_state__error="").count()
    said = ngettext(
        "%(n)d person's state is not known to the CTI yet.",
        "%(n)d people's states are not known to the CTI yet.",
        count,
    )
    return said % {"n": count} if count else ""


def sweep(now: datetime | None = None) -> int:
    """Tell the CTI what no worker has told it, the longest due first. Returns of how many people."""
    due = _behind().filter(Q(cti_state=None) | Q(cti_state__next_try_at__lte=now or timezone.now()))
    pks = list(due.order_by("since").values_list("pk", flat=True)[:AT_ONCE])
    for user in User.objects.filter(pk__in=pks):
        follow(user)
    return len(pks)
