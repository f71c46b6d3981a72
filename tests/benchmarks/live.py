"""From a published change to the last of 500 open pages; the floor is Redis alone telling 500 subscribers."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tenesa.launch.process import spawn, stop, wait_until
from tenesa.launch.rundir import ROOT, answers
from tenesa.redis_link import bus
from tests.benchmarks.measure import WITHIN, Line, percentile
from tests.ports import free_port

PAGES = 500
CHANNEL = "bench:floor"
Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


def measure(base: Path, *, number: int) -> list[Line]:
    cookie = _session()
    with _granian(base) as port:
        own, floor = asyncio.run(_both(port, cookie, number))
    ratio = statistics.median(o / f for o, f in zip(own, floor, strict=True))
    name = f"live: change to the last of {PAGES} pages"
    late, late_floor = percentile(own, 0.95), percentile(floor, 0.95)
    return [
        Line(f"{name}, p50", percentile(own, 0.5), "ms", percentile(floor, 0.5), ratio, WITHIN),
        Line(f"{name}, p95", late, "ms", late_floor, late / late_floor, WITHIN),
    ]


def _session() -> str:
    from django.conf import settings
    from django.test import Client

    from tenesa.accounts.roles import Role
    from tests import factories

    client = Client()
    client.force_login(factories.person("pendengar", Role.AGENT_EMAIL))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@contextmanager
def _granian(base: Path) -> Iterator[int]:
    port, log = free_port(), base / "live.log"
    command = [sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port)]
    process = spawn([*command, "--workers", "1", "--no-access-log", "tenesa.asgi:application"], log=log, cwd=ROOT)
    try:
        wait_until(lambda: answers(port), process, name="granian", log=log)
        yield port
    finally:
        stop(process)


async def _both(port: int, cookie: str, number: int) -> tuple[list[float], list[float]]:
    from tenesa.ui import live

    pages, subscribers = Crowd(), Crowd()
    head = f"GET /events?watch=case HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
    subscribe = f"SUBSCRIBE {CHANNEL}\r\n".encode()
    await pages.gather(lambda: asyncio.open_connection("127.0.0.1", port), head, b"retry:")
    await subscribers.gather(lambda: asyncio.open_unix_connection(_socket()), subscribe, b":1")
    own, floor = [], []
    for turn in range(number + 2):
        ours = await pages.hears(f"bench:{turn}.", lambda word: live.tell("case", word))
        bare = await subscribers.hears(f"bench:{turn}.", lambda word: bus().publish(CHANNEL, word))
        if turn >= 2:
            own.append(ours)
            floor.append(bare)
        await asyncio.sleep(0.02)
    pages.close()
    subscribers.close()
    return own, floor


def _socket() -> str:
    address = urlsplit(os.environ["REDIS_URL"])
    return address.path or parse_qs(address.query)["path"][0]


class Crowd:
    """Many sockets that wait for the same words."""

    def __init__(self) -> None:
        self.word = b""
        self.waiting = 0
        self.all_heard = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []

    async def gather(self, connect: Connect, head: bytes, ready: bytes) -> None:
        for start in range(0, PAGES, 50):
            opened = await asyncio.gather(*(connect() for _one in range(start, start + 50)))
            for _reader, writer in opened:
                writer.write(head)
                await writer.drain()
            for reader, writer in opened:
                await asyncio.wait_for(reader.readuntil(ready), 30)
                self.tasks.append(asyncio.create_task(self._listen(reader, writer)))
        await asyncio.sleep(1)

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard = b""
        try:
            while chunk := await reader.read(4096):
                heard = heard[-100:] + chunk
                if self.word and self.word in heard:
                    heard, self.waiting = b"", self.waiting - 1
                    if not self.waiting:
                        self.all_heard.set()
        finally:
            writer.close()

    async def hears(self, word: str, tell: Callable[[str], object]) -> float:
        """Milliseconds from the telling to the last who heard."""
        self.word, self.waiting = word.encode(), PAGES
        self.all_heard.clear()
        started = time.perf_counter()
        tell(word)
        await asyncio.wait_for(self.all_heard.wait(), 30)
        return (time.perf_counter() - started) * 1000

    def close(self) -> None:
        for task in self.tasks:
            task.cancel()
