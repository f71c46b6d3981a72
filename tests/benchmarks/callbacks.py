"""Claims of callbacks a second: sixteen agents of Tier 2 at once, beside a bare SKIP LOCKED with the same order."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from django.db import connection

from tenesa.accounts.roles import Role
from tests.benchmarks import floor, processes
from tests.benchmarks.measure import Line, rates

WORKERS = 16
CLAIM = """SELECT id FROM floor_callback WHERE desk_id = '147' AND state = 'QUEUED'
            ORDER BY tier, due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED"""
TAKE = """UPDATE floor_callback SET state = 'CLAIMED', owner_id = %s, lease_until = now() + interval '5 min'
           WHERE id = %s"""


def measure(*, turns: int, number: int) -> list[Line]:
    """Each turn every worker claims `number` callbacks: by the product with all that a claim moves, and bare."""
    agents = _people_and_queue((turns + 2) * number * WORKERS)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS floor_callback")
        cursor.execute("CREATE TABLE floor_callback (LIKE vvip_callback INCLUDING ALL)")
        cursor.execute("INSERT INTO floor_callback SELECT * FROM vvip_callback")
    floor.vacuum("floor_callback", "vvip_callback", "vvip_specialcase", "timers_timer", "audit_event")
    context = processes.context()
    barrier = context.Barrier(WORKERS)
    pipes = []
    for agent_id in agents:
        here, there = context.Pipe()
        context.Process(target=_work, args=(agent_id, turns, number, barrier, there), daemon=True).start()
        there.close()  # so that a worker that dies is noticed
        pipes.append(here)
    reports = [pipe.recv() for pipe in pipes]
    own, bare = (
        [_rate([report[way][turn] for report in reports], number) for turn in range(1, turns + 1)] for way in range(2)
    )
    return [rates(f"callbacks claimed by {WORKERS} at once", own, bare, "1/s")]


def _people_and_queue(items: int) -> list[int]:
    from django.utils import timezone

    from tests.vvip import desk
    from tests.vvip.callbacks import waiting

    chance, now = random.Random(147), timezone.now()
    for _one in range(items):
        waiting(tier=chance.randrange(5), at=now - timedelta(seconds=chance.randrange(3000)))
    return [desk.person(f"ukur{place}", Role.AGENT_TIER2).pk for place in range(WORKERS)]


def _rate(spans: list[tuple[float, float]], number: int) -> float:
    return len(spans) * number / (max(end for _start, end in spans) - min(start for start, _end in spans))


def _work(agent_id: int, turns: int, number: int, barrier: Barrier, report: Connection) -> None:
    from django.conf import settings

    from tenesa.accounts.models import User

    settings.W26["open_items"] = 10**6  # claims alone are measured: nothing is completed between them
    agent = User.objects.get(pk=agent_id)
    ways: list[Callable[[int], object]] = [partial(_claim, agent), partial(_bare, floor.connect(), agent_id)]
    spans = [[_span(barrier, way, number) for way in ways] for _turn in range(turns + 1)]
    report.send(list(zip(*spans, strict=True)))


def _span(barrier: Barrier, work: Callable[[int], object], number: int) -> tuple[float, float]:
    barrier.wait()
    started = time.monotonic()
    work(number)
    return started, time.monotonic()


def _claim(agent: Any, number: int) -> None:
    from vvip.callbacks.queue import claim_next

    for _ in range(number):
        if claim_next(agent) is None:
            raise LookupError("the queue ran dry")


def _bare(own: Any, agent_id: int, number: int) -> None:
    with own.cursor() as cursor:
        for _ in range(number):
            cursor.execute(CLAIM)
            row = cursor.fetchone()
            if row is None:
                raise LookupError("the queue ran dry")
            cursor.execute(TAKE, [agent_id, row[0]])
            own.commit()
