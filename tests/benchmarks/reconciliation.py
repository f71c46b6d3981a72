"""Three sides laid beside each other, next to the same rows held in memory and joined by one dictionary.

`python -m tests.benchmarks.reconciliation ROWS` is a process of its own: it tells its time, and the most memory it had
before and after.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

from caring.reconciliation.engine import Theirs, by_ref, reconcile
from caring.reconciliation.names import CURRENT, names
from caring.reconciliation.rows import Kind, Proof, Row
from caring.reconciliation.spool import Spool
from tenesa.launch.rundir import ROOT
from tests.benchmarks.measure import Line
from tests.caring.rows import NINE, ours, row

BASE_MB = 100  # over the process before it read a row (requirements 8.1, Memory)
SLOWER = 8  # than a dictionary that holds everything and compares one field
NAMELESS, WRONG = 10, 50  # one row of so many carries no key of ours, has another amount


def measure(number: int) -> list[Line]:
    asked = [sys.executable, "-m", "tests.benchmarks.reconciliation", str(number)]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(done.stderr)
    told = json.loads(done.stdout)
    own, bare = number / told["seconds"], number / _joined(number)
    label = f"3 × {number // 1000} k rows"
    return [
        Line(f"reconciliation of {label}, results a second", own, "1/s", bare, bare / own, SLOWER),
        Line(f"reconciliation of {label}, memory", told["over"], "MB", BASE_MB, told["over"] / BASE_MB, 1.0),
    ]


def mine(number: int) -> Iterator[Row]:
    for at in range(number):
        yield ours(f"HC{at:07d}-1", at % 600, **_who(at))


def theirs(number: int, prefix: str) -> Iterator[Row]:
    """In another order, a minute or two later, one of fifty with another amount."""
    for place in range(number):
        at = place * 7919 % number
        ref = f"HC{at:07d}-1" if at % NAMELESS else ""
        amount = 350_000 + (at % WRONG == 0)
        yield row(f"{prefix}{at}", at % 600 + at % 3, ref=ref, amount=amount, **_who(at))


def _who(at: int) -> dict[str, object]:
    started = NINE + timedelta(minutes=at % 600)
    return {"fastel": f"122{at:09d}", "login": f"agen{at % 100}", "day": started.date()}


def work(number: int) -> None:
    """Compare, check that every row was found again, and tell seconds and megabytes."""
    before, started = _peak(), time.perf_counter()
    with Spool(by_ref) as spool:
        for one in mine(number):
            spool.add(one)
        for prefix in ("TM", "MX"):
            proof = Proof()
            with Theirs(theirs(number, prefix)) as other:
                different = sum(
                    found.kind == Kind.DIFFERENT for found in reconcile(spool, other, names(CURRENT), proof)
                )
            if not proof.closes or different != len(range(0, number, WRONG)):
                msg = f"{different} differences, {proof}"
                raise AssertionError(msg)
    print(json.dumps({"seconds": time.perf_counter() - started, "over": _peak() - before}))


def _joined(number: int) -> float:
    """Seconds of the same rows held in memory: one dictionary by line, one field compared."""
    started = time.perf_counter()
    held = {one.fastel: one.amount for one in mine(number)}
    for prefix in ("TM", "MX"):
        sum(held[one.fastel] != one.amount for one in theirs(number, prefix))
    return time.perf_counter() - started


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    work(int(sys.argv[1]))
