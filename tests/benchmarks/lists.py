"""The list check at a million customers beside its bare statements, and rows imported a second beside bare inserts."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from django.db import connection

from segmentation.classes import class_of
from segmentation.lookup import customers_by
from segmentation.special_list import importing
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tests.benchmarks import floor, people
from tests.benchmarks.measure import WITHIN, Line, milliseconds, percentile, rates
from tests.segmentation.workbooks import row, workbook

LISTED = 50  # one customer in so many stands on a list
TABLES = (
    "segmentation_customer", "segmentation_service", "segmentation_customernumber", "segmentation_listentry",
)  # fmt: skip
CUSTOMERS = """
INSERT INTO segmentation_customer (id, reference, name, segment, contacts, witel, source, read_at)
SELECT i, lpad(i::text, 9, '0'), 'Pelanggan ' || i, 'DCS', '[]', 'BANDUNG', 'SISKAS', now()
  FROM generate_series(1, %(number)s) i"""
SERVICES = """
INSERT INTO segmentation_service (id, product_id, product, name, customer_id, address, facts, read_at)
SELECT i, '122' || lpad(i::text, 9, '0'), 'INTERNET', 'IndiHome', i, '',
       jsonb_build_object('mbps', (array[20, 30, 50, 100, 200])[1 + i %% 5]), now()
  FROM generate_series(1, %(number)s) i"""
NUMBERS = """
INSERT INTO segmentation_customernumber (number, customer_id, service_id)
SELECT '08' || lpad((i %% 900000)::text, 10, '0'), i, NULL::bigint FROM generate_series(1, %(number)s) i
 UNION ALL SELECT lpad(i::text, 9, '0'), i, NULL FROM generate_series(1, %(number)s) i
 UNION ALL SELECT '122' || lpad(i::text, 9, '0'), i, i FROM generate_series(1, %(number)s) i"""
ENTRIES = """
INSERT INTO segmentation_listentry (
    desk_id, opened_at, changed_at, urgent_at, urgent_for, awaits, version, chain, customer_id, kind, criterion, action,
    evidence, source, measure, valid_from, valid_to, review_due, reviewed_on, entered_by_id, approved_by_id, change,
    remark, state)
SELECT %(desk)s, now(), now(), now() + interval '60 days', 'end', false, 2, repeat('0', 64), i * %(listed)s,
       CASE WHEN i %% 3 = 0 THEN 'VVIP' ELSE 'SPECIAL' END,
       CASE WHEN i %% 3 = 0 THEN 'ENDORSER' ELSE 'NO_UNISOLATE' END, 'TO_PLASA', 'Nota', 'Manajemen', '{}',
       current_date - 9, current_date + 60, current_date + 60, current_date - 9, %(author)s, %(approver)s, '{}', '',
       'ACTIVE'
  FROM generate_series(1, %(number)s / %(listed)s) i"""
BARE = """
SELECT n.customer_id, n.service_id FROM segmentation_customernumber n WHERE n.number = %(number)s;
SELECT e.* FROM segmentation_listentry e JOIN segmentation_customernumber n USING (customer_id)
 WHERE n.number = %(number)s AND e.state IN ('ACTIVE', 'CHANGING', 'REVIEW');
SELECT 1 FROM segmentation_service s JOIN segmentation_customernumber n USING (customer_id)
 WHERE n.number = %(number)s AND s.product = 'INTERNET' AND (s.facts -> 'mbps') BETWEEN '50' AND '100' LIMIT 1"""

ROW = """
INSERT INTO floor_listimportrow (batch_id, line, said, entry_id, refusals)
VALUES (%(batch)s, %(id)s, 'x', %(id)s, '{}')"""


def measure(number: int, *, turns: int, rows: int) -> list[Line]:
    author, approver = _fill(number)
    assert author != approver
    return [*_checks(number, turns * 200), _import(number, author, turns=turns, rows=rows)]


def _fill(number: int) -> tuple[User, User]:
    started = time.perf_counter()
    people.desk_and_areas()
    author, approver = (people.person(name, Role.TEAM_LEADER) for name in ("bowo", "sri"))
    told: dict[str, Any] = {
        "number": number,
        "listed": LISTED,
        "desk": people.DESK,
        "author": author.pk,
        "approver": approver.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}, segmentation_listimport CASCADE")
        cursor.execute("SET session_replication_role = replica")
        for statement in (CUSTOMERS, SERVICES, NUMBERS, ENTRIES):
            cursor.execute(statement, told)
        cursor.execute("RESET session_replication_role")
    floor.vacuum(*TABLES)
    print(f"{number} customers filled in {time.perf_counter() - started:.0f} s", flush=True)
    return author, approver


# --- the list check --------------------------------------------------------------------------------------------------
def _checks(number: int, times: int) -> Iterator[Line]:
    drawn = random.Random(26)
    numbers = [f"122{drawn.randint(1, number):09d}" for _one in range(times)]
    phones = [f"+62 8{drawn.randint(0, min(number, 900_000) - 1):010d}" for _one in range(times)]
    bare = floor.connect()
    bare.autocommit = True
    for name, asked, product in (
        ("list check by internet number (class_of)", numbers, _class),
        ("list check by telephone of one or two (class_of)", phones, _class),
        ("customers by number (customers_by)", numbers, customers_by),
    ):
        own, least = _timed(product, bare, asked)
        yield Line(f"{name}, p95", own, "ms", least, own / least, WITHIN)
    bare.close()


def _class(number: str) -> object:
    return class_of(number=number)


def _timed(product: Callable[[str], object], bare: Any, asked: list[str]) -> tuple[float, float]:
    """p95 of product and floor in milliseconds, in turns, number by number."""
    own, least = [], []
    with bare.cursor() as cursor:
        for number in asked:
            known = number.replace("+62 8", "08")
            own.append(milliseconds(lambda number=number: product(number)))  # type: ignore[misc]
            least.append(milliseconds(lambda known=known: cursor.execute(BARE, {"number": known})))  # type: ignore[misc]
    return percentile(own[10:], 0.95), percentile(least[10:], 0.95)


# --- the import ------------------------------------------------------------------------------------------------------
def _import(number: int, author: User, *, turns: int, rows: int) -> Line:
    """Rows a second of files of so many rows, each row another customer that stands on no list."""
    free = (one for one in range(1, number + 1) if one % LISTED)
    own, bare = [], []
    for turn in range(turns + 1):
        content = workbook([row(f"{next(free):09d}") for _one in range(rows)])
        batch = importing.hand_in(author, f"{turn}.xlsx", content)
        started = time.perf_counter()
        importing.read(batch.pk)
        took = time.perf_counter() - started
        assert batch.rows.filter(entry__isnull=False).count() == rows
        if turn == 0:
            _copy_tables(batch.pk)
            customers = count(10 * number)
        rate = _inserted(batch.pk, customers, rows)
        if turn:
            own.append(rows / took)
            bare.append(rate)
    return rates("rows of a list imported, beside the rows they write", own, bare, "1/s")


def _copy_tables(batch: int) -> None:
    """Tables like those that a proposal writes, with their indexes and checks, and one proposal to copy."""
    with connection.cursor() as cursor:
        for table in ("listentry", "listimportrow"):
            cursor.execute(f"DROP TABLE IF EXISTS floor_{table}, floor_one_{table}")
            cursor.execute(f"CREATE TABLE floor_{table} (LIKE segmentation_{table} INCLUDING ALL)")
        cursor.execute(
            "CREATE TABLE floor_one_listentry AS SELECT e.* FROM segmentation_listentry e"
            " JOIN segmentation_listimportrow r ON r.entry_id = e.id WHERE r.batch_id = %s LIMIT 1",
            [batch],
        )
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped"
            " AND attrelid = 'floor_listentry'::regclass AND attname NOT IN ('id', 'customer_id')"
        )
        columns = cursor.fetchone()[0]
    entry = f"INSERT INTO floor_listentry (id, customer_id, {columns}) SELECT %(id)s, %(id)s, {columns}"
    _INSERT[:] = [
        f"{entry} FROM floor_one_listentry", ROW, floor.CLOCK, floor.CLOCK.replace("segment_check", "end"), floor.EVENT,
    ]  # fmt: skip
    floor.copy_beside_cases()


_INSERT: list[str] = []


def _inserted(batch: int, ids: Iterator[int], rows: int) -> float:
    bare = floor.connect()
    started = time.perf_counter()
    with bare.cursor() as cursor:
        for _one in range(rows):
            told = {"id": next(ids), "batch": batch, "seq": 1}
            for statement in _INSERT:
                cursor.execute(statement, told)
            bare.commit()
    rate = rows / (time.perf_counter() - started)
    bare.close()
    return rate
