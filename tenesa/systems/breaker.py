"""A system that does not answer is left alone for a while, so that waiting for it costs nobody else (ADR-0014).

After FAILURES time-outs or broken connections in a row a system counts as down. Calls fail at once then, in words, and
go on by their own back-off; every PAUSE one of them is let through to try. When one is answered, or a probe is, the
calls that wait for the system are made.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.systems.applications import label_of
from tenesa.systems.clients import CLIENTS
from tenesa.systems.errors import Refused, Unavailable
from tenesa.systems.http import transport
from tenesa.systems.models import SystemState

logger = logging.getLogger(__name__)

FAILURES = 5
PAUSE = timedelta(seconds=30)
PROBE_SECONDS = 3.0
changed: list[Callable[[], None]] = []  # told after commit that a system went down or is back; must not raise
SILENT = {"TIMEOUT", "UNAVAILABLE"}  # codes of a system that is not there; one that talks nonsense is


def let_through(system: str) -> bool:
    """Raises Unavailable while the system is down and it is not time for a try. True where nothing is wrong with it,
    as nearly always: then nobody needs to hear that it answered."""
    state = SystemState.objects.filter(system=system).first()
    if state is None or state.retry_at is None:
        return state is None or not state.failures
    now = timezone.now()
    if state.retry_at <= now:
        mine = SystemState.objects.filter(system=system, retry_at=state.retry_at).update(retry_at=now + PAUSE)
        if mine:
            return False
    words = _("%(system)s has not answered since %(time)s; it is asked again by itself.")
    since = timezone.localtime(state.since)
    raise Unavailable("DOWN", words % {"system": label_of(system), "time": f"{since:%H.%M}"})


def failed(system: str, error: Unavailable) -> None:
    """Note that a system did not answer; the last straw makes it count as down."""
    if error.code not in SILENT:
        return
    now = timezone.now()
    with transaction.atomic():
        SystemState.objects.get_or_create(system=system)
        state = SystemState.objects.select_for_update().get(system=system)
        state.failures += 1
        state.last_error, state.last_error_at = error.message, now
        if state.failures >= FAILURES:
            if not state.down:
                state.since = now
                logger.warning("%s is down: %s", system, error)
                transaction.on_commit(tell)
            state.retry_at = now + PAUSE
        state.save()


def answered(system: str) -> bool:
    """Note that a system answered; True when it had been down until now."""
    return _up(system, failures=0)


def _up(system: str, *, failures: int) -> bool:
    with transaction.atomic():
        state = SystemState.objects.select_for_update().get(system=system)
        was_down = state.down
        if was_down:
            state.since = timezone.now()
            logger.warning("%s is back", system)
            transaction.on_commit(tell)
        state.failures, state.retry_at = failures, None
        state.save()
    return was_down


def tell() -> None:
    """What is shown of the applications is another thing now."""
    for listener in changed:
        listener()


_TRY_NOW = f'UPDATE "{SystemState._meta.db_table}" SET retry_at = %s WHERE system = %s AND retry_at IS NOT NULL'  # noqa: S608


def try_now(system: str) -> None:
    """A person wants to know: the next call is let through."""
    with connection.cursor() as cursor:  # written out, as every pick of a case asks it
        cursor.execute(_TRY_NOW, [timezone.now(), system])


def probe(system: str) -> bool:
    """Ask a system for a sign of life; True when it had been down and answers again.

    A sign of life ends a down time on probation: the first failure begins a new one.
    """
    where = settings.SYSTEMS[system]
    client = CLIENTS[system](transport(str(where["url"]), str(where["token"]), PROBE_SECONDS))
    began, taken = time.monotonic(), None
    try:
        client.ping()
    except Unavailable as error:
        failed(system, error)
        back = False
    except Refused:
        back = _up_again(system)  # it does not know the question, but it is there
        taken = time.monotonic() - began
    else:
        back = _up_again(system)
        taken = time.monotonic() - began
    probed = {"probed_at": timezone.now(), "probe_ms": None if taken is None else round(taken * 1000)}
    SystemState.objects.update_or_create(system=system, defaults=probed)
    return back


def _up_again(system: str) -> bool:
    down = SystemState.objects.filter(system=system, retry_at__isnull=False).exists()
    return down and _up(system, failures=FAILURES - 1)
