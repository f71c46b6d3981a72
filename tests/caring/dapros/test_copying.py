"""COPY writes what an insert would."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from django.db import DataError, connection, transaction

from caring.dapros.copying import copy_rows

ROWS = [
    (1, "tab\there\nnew \\N line", True, date(2026, 11, 1), None, ["0812", 'a"b\\c', "d,e{}"], {"2026-11": 350000}),
    (2, "", False, None, datetime(2026, 11, 1, 5, tzinfo=UTC), [], {"a": 'x\\y\n"z"'}),
]  # fmt: skip


@pytest.fixture
def table(db: None) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE copied (n int, t text, b boolean, d date, m timestamptz, a text[], j jsonb)"
            " ON COMMIT DROP"
        )
    return "copied"


def test_every_kind_of_value_comes_back(table: str):
    assert copy_rows(table, list("ntbdmaj"), ROWS) == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT n, t, b, d, m, a, j::text FROM copied ORDER BY n")
        found = [(*row[:6], json.loads(row[6])) for row in cursor.fetchall()]
    assert found == ROWS


def test_a_row_that_does_not_fit_leaves_nothing(table: str):
    with pytest.raises(DataError), transaction.atomic():
        copy_rows(table, ["n", "t"], [(1, "a"), ("x", "b")])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM copied")
        assert cursor.fetchone() == (0,)
