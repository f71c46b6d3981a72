"""Whoever has a page open is at work and keeps what they hold."""

from __future__ import annotations

from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.accounts.presence import touch
from tenesa.workflow.procedures import procedures


def keep_held(user: User) -> None:
    """The browser is open: the leases of what the person holds begin anew."""
    touch(user)
    now = timezone.now()
    for model in procedures().values():
        if model.lease:
            held = model._default_manager.filter(owner=user, lease_until__gt=now)
            held.update(lease_until=model.kept_until(now))
