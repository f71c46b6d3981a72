"""Who of Tier 2 is there to be given a case, and has room for one."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import connection

from tenesa.accounts.models import Presence, PresenceState, User
from tenesa.accounts.roles import Role
from vvip.callbacks.states import HELD


def is_there(user: User) -> bool:
    """At work, and still of Tier 2: whatever waits for somebody else would wait for nobody."""
    if not user.is_active or not user.has_role(Role.AGENT_TIER2, Role.TEAM_LEADER, Role.SUPERVISOR):
        return False
    return Presence.objects.filter(user=user).exclude(state=PresenceState.OFFLINE).exists()


def open_items(user: User) -> int:
    """Callbacks that they hold. Whoever else counts theirs waits until this transaction ends, so that two of them do
    not both find the same room."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"callbacks of {user.pk}"])
    callbacks = apps.get_model("vvip", "Callback")._default_manager
    return callbacks.filter(owner=user, state__in=HELD).count()


def has_room(user: User) -> bool:
    """For one more (requirements 7.1: at most three open items an agent)."""
    return open_items(user) < int(settings.W26["open_items"])
