"""Lists of results, the queue of QC and the reports of caring over two million results, beside 300 ms."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from caring.reports import counting
from tenesa.accounts.models import Team, User
from tenesa.accounts.roles import Role
from tests import factories
from tests.benchmarks import floor, people
from tests.benchmarks.measure import Line, milliseconds, percentile
from tests.benchmarks.reports import bare

TICK = 300_000.0  # ms, after which beat asks again
LIMIT = 300.0  # ms, at the 95th percentile (issue: “QC list and reports at 2 M results”)
TABLES = ("caring_prospect", "caring_caringresult", "caring_callreport")
DESK, DAYS, WAITING = "CARING", 180, 5_000  # of the results so many wait for QC
PROSPECTS = """
INSERT INTO caring_prospect (id, desk_id, opened_at, changed_at, urgent_at, urgent_for, awaits, version, chain, state,
    period, campaign, ncli, fastel, name, address, city, regional, witel, zone, package, bills, total, oldest_month,
    isolated, phones, email, mycx_order, score, place, score_facts, scored_at, touched_at, ready, ready_at, attempts,
    excluded_why, bills_problem, number_called, receiver, relation, remark)
SELECT i, %(desk)s, now() - i %% %(days)s * interval '1 day', now() - i %% %(days)s * interval '1 day', now(), '',
    i %% 4 = 0, 1, repeat('0', 64), CASE WHEN i %% 4 = 0 THEN 'AVAILABLE' ELSE 'DONE_DECLINE' END,
    date_trunc('month', now())::date, CASE WHEN i %% 3 = 0 THEN 'CT0' ELSE 'PRANPC' END, (40000000 + i)::text,
    '131' || lpad(i::text, 9, '0'), 'Debitur ' || i, '', '', 'III', 'BANDUNG', 'WIB', '', '{}', 350000,
    date_trunc('month', now())::date, false, ARRAY['081200002000'], '', '', i %% 700, -(i %% 700), '{}', now(), now(),
    i %% 4 = 0, now(), 1, '', '', '', '', '', ''
FROM generate_series(1, %(number)s / 2) i"""
RESULTS = """
INSERT INTO caring_caringresult (id, desk_id, opened_at, changed_at, urgent_at, urgent_for, awaits, version, chain,
    state, prospect_id, result_version, entry, campaign, period, day, fastel, ncli, name, agent_id, login, team_id,
    number_called, called_at, duration, call_id, recording, status, category, reason, receiver, relation, is_payer,
    willing, arrears, amount_told, offer, promised_on, promised_amount, remark, draft_awaits, entered_in,
    entry_problem, mycx_ref, tamara_ref, entered_at, sampled, workers, return_class, recommendation, appeal,
    appeal_open, difference, ended_how)
SELECT i, %(desk)s, at, at, at + interval '7 days', '', i <= %(waiting)s, 5, repeat('0', 64),
    CASE WHEN i <= %(waiting)s THEN 'QC_QUEUED' ELSE 'FINAL' END, 1 + i / 2 %% (%(number)s / 2), 1, 'NEW',
    CASE WHEN i %% 3 = 0 THEN 'CT0' ELSE 'PRANPC' END, date_trunc('month', at)::date,
    (at AT TIME ZONE 'Asia/Jakarta')::date, '131' || lpad(i::text, 9, '0'), (40000000 + i / 2)::text, 'Debitur ' || i,
    (%(people)s::bigint[])[1 + i %% %(agents)s], 'agen' || i %% %(agents)s, %(team)s, '081200002000', at, 90,
    'EB-' || i, 'REC-' || i, CASE WHEN agrees OR i %% 5 = 1 THEN 'CONTACTED' ELSE 'NOT_CONTACTED' END,
    CASE WHEN agrees THEN 'AGREE' WHEN i %% 5 = 1 THEN 'DECLINE' ELSE 'NONE' END,
    CASE WHEN agrees THEN 'KEEPS' WHEN i %% 5 = 1 THEN 'NO_MONEY'
        ELSE (array['RNA', 'RNA', 'BUSY', 'INVALID', 'MAILBOX', 'OTHER'])[1 + i %% 6] END,
    'Debitur', '', agrees, agrees, 350000, CASE WHEN agrees THEN 350000 END, CASE WHEN agrees THEN 'FULL' ELSE '' END,
    CASE WHEN agrees THEN (at + interval '5 days')::date END, CASE WHEN agrees THEN 350000 END, '', '',
    ARRAY['cwc', 'mycx'], '', 'MX-' || i, 'CWC-' || i, at, agrees, ARRAY[]::bigint[], '', '', '', false, '',
    CASE WHEN i <= %(waiting)s THEN '' ELSE 'CHECKED' END
FROM (SELECT i, now() - (hashint8(i) & 1073741823) %% (%(days)s * 86400) * interval '1 s' AS at,
             i %% 5 = 0 OR i <= %(waiting)s AS agrees
        FROM generate_series(1, %(number)s) i) drawn"""
PAGES = (
    ("novita", "/results/?view=all"),
    ("laras", "/results/?view=qc"),
    ("novita", "/prospects/?view=queue"),
    ("novita", "/reports/lists/p01_daily/?period=30d"),
    ("novita", "/reports/lists/p01_monthly/?period=year"),
    ("novita", "/reports/lists/p01_results/?period=today"),
    ("novita", "/reports/lists/p01_results/?period=30d"),
    ("novita", "/reports/lists/p01_results/?period=30d&part=agree"),
    ("novita", "/board/?part=cards"),
)


def measure(number: int, *, turns: int) -> list[Line]:
    _fill(number)
    lines = [_count(number)]
    lines += [line for who, address in PAGES for line in _timed(who, address, number, turns)]
    return lines


def _fill(number: int) -> None:
    started = time.perf_counter()
    people.desk_and_areas()
    agents = [factories.person(f"agen{at}", Role.AGENT_CARING, desk_code=DESK).pk for at in range(100)]
    factories.person("novita", Role.TEAM_LEADER, desk_code=DESK)
    factories.person("laras", Role.QCO, desk_code=DESK)
    told: dict[str, Any] = {
        "number": number, "desk": DESK, "days": DAYS, "waiting": min(WAITING, number // 10), "people": agents,
        "agents": len(agents), "team": Team.objects.filter(desk=DESK).values_list("pk", flat=True)[0],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        with bare(cursor, TABLES[:2]):
            cursor.execute(PROSPECTS, told)
            cursor.execute(RESULTS, told)
        cursor.execute("RESET session_replication_role; RESET maintenance_work_mem")
    floor.vacuum(*TABLES)
    print(f"{number} results filled in {time.perf_counter() - started:.0f} s", flush=True)


def _count(number: int) -> Line:
    """All days once, then what the worker does while one result changes."""
    started = time.perf_counter()
    counting.count_changed()
    print(f"every day and month counted in {time.perf_counter() - started:.1f} s", flush=True)
    took = milliseconds(partial(counting.count, [timezone.localdate()]))
    label = f"day and month counted anew, {number // 1000} k results, beside its tick"
    return Line(label, took, "ms", TICK, took / TICK, 1.0)


def _timed(who: str, address: str, number: int, turns: int) -> Iterator[Line]:
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(username=who))
    found = [milliseconds(partial(_get, client, address)) for _turn in range(turns + 3)][3:]
    p95 = percentile(found, 0.95)
    yield Line(f"{address}, {number // 1000} k results, p95 beside {LIMIT:.0f} ms", p95, "ms", LIMIT, p95 / LIMIT, 1.0)


def _get(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        msg = f"{address} answered {answer.status_code}"
        raise AssertionError(msg)
