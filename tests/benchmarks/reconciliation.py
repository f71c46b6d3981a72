"""Three sides laid beside each other, next to the same rows held in memory and joined by one dictionary.

First the comparison alone, then the whole way: our results in the database, two exports that were uploaded, the
differences and the proof written. `python -m tests.benchmarks.reconciliation ROWS` and `… run PK` are processes of
their own: each tells its time, and the most memory it had before and after.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from caring.reconciliation.engine import Theirs, by_ref, reconcile
from caring.reconciliation.names import CURRENT, names
from caring.reconciliation.rows import Kind, Proof, Row
from caring.reconciliation.spool import Spool
from tenesa.launch.rundir import ROOT
from tests.benchmarks import floor
from tests.benchmarks.measure import Line, megabytes, peak_from_now
from tests.caring.rows import NINE, ours, row

BASE_MB = 100  # over the process before it read a row (requirements 8.1, Memory)
SLOWER = 8  # than a dictionary that holds everything and compares one field
DAYS = 90  # of a run
NAMELESS, WRONG = 10, 50  # one row of so many carries no key of ours, has another amount


def measure(number: int) -> list[Line]:
    return [*_compared(number), *_stored(number)]


def _process(*asked: str) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.reconciliation", *asked]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _compared(number: int) -> list[Line]:
    told = _process(str(number))
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
    before, started = peak_from_now(), time.perf_counter()
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
    print(json.dumps({"seconds": time.perf_counter() - started, "over": megabytes("VmHWM") - before}))


# --- the whole way ---------------------------------------------------------------------------------------------------
def _stored(number: int) -> list[Line]:
    """A run over about so many results of three months, beside the same three sides read bare and joined."""
    from caring.models import Difference, Reconciliation
    from caring.reconciliation import runs
    from tenesa.accounts.models import User
    from tests.benchmarks import caring_population

    caring_population.fill(number * caring_population.DAYS // DAYS)
    last = timezone.localdate()
    first = last - timedelta(days=DAYS)
    exports = {system: _export(prefix, first, last) for system, prefix in (("TAMARA", "TM"), ("MYCX", "MX"))}
    files = {system: (f"{system}.csv", content) for system, content in exports.items()}
    run = runs.ask(User.objects.get(username="novita"), first=first, last=last, files=files)
    told, started = _process("run", str(run.pk)), time.perf_counter()
    rows, different = _bare(list(exports.values()), first, last)
    took = time.perf_counter() - started
    run.refresh_from_db()
    written = Difference.objects.filter(reconciliation=run, kind=Kind.DIFFERENT).count()
    assert (run.status, run.closes, written) == (Reconciliation.Status.OPEN, True, different), (run.problem, told)
    label = f"reconciliation of 3 × {rows // 1000} k rows, database to differences"
    return [
        Line(f"{label}, results a second", rows / told["seconds"], "1/s", rows / took, told["seconds"] / took, SLOWER),
        Line(f"{label}, memory", told["over"], "MB", BASE_MB, told["over"] / BASE_MB, 1.0),
    ]


OURS = """
SELECT 'HC' || lpad(id::text, 7, '0') || '-' || result_version, id, called_at, login, fastel, campaign, status,
       category, reason, receiver, coalesce(amount_told, 0), promised_on, duration
  FROM caring_caringresult WHERE day >= %s AND day <= %s"""
HEADS = (
    "row", "at", "login", "fastel", "campaign", "status", "category", "reason", "receiver", "amount", "promised_on",
    "duration", "note",
)  # fmt: skip


def _export(prefix: str, first: date, last: date) -> bytes:
    """What the other system exports of the same calls: one of fifty with another amount."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEADS)
    with floor.connect() as bare, bare.cursor("export") as cursor:
        cursor.execute(OURS, [first, last])
        for key, pk, at, login, fastel, campaign, *said, amount, promised, duration in cursor:
            written = amount + (pk % WRONG == 0)
            writer.writerow([f"{prefix}{pk}", at.isoformat(timespec="seconds"), login, fastel, campaign, *said, written,
                             promised or "", duration, f"[{key}]"])  # fmt: skip
    return text.getvalue().encode()


def _bare(exports: Sequence[bytes], first: date, last: date) -> tuple[int, int]:
    """Our rows and how many of theirs have another amount, by one dictionary."""
    with floor.connect() as bare, bare.cursor("ours") as cursor:
        cursor.execute(OURS, [first, last])
        held = {row[0]: row[10] for row in cursor}
    different = 0
    for content in exports:
        lines = csv.reader(io.StringIO(content.decode()), delimiter=";")
        next(lines)
        different += sum(held[line[-1][1:-1]] != int(line[9]) for line in lines)
    return len(held), different


def work_on_run(pk: int) -> None:
    import django

    django.setup()
    from caring.reconciliation import runs

    before, started = peak_from_now(), time.perf_counter()
    said = runs.run(pk)
    print(json.dumps({"seconds": time.perf_counter() - started, "over": megabytes("VmHWM") - before, "said": said}))


# --- the floor of the comparison ------------------------------------------------------------------------------------
def _joined(number: int) -> float:
    """Seconds of the same rows held in memory: one dictionary by line, one field compared."""
    started = time.perf_counter()
    held = {one.fastel: one.amount for one in mine(number)}
    for prefix in ("TM", "MX"):
        sum(held[one.fastel] != one.amount for one in theirs(number, prefix))
    return time.perf_counter() - started


if __name__ == "__main__":
    if sys.argv[1] == "run":
        work_on_run(int(sys.argv[2]))
    else:
        work(int(sys.argv[1]))
