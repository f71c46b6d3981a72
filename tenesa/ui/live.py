"""Live updates: what was committed is told once to Redis and fans out to the browsers of each process (ADR-0016).

Only words travel: "case tickets.emailcase:17 queue mine:5". The page fetches again by itself, so what a person may see
is decided in one place. The words lie in a short Redis stream, so that a page that was cut off hears what it missed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import cache
from itertools import chain
from typing import Any

import redis
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tenesa.redis_link import FAILURES, asking
from tenesa.workflow.batched_on_commit import later
from tenesa.workflow.case import Case

logger = logging.getLogger(__name__)

STREAM = "tenesa:live"
KEPT = 1000  # messages; a page that missed more fetches everything once
RESYNC = "resync"

# Which lists a case stands in now; procedure apps register theirs in AppConfig.ready.
concerns: dict[str, Callable[[Case], Iterable[str]]] = {}
_owed: list[str] = []


@cache
def _line() -> redis.ConnectionPool:
    """Connections on which Redis answers nothing: a step need not wait for it. Should Redis die with words unread,
    its return tells every page to fetch everything (tenesa.ui.hub)."""
    return redis.ConnectionPool.from_url(
        settings.REDIS_URL, protocol=2, socket_timeout=2, socket_connect_timeout=1, redis_connect_func=_hush
    )


def _hush(connection: Any) -> None:
    connection.on_connect()
    connection.send_command("CLIENT", "REPLY", "OFF")


def name_of(case: Case) -> str:
    return f"{case.procedure_name()}:{case.pk}"


def publish(case: Case) -> None:
    """Tell that this case changed; called after commit."""
    lists = concerns.get(case.procedure_name())
    area = "" if case.moved else case.area_id or ""
    tell("case", name_of(case), *(lists(case) if lists else ()), desk=case.desk_id, area=area)


def tell(kind: str, *words: str, desk: str = "", area: str = "") -> None:
    """Tell the pages that watch this kind, of persons who work at this desk and area; of all without a desk.

    Call it after commit. Known kinds: `case` (a case changed), `at` (who looks at a case, its name as the word),
    `people` (somebody's presence), `pop` (a person was reached, "person:<pk>" as the word), `notices` (the same: a
    person has others now), `board` (anything else that the board shows).
    """
    later(_send, {"what": " ".join((kind, *words)), "desk": desk, "area": area})


def _send(messages: list[dict[Any, Any]]) -> None:
    missed: list[dict[Any, Any]] = [{"what": RESYNC, "desk": "", "area": ""}] if _owed else []
    adding = [("XADD", STREAM, "MAXLEN", "~", KEPT, "*", *chain(*message.items())) for message in (*missed, *messages)]
    try:
        with asking():
            connection: Any = _line().get_connection()
            try:
                connection.send_packed_command(connection.pack_commands(adding))
            finally:
                _line().release(connection)
        _owed.clear()
    except FAILURES as error:
        _owed[:] = [RESYNC]  # when Redis is back, pages learn that they missed something
        logger.warning("live update not told, browsers poll: %s", error)


def events(request: HttpRequest) -> HttpResponse:
    """Where no stream can be served (tenesa.ui.stream serves it in front of Django): 204, and the page polls."""
    return HttpResponse(status=204)
