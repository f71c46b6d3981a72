"""F-19 of thousands of agreements: the rows are never all in memory (P-01 10; requirements 8.1, memory)."""

from __future__ import annotations

import resource
from pathlib import Path

import pgtrigger
import pytest
from django.db import connection
from django.utils import timezone

from caring.models import CaringResult, Verdict
from caring.quality import validation
from caring.quality.validation_files import MAKERS
from tenesa.accounts.models import User
from tenesa.reporting.export import Count
from tenesa.workflow.perform import perform
from tests.caring import desk

pytestmark = [pytest.mark.long, pytest.mark.slow, pytest.mark.django_db]
ROWS = 10_000
# Reportlab keeps its pages until the end, some 1.3 kB a row; all rows would be some 80 MB.
MOST_MB = {"xlsx": 40, "pdf": 56}
PAGE = resource.getpagesize()


def memory() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE / 2**20


def multiplied(model: type[CaringResult | Verdict], changes: dict[str, str], source: str) -> None:
    columns = [field.column for field in model._meta.concrete_fields if field.column and not field.primary_key]
    chosen = ", ".join(changes.get(column, f"t.{column}") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {chosen}"
            f" FROM {model._meta.db_table} t, {source}",
        )


@pytest.fixture
def many(citra: User, laras: User) -> None:
    one = perform(desk.at_qc(citra, laras), "approve", actor=laras, data=desk.OK)
    days = {"day": "t.day - (i % 300)::int", "called_at": "t.called_at - (i % 300) * interval '1 day'"}
    multiplied(CaringResult, days, f"generate_series(2, {ROWS}) i")
    with pgtrigger.ignore("caring.Verdict:by_another"):  # its plan is that of an empty table
        multiplied(Verdict, {"result_id": "r.id"}, f"caring_caringresult r WHERE r.id <> {one.pk}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE caring_caringresult, caring_verdict")


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_a_large_period_is_written_in_flat_memory(many: None, kind: str, tmp_path: Path) -> None:
    today = timezone.localdate()
    found = validation.report(["CARING"], today.replace(year=today.year - 1), today)
    assert (found.count, found.sums[-1].approved, found.sums[-1].met_shares) == (ROWS, ROWS, [1.0] * 6)
    before, most, size, done = memory(), 0.0, 0, Count()
    for piece in MAKERS[kind](found, done):
        size += len(piece)
        most = max(most, memory() - before)
    assert done.rows == ROWS
    assert size > 100_000
    assert most < MOST_MB[kind], f"{most:.0f} MB"
