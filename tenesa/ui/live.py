"""Live updates: committed changes are published once to Redis and fan out to the browsers of each process.

Only "tickets.emailcase:17 changed" travels; the page fetches again by itself, so what a person may see is decided in
one place. A browser that missed something catches up from the database.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import cache

import redis
import redis.asyncio
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from tenesa.workflow.case import Case

logger = logging.getLogger(__name__)

CHANNEL = "tenesa:live"
PING_SECONDS = 15
QUEUE_SIZE = 64
RESYNC = "*"


@cache
def bus() -> redis.Redis:
    """The process's own connection pool; short time-outs, because live updates are a comfort and never a condition."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1, decode_responses=True)


def name_of(case: Case) -> str:
    return f"{case.procedure_name()}:{case.pk}"


def publish(case: Case) -> None:
    """Tell every browser that this case changed; called after commit."""
    bus().publish(CHANNEL, name_of(case))


class Hub:
    """One Redis subscription for all browsers of this process (and this event loop)."""

    def __init__(self) -> None:
        self.queues: set[asyncio.Queue[str | None]] = set()
        self.reader: asyncio.Task[None] | None = None

    def join(self) -> asyncio.Queue[str | None]:
        queue: asyncio.Queue[str | None] = asyncio.Queue(QUEUE_SIZE)
        self.queues.add(queue)
        if self.reader is None or self.reader.done():
            self.reader = asyncio.create_task(self._read())
        return queue

    def leave(self, queue: asyncio.Queue[str | None]) -> None:
        self.queues.discard(queue)
        if not self.queues and self.reader is not None:
            self.reader.cancel()
            self.reader = None

    async def _read(self) -> None:
        client = redis.asyncio.Redis.from_url(settings.REDIS_URL, decode_responses=True)
        try:
            async with client.pubsub() as pubsub:
                await pubsub.subscribe(CHANNEL)
                async for message in pubsub.listen():
                    if message["type"] == "message":
                        self._spread(message["data"])
        except (redis.RedisError, OSError):
            logger.warning("live updates cut: Redis is away; browsers poll until it is back")
        finally:
            self._spread(None)
            await client.aclose()

    def _spread(self, name: str | None) -> None:
        for queue in self.queues:
            if queue.full():  # a browser that does not read is told to fetch everything once
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(RESYNC)
            queue.put_nowait(name)


_hubs: dict[int, Hub] = {}


def _hub() -> Hub:
    return _hubs.setdefault(id(asyncio.get_running_loop()), Hub())


async def events(request: HttpRequest) -> HttpResponseBase:
    """The stream of changes. 204 tells the browser not to try again: it polls where streams cannot be served."""
    user = await request.auser()
    if not user.is_authenticated or not isinstance(request, ASGIRequest):
        return HttpResponse(status=204)
    return StreamingHttpResponse(
        _stream(),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream() -> AsyncIterator[str]:
    hub = _hub()
    queue = hub.join()
    try:
        yield "retry: 3000\n: hello\n\n"
        while True:
            name: str | None = None
            with suppress(TimeoutError):
                name = await asyncio.wait_for(queue.get(), PING_SECONDS)
                if name is None:
                    return
            yield f"data: {name}\n\n" if name else ": ping\n\n"
    finally:
        hub.leave(queue)
