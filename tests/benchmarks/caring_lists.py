"""Lists of results, the queue of QC and the reports of caring over two million results, beside 300 ms."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial

from django.db import connection
from django.test import Client
from django.utils import timezone

from caring.reports import counting
from tenesa.accounts.models import User
from tests.benchmarks import bare_page, caring_population
from tests.benchmarks.measure import Line, milliseconds, percentile

TICK = 300_000.0  # ms, after which beat asks again
LIMIT = 300.0  # ms, at the 95th percentile (issue: “QC list and reports at 2 M results”)
NEWEST = "SELECT * FROM caring_caringresult WHERE desk_id = 'CARING' ORDER BY opened_at DESC, id DESC LIMIT 40"
PAGES = (
    ("laras", "/results/?view=qc"),
    ("laras", "/qc/"),
    ("laras", "/qc/calibration/"),
    ("laras", "/qc/validation/"),
    ("novita", "/results/?view=all"),
    ("novita", "/results/?view=all&state=REINPUT"),
    ("novita", "/results/?view=leader"),
    ("agen5", "/results/?view=again"),
    ("agen5", "/results/?view=all"),
    ("novita", "/prospects/?view=queue"),
    ("novita", "/prospects/?view=appointments"),
    ("novita", "/caring/quotas/"),
    ("novita", "/board/?part=cards"),
    *(
        ("novita", f"/reports/lists/{listed}/?period={period}")
        for listed, period in (
            ("p01_daily", "30d"), ("p01_monthly", "year"), ("p01_results", "today"), ("p01_results", "30d"),
            ("p01_results", "year"), ("p01_results", "30d&part=agree"), ("p01_promises_due", "30d"),
            ("p01_late_returns", "30d"), ("p01_unclaimed", "30d"), ("p01_tapping", "30d"), ("p01_tapping", "year"),
            ("p01_second_looks", "30d"), ("p01_refusals", "30d"), ("p01_refusals", "year"),
            ("prospects_states", "30d"), ("prospects_ages", "30d"), ("results_states", "30d"),
        )
    ),
    ("agen5", "/reports/lists/p01_tapping/?period=year"),
    *(
        ("novita", f"/reports/kpis/{kpi}/?period={period}")
        for kpi in ("p01_agree_calls", "p01_agree_contacted", "p01_contacted", "p01_contact_part", "p01_contact_zone",
                    "p01_promises", "p01_bill", "p01_caring", "p01_approved")
        for period in ("30d", "year")
    ),
    ("novita", "/reports/kpis/p01_agree_calls/cases/?period=year"),
    ("novita", "/reports/?period=30d"),
)  # fmt: skip


def measure(number: int, *, turns: int) -> list[Line]:
    caring_population.fill(number)
    lines = [_count(number)]
    floor = bare_page.install(_newest)
    lines += [line for who, address in PAGES for line in _timed(who, address, floor, number, turns)]
    return lines


def _count(number: int) -> Line:
    """All days once, then what the worker does while one result changes."""
    started = time.perf_counter()
    counting.count_changed()
    print(f"every day and month counted in {time.perf_counter() - started:.1f} s", flush=True)
    took = milliseconds(partial(counting.count, [timezone.localdate()]))
    label = f"day and month counted anew, {number // 1000} k results, beside its tick"
    return Line(label, took, "ms", TICK, took / TICK, 1.0)


def _timed(who: str, address: str, floor: str, number: int, turns: int) -> Iterator[Line]:
    """The page beside the limit; beside a bare page of forty results, asked in turns with it, it is told only."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(username=who))
    own: list[float] = []
    bare: list[float] = []
    for turn in range(-3, turns):
        for found, asked in ((own, address), (bare, floor)):
            took = milliseconds(partial(_get, client, asked))
            if turn >= 0:
                found.append(took)
    p50, p95, least = percentile(own, 0.5), percentile(own, 0.95), percentile(bare, 0.5)
    yield Line(f"{address}, p50 beside a bare page", p50, "ms", least, p50 / least, None)
    yield Line(f"{address}, {number // 1000} k results, p95 beside {LIMIT:.0f} ms", p95, "ms", LIMIT, p95 / LIMIT, 1.0)


def _newest() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        return list(cursor.fetchall())


def _get(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        msg = f"{address} answered {answer.status_code}"
        raise AssertionError(msg)
