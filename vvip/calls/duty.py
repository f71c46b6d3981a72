"""Who of Tier 2 is there to be given a case."""

from __future__ import annotations

from tenesa.accounts.models import Presence, PresenceState, User
from tenesa.accounts.roles import Role


def is_there(user: User) -> bool:
    """At work, and still of Tier 2: whatever waits for somebody else would wait for nobody."""
    if not user.is_active or not user.has_role(Role.AGENT_TIER2, Role.TEAM_LEADER, Role.SUPERVISOR):
        return False
    return Presence.objects.filter(user=user).exclude(state=PresenceState.OFFLINE).exists()
