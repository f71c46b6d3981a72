"""Redis on the board of applications: who sees that it is away need not have been the one whose page noticed."""

from __future__ import annotations

import logging

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa import redis_link
from tenesa.systems.applications import REDIS
from tenesa.systems.models import SystemState
from tenesa.systems.status import Health

logger = logging.getLogger(__name__)


def note(problem: str) -> None:
    """Keep that Redis is away, or with "" that it answers; the menu counts it as an application that is down."""
    try:
        with transaction.atomic():
            if problem:
                _is_away(problem)
            else:
                back = {"failures": 0, "retry_at": None, "since": timezone.now()}
                SystemState.objects.filter(system=REDIS, retry_at__isnull=False).update(**back)
    except DatabaseError:
        logger.warning("not kept that Redis is %s", problem or "back")


def _is_away(problem: str) -> None:
    now = timezone.now()
    SystemState.objects.get_or_create(system=REDIS)
    SystemState.objects.filter(system=REDIS, retry_at=None).update(failures=1, retry_at=now, since=now)
    SystemState.objects.filter(system=REDIS).update(last_error=problem, last_error_at=now)


def health() -> Health:
    """Asked now; what is kept of it is put right on the way."""
    away = ""
    try:
        with redis_link.asking():
            redis_link.bus().ping()
    except redis_link.FAILURES as error:
        away = f"{type(error).__name__}: {error}"[:200]
    state = SystemState.objects.filter(system=REDIS).first()
    if bool(away) != bool(state and state.down):
        note(away)
        state = SystemState.objects.filter(system=REDIS).first()
    found = Health(REDIS, "down" if away else "up", since=state.since if state else None, state=state)
    if away:
        found.own = _(
            "New mails, calls and clocks wait until it is back. Pages and REST work; pages ask for news by themselves, "
            "and nobody is told to slow down."
        )
    return found
