"""Readiness and presence: work reaches only people who are AVAILABLE (W-05 1.1.1 - 1.1.9, X-10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.accounts.models import Presence, PresenceChange, PresenceState, Readiness, User
from tenesa.accounts.roles import CONFIRM_THE_LIST

leaving: list[Callable[[User], object]] = []  # told when somebody goes offline; filled in AppConfig.ready
left: list[Callable[[User], object]] = []  # told when somebody is made inactive; filled in AppConfig.ready
changed: list[Callable[[User], object]] = []  # told after commit; filled in AppConfig.ready, must not raise


class NotReady(Exception):
    """The readiness list is not complete; the text names what is missing."""


def presence_of(user: User) -> Presence:
    presence, _made = Presence.objects.get_or_create(user=user)
    return presence


def is_available(user: User) -> bool:
    with connection.cursor() as cursor:  # asked at every claim; building it anew would cost more
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM accounts_presence WHERE user_id = %s AND state = %s)",
            [user.pk, PresenceState.AVAILABLE.value],
        )
        return bool(cursor.fetchone()[0])


@transaction.atomic
def change_presence(user: User, state: PresenceState, *, reason: str = "", checked: Iterable[str] = ()) -> Presence:
    """Set a person's presence and keep the change.

    Auto-in (AVAILABLE) needs the whole list of W-05 1.1 once a day: either confirmed now in `checked` or earlier today.
    A supervisor or manager is on duty without it.
    """
    Presence.objects.get_or_create(user=user)
    presence = Presence.objects.select_for_update().get(user=user)
    ticked, now = set(checked), timezone.now()
    today = timezone.localdate(now)
    if state == PresenceState.AVAILABLE and presence.ready_on != today and user.has_role(*CONFIRM_THE_LIST):
        missing = [str(item.label) for item in Readiness if item.value not in ticked]
        if missing:
            raise NotReady(_("Not ready yet: %(items)s.") % {"items": "; ".join(missing)})
        presence.ready_on = today
    presence.state, presence.reason, presence.since, presence.seen_at = state, reason, now, now
    presence.save()
    PresenceChange.objects.create(user=user, state=state, reason=reason, checked=sorted(ticked), at=now)
    if state == PresenceState.OFFLINE:
        for leave in leaving:
            leave(user)
    transaction.on_commit(partial(_announce, user))
    return presence


@transaction.atomic
def leave_for_good(user: User) -> None:
    """Whoever is made inactive signs off; what they still hold is told to those who lead there."""
    change_presence(user, PresenceState.OFFLINE)
    for tell in left:
        tell(user)


def pause(user: User, *, paused: bool) -> None:
    """Whether auto-in hands over cases by itself, or the person takes them; they stay ready either way."""
    presence_of(user)
    Presence.objects.filter(user=user).update(paused=paused)
    transaction.on_commit(partial(_announce, user))


def _announce(user: User) -> None:
    for tell in changed:
        tell(user)


def signed_out(sender: object, user: User | None, **_signal: Any) -> None:
    """Signing out ends the shift: work that nobody holds any more goes to others (Django's `user_logged_out`)."""
    if user is not None and Presence.objects.filter(user=user).exclude(state=PresenceState.OFFLINE).exists():
        change_presence(user, PresenceState.OFFLINE)


def touch(user: User) -> None:
    """The browser's heartbeat: this person is still at the desk."""
    Presence.objects.filter(user=user).update(seen_at=timezone.now())
