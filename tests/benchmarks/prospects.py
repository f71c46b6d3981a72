"""Picks of prospects a second: sixteen caring agents at once, beside a bare SKIP LOCKED with the same order.

What a pick leaves behind (the case, its event, the clock of the work with its mark, the question to I-payment, a line
for search) and what it may not do without (the agent's open prospects counted under a lock, the log of calls and the
states of the numbers read for the contact rules) is written bare as well; the budget is against that (ADR-0020).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from tests.benchmarks import floor, processes
from tests.benchmarks.callbacks import SEARCH, _bare, _rate, _span
from tests.benchmarks.measure import Line, rates

WORKERS, LISTED = 16, 200_000
CLAIM = """SELECT id, id FROM {table} WHERE desk_id = 'CARING' AND ready
            ORDER BY place, touched_at, id LIMIT 1 FOR UPDATE SKIP LOCKED"""
TAKE = """UPDATE {table} SET state = 'PICKED', owner_id = %(agent)s, ready = false, touched_at = now(),
                 lease_until = now() + interval '30 min', version = version + 1 WHERE id = %(callback)s"""
ROWS = (  # of one pick, in the order of the product
    """SELECT array_agg(at) FROM contact_dial WHERE number = (SELECT phones[1] FROM floor_prospect
        WHERE id = %(callback)s) AND at > now() - interval '40 days'""",
    """SELECT state FROM contact_numberstate WHERE number = (SELECT phones[1] FROM floor_prospect
        WHERE id = %(callback)s)""",
    """WITH started AS (
           INSERT INTO floor_timer (procedure, case_id, name, started_at, warn_at, due_at, step, goes_on, state,
                                    breached, note)
           SELECT 'caring.prospect', %(callback)s, 'pick', now(), now() + interval '20 min', now() + interval '30 min',
                  '', false, 'RUNNING', false, ''
           RETURNING id, warn_at, due_at)
       INSERT INTO floor_mark (timer_id, kind, at, seq, warn_at, due_at, told)
       SELECT id, 'STARTED', now(), 2, warn_at, due_at, '[]' FROM started""",
    """INSERT INTO floor_event (procedure, case_id, seq, at, role, step, clause, revision, source, target, data,
                                previous_hash, hash, fingerprint)
       VALUES ('caring.prospect', %(callback)s, 2, now(), 'agent_caring', 'pick', 'P-01 5.1, 8 langkah 1',
               'P-01 rev 00',
               'AVAILABLE', 'PICKED', '{}', repeat('0', 64), repeat('0', 64), '')""",
    SEARCH.format(procedure="caring.prospect", case="callback"),
    TAKE.format(table="floor_prospect"),
    """SELECT pg_advisory_xact_lock(hashtextextended('floor of ' || %(agent)s, 0));
       SELECT count(*) FROM floor_prospect WHERE owner_id = %(agent)s AND state IN ('PICKED', 'IN_CALL')""",
    """INSERT INTO floor_out (id, procedure, case_id, event_id, system, operation, payload, idempotency_key,
                              retry_seconds, status, attempts, next_try_at, answer, error_code, error_message, note,
                              created_at)
       VALUES (gen_random_uuid(), 'caring.prospect', %(callback)s, 1, 'epayment', 'bills',
               '{"product_id": "131000000001"}', 'bills:' || %(callback)s, '[60, 120, 300, 600]', 'WAITING', 0, now(),
               '{}', '', '', '', now())""",
)
COPIES = {
    "floor_bare": "caring_prospect", "floor_prospect": "caring_prospect", "floor_event": "audit_event",
    "floor_timer": "timers_timer", "floor_mark": "timers_mark", "floor_change": "search_change",
    "floor_out": "systems_externalcall",
}  # fmt: skip


def measure(*, turns: int, number: int, listed: int = LISTED) -> list[Line]:
    """Each turn every worker picks `number` prospects: by the product, bare, and bare with all rows of a pick."""
    from tests import pick_drill

    pick_drill.fill(max(listed, 2 * (turns + 2) * number * WORKERS), seed=1)
    agents = pick_drill.people(WORKERS, seed=1)
    for copy, table in COPIES.items():
        floor.copy_table(copy, table)
    floor.vacuum(*COPIES.values())
    context = processes.context()
    barrier, pipes = context.Barrier(WORKERS), []
    for agent_id in agents:
        here, there = context.Pipe()
        context.Process(target=_work, args=(agent_id, turns, number, barrier, there), daemon=True).start()
        there.close()  # so that a worker that dies is noticed
        pipes.append(here)
    reports = [pipe.recv() for pipe in pipes]
    own, bare, rows = (
        [_rate([report[way][turn] for report in reports], number) for turn in range(1, turns + 1)] for way in range(3)
    )
    name = f"prospects picked by {WORKERS} at once"
    return [rates(name, own, bare, "1/s", budget=None), rates(f"{name}, beside its rows", own, rows, "1/s")]


def _work(agent_id: int, turns: int, number: int, barrier: Barrier, report: Connection) -> None:
    from django.conf import settings

    from tenesa.accounts.models import User

    settings.CARING["open_picks"] = 10**6  # picks alone are measured: nothing is ended between them
    agent, own = User.objects.get(pk=agent_id), floor.connect()
    ways: list[Callable[[int], object]] = [
        partial(_pick, agent),
        partial(_bare, own, agent_id, CLAIM.format(table="floor_bare"), [TAKE.format(table="floor_bare")]),
        partial(_bare, own, agent_id, CLAIM.format(table="floor_prospect"), ROWS),
    ]
    spans = [[_span(barrier, way, number) for way in ways] for _turn in range(turns + 1)]
    report.send(list(zip(*spans, strict=True)))


def _pick(agent: Any, number: int) -> None:
    from caring.prospects.queue import pick_next

    for _ in range(number):
        if pick_next(agent) is None:
            raise LookupError("the queue ran dry")
