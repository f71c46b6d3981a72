"""Claims of callbacks a second: sixteen agents of Tier 2 at once, beside a bare SKIP LOCKED with the same order.

A claim is a step of two cases. What it leaves behind (both cases, an event of each, the clock that stops with its mark,
the call to the callback application, two lines for search) and what it may not do without (the call's lock, the agent's
open items counted under a lock) is written bare as well; the budget is against that (ADR-0020).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from tenesa.accounts.roles import Role
from tests.benchmarks import floor, processes
from tests.benchmarks.measure import Line, rates

WORKERS = 16
CLAIM = """SELECT id, call_id FROM {table} WHERE desk_id = '147' AND state = 'QUEUED'
            ORDER BY tier, due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED"""
TAKE = """UPDATE {table} SET state = 'CLAIMED', owner_id = %(agent)s, lease_until = now() + interval '5 min'
           WHERE id = %(callback)s"""
EVENT = """
    INSERT INTO floor_event (procedure, case_id, seq, at, role, step, clause, revision, source, target, data,
                             previous_hash, hash, fingerprint)
    VALUES ('{procedure}', %({case})s, 1000, now(), 'agent_tier2', '{step}', 'W-26 5.2.6, 5.3.4', 'W-26 rev 00',
            '{source}', '{target}', '{{}}', repeat('0', 64), repeat('0', 64), '')"""
SEARCH = "INSERT INTO floor_change (procedure, case_id) VALUES ('{procedure}', %({case})s)"
CALLBACK = {"procedure": "vvip.callback", "case": "callback", "step": "claim", "source": "QUEUED", "target": "CLAIMED"}
CALL = {
    "procedure": "vvip.specialcase", "case": "call", "step": "tier2_takes", "source": "CALLBACK_QUEUED",
    "target": "T2_PICKED",
}  # fmt: skip
ROWS = (  # of one claim, in the order of the product
    "SELECT * FROM floor_call WHERE id = %(call)s FOR UPDATE",
    """WITH ended AS (
           UPDATE floor_timer SET state = 'STOPPED', ended_at = now()
            WHERE procedure = 'vvip.callback' AND case_id = %(callback)s AND state IN ('RUNNING', 'PAUSED')
              AND name IN ('pickup', 'rise')
           RETURNING id)
       INSERT INTO floor_mark (timer_id, kind, at, seq, told) SELECT id, 'STOPPED', now(), 1000, '[]' FROM ended""",
    EVENT.format(**CALLBACK),
    SEARCH.format(**CALLBACK),
    TAKE.format(table="floor_callback"),
    """SELECT pg_advisory_xact_lock(hashtextextended('floor of ' || %(agent)s, 0));
       SELECT count(*) FROM floor_callback
        WHERE owner_id = %(agent)s AND state IN ('CLAIMED', 'DIALLING', 'CONNECTED')""",
    """INSERT INTO floor_out (id, procedure, case_id, event_id, system, operation, payload, idempotency_key,
                              retry_seconds, status, attempts, next_try_at, answer, error_code, error_message, note,
                              created_at)
       VALUES (gen_random_uuid(), 'vvip.callback', %(callback)s, 1, 'callback', 'claim',
               '{"case": "CB0000001", "agent": "ukur0"}', 'claim:' || %(callback)s, '[60, 120, 300, 600]', 'WAITING', 0,
               now(), '{}', '', '', '', now())""",
    EVENT.format(**CALL),
    SEARCH.format(**CALL),
    "UPDATE floor_call SET state = 'T2_PICKED', tier2_id = %(agent)s, version = version + 1 WHERE id = %(call)s",
)
COPIES = {
    "floor_bare": "vvip_callback", "floor_callback": "vvip_callback", "floor_call": "vvip_specialcase",
    "floor_event": "audit_event", "floor_timer": "timers_timer", "floor_mark": "timers_mark",
    "floor_change": "search_change", "floor_out": "systems_externalcall",
}  # fmt: skip


def measure(*, turns: int, number: int) -> list[Line]:
    """Each turn every worker claims `number` callbacks: by the product, bare, and bare with all rows of a claim."""
    agents = _people_and_queue((turns + 2) * number * WORKERS)
    for copy, table in COPIES.items():
        floor.copy_table(copy, table)
    floor.vacuum(*COPIES.values())
    context = processes.context()
    barrier = context.Barrier(WORKERS)
    pipes = []
    for agent_id in agents:
        here, there = context.Pipe()
        context.Process(target=_work, args=(agent_id, turns, number, barrier, there), daemon=True).start()
        there.close()  # so that a worker that dies is noticed
        pipes.append(here)
    reports = [pipe.recv() for pipe in pipes]
    own, bare, rows = (
        [_rate([report[way][turn] for report in reports], number) for turn in range(1, turns + 1)] for way in range(3)
    )
    name = f"callbacks claimed by {WORKERS} at once"
    return [rates(name, own, bare, "1/s", budget=None), rates(f"{name}, beside its rows", own, rows, "1/s")]


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
    own = floor.connect()
    ways: list[Callable[[int], object]] = [
        partial(_claim, agent),
        partial(_bare, own, agent_id, CLAIM.format(table="floor_bare"), [TAKE.format(table="floor_bare")]),
        partial(_bare, own, agent_id, CLAIM.format(table="floor_callback"), ROWS),
    ]
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


def _bare(own: Any, agent_id: int, claim: str, statements: Sequence[str], number: int) -> None:
    with own.cursor() as cursor:
        for _ in range(number):
            cursor.execute(claim)
            row = cursor.fetchone()
            if row is None:
                raise LookupError("the queue ran dry")
            for statement in statements:
                cursor.execute(statement, {"agent": agent_id, "callback": row[0], "call": row[1]})
            own.commit()
