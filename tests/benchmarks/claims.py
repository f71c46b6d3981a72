"""Claims a second: sixteen agents press “Next” at once, beside SELECT … FOR UPDATE SKIP LOCKED by sixteen."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from tenesa.accounts.roles import Role
from tests.benchmarks import floor, people, population, processes
from tests.benchmarks.measure import Line, rates

WORKERS = 16


def measure(*, turns: int, number: int) -> list[Line]:
    """Each turn every worker claims `number` cases: by the product, bare, and bare with the rows beside the case."""
    people.desk_and_areas()
    agents = [people.person(f"agent{place}", Role.AGENT_EMAIL) for place in range(WORKERS)]
    population.waiting(2 * (turns + 2) * number * WORKERS)
    floor.copy_cases()
    floor.copy_beside_cases()
    context = processes.context()
    barrier = context.Barrier(WORKERS)
    pipes, started = [], []
    for agent in agents:
        here, there = context.Pipe()
        process = context.Process(target=_work, args=(agent.pk, turns, number, barrier, there), daemon=True)
        process.start()
        there.close()  # so that a worker that dies is noticed
        pipes.append(here)
        started.append(process)
    reports = [pipe.recv() for pipe in pipes]
    for process in started:
        process.join()
    own, bare, rows = (
        [_rate([report[way][turn] for report in reports], number) for turn in range(1, turns + 1)] for way in range(3)
    )
    name = f"claims by {WORKERS} at once (next_case)"
    return [rates(name, own, bare, "1/s"), rates(f"{name}, beside its rows", own, rows, "1/s")]


def _rate(spans: list[tuple[float, float]], number: int) -> float:
    return len(spans) * number / (max(end for _start, end in spans) - min(start for start, _end in spans))


def _work(pk: int, turns: int, number: int, barrier: Barrier, report: Connection) -> None:
    from tenesa.accounts.models import User

    agent = User.objects.get(pk=pk)
    bare = floor.connect()
    ways: list[Callable[[int], object]] = [
        partial(_claim, agent),
        partial(floor.claim_cases, bare, pk),
        partial(floor.claim_cases, bare, pk, beside=floor.OF_TAKE),
    ]
    turns_spans = [[_span(barrier, way, number) for way in ways] for _turn in range(turns + 1)]
    report.send(list(zip(*turns_spans, strict=True)))


def _span(barrier: Barrier, work: Callable[[int], object], number: int) -> tuple[float, float]:
    barrier.wait()
    started = time.monotonic()
    work(number)
    return started, time.monotonic()


def _claim(agent: Any, number: int) -> None:
    from tickets.services import next_case

    for _ in range(number):
        if next_case(agent) is None:
            raise LookupError("the queue ran dry")
