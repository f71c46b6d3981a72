"""All open pages of one process: one reader of Redis, one heartbeat, a short queue a page.

500 pages must cost next to nothing: a message is encoded once and put as the same bytes into the queue of every page
that it concerns; nothing is computed a page. What the menu counts is read once a place (see `tenesa.ui.counters`).
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import cast

import redis
import redis.asyncio
from django.conf import settings
from django.db import close_old_connections

from tenesa.accounts.models import User
from tenesa.ui import counters
from tenesa.ui.live import KEPT, RESYNC, STREAM

logger = logging.getLogger(__name__)

PING_SECONDS = 15
LIVES_SECONDS = 600  # then the browser comes again and its sign-in is looked at anew
QUEUE = 64
COUNT_SECONDS = 0.3  # between two readings of what the menu counts; longer where a reading takes long
COUNTED = {"case", "board", "notices", RESYNC}
SERVED = {"case", "people", RESYNC}
# given everybody who has a page open, after a change and with every heartbeat; filled in AppConfig.ready
serving: list[Callable[[list[User]], object]] = []
Entry = tuple[str, dict[str, str]]
PING = b": ping\n\n"
RESYNC_EVENT = b"event: resync\ndata:\n\n"
CUT, BACK = b"event: cut\ndata:\n\n", b"event: back\ndata:\n\n"


@dataclass(frozen=True)
class Message:
    at: tuple[int, int]  # the id in the stream
    what: str
    desk: str
    area: str
    wire: bytes

    @classmethod
    def of(cls, ident: str, fields: dict[str, str]) -> Message:
        what = fields.get("what", RESYNC)
        event = f"event: {RESYNC}\n" if what == RESYNC else ""
        wire = f"id: {ident}\n{event}data: {what}\n\n".encode()
        return cls(moment(ident), what, fields.get("desk", ""), fields.get("area", ""), wire)


def moment(ident: str) -> tuple[int, int]:
    """The id of a message, to be compared: milliseconds and a number. (0, 0) where it is none."""
    first, _dash, second = ident.partition("-")
    return (int(first), int(second or 0)) if first.isdecimal() and (second or "0").isdecimal() else (0, 0)


@dataclass(eq=False)
class Page:
    """One open page: who looks at it, what it watches, what it has not been sent yet."""

    user: User
    watches: frozenset[str]
    pending: deque[bytes] = field(default_factory=deque)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    until: float = field(default_factory=lambda: time.monotonic() + LIVES_SECONDS * random.uniform(0.8, 1.2))  # noqa: S311 - spreads returns
    ended: bool = False
    counted: bytes = b""

    def put(self, wire: bytes) -> None:
        if len(self.pending) >= QUEUE:  # a browser that does not read is told to fetch everything once
            self.pending.clear()
            wire = RESYNC_EVENT
        self.pending.append(wire)
        self.woken.set()

    def end(self) -> None:
        self.ended = True
        self.woken.set()

    def concerned_by(self, message: Message) -> bool:
        if message.what == RESYNC:
            return True
        if message.what.partition(" ")[0] not in self.watches:
            return False
        return not message.desk or self.user.sees(message.desk, message.area or None)

    async def next(self) -> bytes:
        """What is pending, in one piece; b"" when the page is over."""
        while not (self.pending or self.ended):
            self.woken.clear()
            await self.woken.wait()
        chunk = b"".join(self.pending)
        self.pending.clear()
        return b"" if self.ended else chunk


class Hub:
    def __init__(self) -> None:
        self.pages: set[Page] = set()
        self.recent: deque[Message] = deque(maxlen=KEPT)
        self.whole_since = (0, 0)  # nothing is missing in `recent` since then
        self.last = "$"
        self.cut = True
        self.tasks: set[asyncio.Task[None]] = set()
        self.changed = asyncio.Event()
        self.moved = asyncio.Event()
        self.known = asyncio.Event()  # the stream was read for the first time, or Redis is away
        self.threads = ThreadPoolExecutor(2, thread_name_prefix="live")

    async def join(self, page: Page, since: str) -> None:
        """From now on this page is told; and at once what it missed since the message or moment `since`."""
        if not self.tasks:
            self.tasks = {asyncio.create_task(work()) for work in (self._listen, self._beat, self._count, self._serve)}
        await self.known.wait()
        self.pages.add(page)
        self.moved.set()
        if self.cut:
            page.put(CUT)
        elif moment(since) < self.whole_since:
            page.put(RESYNC_EVENT)
        else:
            for message in self.recent:
                if message.at > moment(since) and page.concerned_by(message):
                    page.put(message.wire)

    def leave(self, page: Page) -> None:
        self.pages.discard(page)

    def tell(self, wire: bytes) -> None:
        for page in self.pages:
            page.put(wire)

    # --- the one reader ---------------------------------------------------------------------------------------------
    async def _listen(self) -> None:
        while True:
            try:
                async with redis.asyncio.Redis.from_url(
                    settings.REDIS_URL, decode_responses=True, socket_timeout=10, socket_connect_timeout=2
                ) as client:
                    await self._begin(client)
                    while True:
                        read = await client.xread({STREAM: self.last}, block=5000, count=500)
                        for _stream, entries in cast("list[tuple[str, list[Entry]]]", read or []):
                            self._spread(entries)
            except (redis.RedisError, OSError) as error:
                self._lose(error)
                await asyncio.sleep(1)

    async def _begin(self, client: redis.asyncio.Redis) -> None:
        """What lies in the stream is what a returning page can be told; pages that were open fetch everything once."""
        newest = cast("list[Entry]", await client.xrevrange(STREAM, count=KEPT))
        uptime = int((await client.info("server"))["uptime_in_seconds"])
        self.recent = deque((Message.of(*entry) for entry in reversed(newest)), maxlen=KEPT)
        full = len(newest) >= KEPT
        started = int((time.time() - uptime) * 1000)
        lost = (int(time.time() * 1000), 0) if self.pages else (started, 0)
        self.whole_since = max(lost, self.recent[0].at if full else (0, 0))
        self.last = newest[0][0] if newest else "0"
        self.cut = False
        self.known.set()
        self.tell(BACK + RESYNC_EVENT)
        self.changed.set()

    def _spread(self, entries: list[Entry]) -> None:
        for ident, fields in entries:
            message = Message.of(ident, fields)
            if len(self.recent) == KEPT:
                self.whole_since = max(self.whole_since, self.recent[0].at)
            self.recent.append(message)
            self.last = ident
            for page in self.pages:
                if page.concerned_by(message):
                    page.put(message.wire)
            kind = message.what.partition(" ")[0]
            if kind in COUNTED:
                self.changed.set()
            if kind in SERVED:
                self.moved.set()

    def _lose(self, error: Exception) -> None:
        if not self.cut or not self.known.is_set():
            logger.warning("live updates cut, browsers poll until Redis is back: %s", error)
            self.cut = True
            self.known.set()
            self.tell(CUT)

    # --- the one heartbeat, and the counts of the menu --------------------------------------------------------------
    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(PING_SECONDS)
            self.moved.set()
            now = time.monotonic()
            for page in list(self.pages):
                if page.until < now:
                    page.end()
                else:
                    page.put(PING)

    async def _count(self) -> None:
        while True:
            await self.changed.wait()
            self.changed.clear()
            began = time.monotonic()
            if pages := list(self.pages):
                try:
                    people = {page.user.pk: page.user for page in pages}
                    loop = asyncio.get_running_loop()
                    counted = await loop.run_in_executor(self.threads, _counted, list(people.values()))
                except Exception:
                    logger.exception("the menu's counts could not be read")
                    counted = {}
                for page in pages:
                    wire = counted.get(page.user.pk, b"")
                    if wire and wire != page.counted:
                        page.counted = wire
                        page.put(wire)
            await asyncio.sleep(max(COUNT_SECONDS, 3 * (time.monotonic() - began)))

    async def _serve(self) -> None:
        """What is done for people because they have a page open, while nothing is computed a page."""
        while True:
            await self.moved.wait()
            self.moved.clear()
            began = time.monotonic()
            if serving and (people := {page.user.pk: page.user for page in self.pages}):
                await asyncio.get_running_loop().run_in_executor(self.threads, _served, list(people.values()))
            await asyncio.sleep(max(COUNT_SECONDS, 3 * (time.monotonic() - began)))


def _served(people: list[User]) -> None:
    close_old_connections()
    try:
        for serve in serving:
            serve(people)
    except Exception:
        logger.exception("people with an open page could not be served")
    finally:
        close_old_connections()


def _counted(people: list[User]) -> dict[int, bytes]:
    close_old_connections()
    try:
        return counters.read(people)
    finally:
        close_old_connections()


_hubs: dict[int, Hub] = {}


def hub() -> Hub:
    """The hub of this process (and this event loop)."""
    return _hubs.setdefault(id(asyncio.get_running_loop()), Hub())
