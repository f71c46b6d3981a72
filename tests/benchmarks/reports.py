"""The report pages over a million cases beside a bare SELECT on the same tally, and a million rows as a file."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from tenesa.launch.rundir import ROOT
from tests.benchmarks.measure import WITHIN, Line, milliseconds, percentile

LIMIT = 300.0  # ms, for the page at the 95th percentile
SPLITS = 10.0  # of a SELECT of the days alone: the page splits them five ways more, or looks up who is meant
GROWTH = 1.2  # of memory, from a month's rows to all of them
LEADER = "bowo"
TABLES = ("reporting_measurement", "reporting_tally", "reporting_monthly")
YEAR = "date_trunc('year', now())::date"

# Two years of cases, `r` even numbers from 0 to 999; an agent works in one area, every tenth case has none.
SPREAD = """
WITH spread AS (
    SELECT i, (hashint8(i) & 1073741823) AS h, (hashint8(i + 7777777) & 1073741823) %% 1000 AS r,
           1 + (hashint8(i + 99999999) & 1073741823) %% %(agents)s AS person
      FROM generate_series(1, %(number)s) i),
cases AS (
    SELECT i, h, r, now() - (h %% 63072000) * interval '1 s' AS at, (%(people)s::bigint[])[person] AS agent,
           CASE WHEN r %% 10 = 0 THEN NULL ELSE (1 + person %% 7)::text END AS area,
           (array['DES','DGS','DBS','DCS'])[1 + h %% 4] AS segment, h %% 9000 AS seconds
      FROM spread)
"""
MEASUREMENTS = f"""{SPREAD}
INSERT INTO reporting_measurement (kpi, day, desk_id, area_id, team_id, agent_id, segment, part, procedure, case_id,
                                   seq, at, reference, met, seconds)
SELECT 'response', (at AT TIME ZONE 'Asia/Jakarta')::date, 'TENESA', area, %(team)s, agent, segment, '',
       'tickets.emailcase', i, 5, at, '', seconds <= 3600, seconds FROM cases"""
TALLY = f"""{SPREAD}
INSERT INTO reporting_tally (kpi, day, desk_id, area_id, team_id, agent_id, segment, part, total, met, seconds, buckets)
SELECT k.kpi, (at AT TIME ZONE 'Asia/Jakarta')::date, 'TENESA', area, %(team)s, agent, segment, '', count(*),
       count(*) FILTER (WHERE seconds <= 3600), sum(seconds),
       ARRAY[count(*) FILTER (WHERE seconds <= 900), 0,0,0,0,0,0,0,0,0,0,0,0,0,0, count(*) FILTER (WHERE seconds > 900)]
  FROM cases, unnest(%(kpis)s::text[]) WITH ORDINALITY AS k(kpi, place)
 WHERE k.place = 1 OR (h + k.place * 977) %% 100 < 35
 GROUP BY 1, 2, 4, 6, 7"""


MONTHS = """
INSERT INTO reporting_monthly (kpi, day, desk_id, area_id, team_id, agent_id, segment, part, total, met, seconds,
                               buckets)
SELECT kpi, date_trunc('month', day)::date, desk_id, area_id, team_id, agent_id, segment, part, sum(total), sum(met),
       sum(seconds), ARRAY[sum(buckets[1]), 0,0,0,0,0,0,0,0,0,0,0,0,0,0, sum(buckets[16])]
  FROM reporting_tally GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"""


def measure(number: int, *, turns: int) -> list[Line]:
    fill(number)
    lines = [line for address, bare in pages() for line in timed(address, bare, number, turns)]
    lines += files(number)
    print(measured(), flush=True)
    return lines


def fill(number: int) -> None:
    from django.db import connection

    from tenesa.accounts.models import Team
    from tenesa.accounts.roles import Role
    from tenesa.reporting.registry import kpis
    from tests.benchmarks import people

    started = time.perf_counter()
    people.desk_and_areas()
    agents = [people.person(f"agent{place}", Role.AGENT_EMAIL).pk for place in range(40)]
    people.person(LEADER, Role.TEAM_LEADER)
    measures = sorted(kpis(), key=lambda slug: slug != "response")
    values: dict[str, Any] = {"number": number, "agents": len(agents), "people": agents, "kpis": measures,
              "team": Team.objects.get(code="tenesa-all").pk}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}")
        cursor.execute("SET session_replication_role = replica; SET work_mem = '256MB'")  # no foreign key is looked up
        cursor.execute("SET maintenance_work_mem = '512MB'")
        with bare(cursor):
            cursor.execute(MEASUREMENTS, values)
            cursor.execute(TALLY, values)
            cursor.execute(MONTHS)
        cursor.execute("RESET session_replication_role; RESET work_mem; RESET maintenance_work_mem")
        for table in TABLES:
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("SELECT (SELECT count(*) FROM reporting_tally), (SELECT count(*) FROM reporting_monthly)")
        days, months = cursor.fetchone()
        took = time.perf_counter() - started
        print(f"{number} cases, sums: {days} days, {months} months, filled in {took:.0f} s", flush=True)


@contextmanager
def bare(cursor: Any, tables: Iterable[str] = TABLES) -> Iterator[None]:
    """Without indexes while the rows are poured in: built once afterwards they take a third of the time."""
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text, pg_get_indexdef(i.indexrelid), c.conname,"
        " pg_get_constraintdef(c.oid) FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid"
        " AND c.contype = 'u' WHERE i.indrelid = ANY (%s::regclass[]) AND NOT i.indisprimary",
        [list(tables)],
    )
    found = cursor.fetchall()
    for index, table, _made, name, _constraint in found:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}" if name else f"DROP INDEX {index}")
    yield
    for _index, table, made, name, constraint in found:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {constraint}" if name else made)


def pages() -> Iterator[tuple[str, str]]:
    """Addresses, and what the database is asked at least for each."""
    here = "desk_id = 'TENESA' AND day >="
    days, months = f"reporting_tally WHERE {here} current_date - 29", f"reporting_monthly WHERE {here} {YEAR}"
    for period, rows in (("30d", days), ("year", months)):
        sums = f"sum(total), sum(met), sum(seconds) FROM {rows}"
        yield f"/reports/?period={period}", f"SELECT kpi, {sums} GROUP BY kpi"
        yield f"/reports/kpis/response/?period={period}", f"SELECT day, {sums} AND kpi = 'response' GROUP BY day"
    here = "desk_id = 'TENESA' AND kpi = 'response'"
    newest = f"SELECT * FROM reporting_measurement WHERE {here} AND at >= current_date - 29"
    yield "/reports/kpis/response/cases/?period=30d", f"{newest} ORDER BY at DESC, id DESC LIMIT 51"


def timed(address: str, sql: str, number: int, turns: int) -> Iterator[Line]:
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client

    from tests.benchmarks import bare_page

    def select() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    client = Client(HTTP_HOST="localhost")
    client.force_login(get_user_model().objects.get(username=LEADER))
    floor_address = bare_page.install(select)
    own: list[float] = []
    bare: list[float] = []
    for turn in range(-3, turns):
        for found, asked in ((own, address), (bare, floor_address)):
            took = milliseconds(partial(_get, client, asked))
            if turn >= 0:
                found.append(took)
    from tenesa import urls

    urls.urlpatterns.pop()  # the next page has a floor of its own
    name = f"{address.partition('?')[0]} {address.partition('=')[2]}, {number // 1000} k cases"
    p50, p95 = percentile(own, 0.5), percentile(own, 0.95)
    yield Line(
        f"{name}, p50",
        p50,
        "ms",
        percentile(bare, 0.5),
        p50 / percentile(bare, 0.5),
        SPLITS if "kpis" in address else WITHIN,
    )
    yield Line(f"{name}, p95 beside {LIMIT:.0f} ms", p95, "ms", LIMIT, p95 / LIMIT, 1.0)


def _get(client: Any, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        msg = f"{address} answered {answer.status_code}"
        raise AssertionError(msg)


# --- files ------------------------------------------------------------------------------------------------------------
def files(number: int) -> Iterator[Line]:
    """Memory at its peak after the last month's rows and after all of them, in a process of its own for each kind.

    XLSX takes half a year: its rows cost three times as much as CSV's, and a quarter of them shows as well that memory
    does not grow (all of the million were run on 21 Nov 2026: 380 s and 142 MB, as after the month).
    """
    from django.utils import timezone

    for kind, first in (("csv", "2020-01-01"), ("xlsx", str(timezone.localdate() - timedelta(days=182)))):
        asked = [sys.executable, "-m", "tests.benchmarks.reports", kind, first]
        done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(done.stderr)
        few, small, _few_took, rows, large, took = (float(word) for word in done.stdout.split())
        print(f"{kind}: {rows:.0f} rows in {took:.0f} s; {few:.0f} rows before", flush=True)
        assert kind == "xlsx" or rows == number
        yield Line(
            f"{kind.upper()} of {rows // 1000:.0f} k rows, peak memory", large, "MB", small, large / small, GROWTH
        )


def export(kind: str, first: str) -> None:
    """Rows, peak megabytes and seconds, first of the last month and then of everything from `first`."""
    import django

    django.setup()
    from tenesa.accounts.models import User
    from tenesa.reporting import lists
    from tenesa.reporting.export import produce
    from tenesa.reporting.models import Export
    from tenesa.reporting.registry import kpis
    from tenesa.reporting.report_query import ReportQuery

    user, listing = User.objects.get(username=LEADER), lists.measurements(kpis()["response"])
    for given in ({}, {"from": first, "to": "2099-12-31"}):
        log = Export.objects.create(by=user, report="bench", kind=kind)
        started = time.perf_counter()
        for _piece in produce(log, listing, user, ReportQuery.of(given)):
            pass
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(log.end.rows, peak, time.perf_counter() - started)


def measured() -> str:
    """How many cases a second are measured from their histories."""
    from tenesa.accounts.models import User
    from tenesa.reporting import measuring
    from tests.reporting.walks import Walk

    agent = User.objects.get(username="agent7")
    for _case in range(100):
        Walk(agent).information().close()
    started = time.perf_counter()
    number = measuring.measure_new()
    return f"{number / (time.perf_counter() - started):.0f} cases a second measured from their histories"


if __name__ == "__main__":
    export(sys.argv[1], sys.argv[2])
