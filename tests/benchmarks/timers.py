"""The sweep of many clocks that ran out at once, beside a bare UPDATE of as many of the same rows.

The floor holds: one UPDATE of a thousand rows by their ids and a commit, on a copy with the same indexes, checks and
generated column; the ids are read before the time is taken. It does not hold what the sweep does besides for each
thousand: find them by the index, lock them and look again so that two sweeps never meet, read the cases with their
owners and the leaders on duty to know who is told, write a thousand rows of the ledger with its checks, foreign key and
trigger, tell the open pages after commit. It writes two rows where the floor writes one; hence the budget.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from typing import Any

from django.db import connection

from tenesa.accounts.roles import Role
from tenesa.timers.models import Mark, Timer
from tenesa.timers.sweep import BATCH, fire_due
from tests.benchmarks import floor, people, population
from tests.benchmarks.measure import Line, rates

OVER = """
INSERT INTO timers_timer (procedure, case_id, name, started_at, due_at, step, state, breached, note)
SELECT 'tickets.emailcase', (array(SELECT id FROM tickets_emailcase LIMIT %(cases)s))[1 + i %% %(cases)s],
       'bench_' || i / %(cases)s || '_' || %(turn)s, now() - interval '2 h', now() - interval '1 h', '', 'RUNNING',
       false, ''
  FROM generate_series(0, %(number)s - 1) i
"""
BUDGET = 6.0  # beside its UPDATE the sweep locks each row, finds who is told, and writes the mark with its checks
FLOOR = "UPDATE floor_timer SET breached = true WHERE id = ANY (%s)"


def measure(*, turns: int, number: int) -> list[Line]:
    people.desk_and_areas()
    people.person("bowo", Role.TEAM_LEADER)
    population.waiting(min(number, 5_000))
    bare = floor.connect()
    own: list[float] = []
    floors: list[float] = []
    for turn, _last in zip(count(), range(turns)):
        _over(number, turn)
        _copy()
        floors.append(_bare(bare, number))
        own.append(_sweep(number))
    bare.close()
    return [rates(f"timer sweep of {number // 1000} k due timers", own, floors, "1/s", budget=BUDGET)]


def _over(number: int, turn: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE timers_timer, timers_mark")
        cursor.execute(OVER, {"cases": min(number, 5_000), "number": number, "turn": turn})
    floor.vacuum("timers_timer")


def _copy() -> None:
    """The same rows with the same indexes and checks, the column that the database computes as well."""
    with connection.cursor() as cursor:
        columns = ", ".join(f'"{name}"' for name in _columns())
        cursor.execute("DROP TABLE IF EXISTS floor_timer")
        cursor.execute("CREATE TABLE floor_timer (LIKE timers_timer INCLUDING ALL)")
        cursor.execute(f"INSERT INTO floor_timer ({columns}) SELECT {columns} FROM timers_timer")
    floor.vacuum("floor_timer")


def _columns() -> Iterator[str]:
    return (str(field.column) for field in Timer._meta.concrete_fields if not getattr(field, "generated", False))


def _bare(bare: Any, number: int) -> float:
    """As many rows a commit as the sweep takes, most overdue first."""
    with bare.cursor() as cursor:
        cursor.execute("SELECT id FROM floor_timer ORDER BY look_at, id")
        ids = [row[0] for row in cursor.fetchall()]
        bare.commit()
        started = time.perf_counter()
        for first in range(0, number, BATCH):
            cursor.execute(FLOOR, [ids[first : first + BATCH]])
            bare.commit()
    return number / (time.perf_counter() - started)


def _sweep(number: int) -> float:
    started = time.perf_counter()
    done = fire_due(seconds=3600)
    rate = number / (time.perf_counter() - started)
    assert done == number == Mark.objects.filter(kind="BREACHED").count()
    return rate
