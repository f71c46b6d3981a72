"""Exports: harmless in a spreadsheet, flat in memory, logged also when they are cut, and nobody waits for them."""

from __future__ import annotations

import asyncio
import csv
import subprocess
import sys
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import AsyncRequestFactory

from tenesa.accounts.models import User
from tenesa.launch.rundir import ROOT
from tenesa.reporting import export, lists, measuring
from tenesa.reporting.models import Export, ExportEnd
from tenesa.reporting.registry import kpis
from tenesa.reporting.report_query import ReportQuery
from tenesa.sheets import Workbook
from tests.journeys.patience import eventually
from tests.reporting.walks import Walk
from tests.services import services


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("+62 812-0000-1187", "+62 812-0000-1187"),
        ("-5,2", "-5,2"),
        ("+62812=A1", "'+62812=A1"),
        ("Halo,=cmd|' /C calc'!A0", "Halo,'=cmd|' /C calc'!A0"),
        ("a; @SUM(A1)", "a;' @SUM(A1)"),
        ("a\t+1+A1\n-2+A2", "a\t'+1+A1\n'-2+A2"),
        ('tutup",=1+1', "tutup\",'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("surel a@b.example, lihat 2-3", "surel a@b.example, lihat 2-3"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("biasa", "biasa"),
        (-3, "-3"),
        (1234.5, "1234,5"),
        (None, ""),
        (datetime(2026, 11, 20, 16, 58, tzinfo=UTC), "20/11/2026 23:58"),
        (date(2026, 11, 2), "02/11/2026"),
    ],
)
def test_a_value_is_written_as_excel_in_indonesia_reads_it_and_never_as_a_formula(value: Any, text: str) -> None:
    assert export.as_text(value) == text


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_no_cell_begins_a_formula_whatever_the_reader_splits_by(separator: str) -> None:
    words = ["=1", "a,=1", "a;+A1", "a\t@A1", "a|-A1", 'x",=1', 'x";=1', "a\n=1", " =1", "＝1,＋A1"]
    rows = [[lists.Row([first, second]) for first in words for second in words]]
    text = b"".join(export.csv_of(["=kepala", "b"], iter(rows), export.Count())).decode("utf-8-sig")
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        for cells in csv.reader(StringIO(text), delimiter=separator, quoting=quoting):
            for cell in cells:
                assert cell.strip(' "')[:1] not in {*"=+@＝＋－＠"}, (separator, cells)


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Semua alasan", ["Semua alasan", "Semua alasan (2)", "Semua alasan (3)"]),
        ("Tanggal/jam: [baru]", ["Tanggal jam baru", "Tanggal jam baru (2)", "Tanggal jam baru (3)"]),
        ("Lama penanganan menurut segmen & area", ["Lama penanganan menurut segmen…", "Lama penanganan menurut… (2)",
                                                  "Lama penanganan menurut… (3)"]),
    ],
)  # fmt: skip
def test_sheets_are_named_by_what_is_on_them_below_their_heads(
    title: str, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "SHEET_ROWS", 2)
    rows = [lists.Row([at]) for at in range(5)]
    content = b"".join(export.xlsx_of(title, ["Nomor"], iter([rows]), export.Count()))
    with Workbook(BytesIO(content)) as book:
        assert [sheet.name for sheet in book.sheets] == names
        assert [next(found.cells[0] for found in book.rows(sheet)) for sheet in book.sheets] == ["Nomor"] * 3


def test_no_sheet_of_the_house_is_without_a_name() -> None:
    sources = [path for app in ("caring", "pending", "segmentation", "tenesa", "tickets", "vvip")
               for path in (ROOT / app).rglob("*.py")]  # fmt: skip
    making = [path for path in sources if "add_worksheet(" in path.read_text(encoding="utf-8")]
    assert making
    assert [path for path in making if "add_worksheet()" in path.read_text(encoding="utf-8")] == []


@pytest.mark.django_db
def test_an_export_that_is_cut_says_so(rini: User, bowo: User) -> None:
    Walk(rini).information()
    measuring.measure_new()
    for kind in export.TYPES:
        log = Export.objects.create(by=bowo, report="cases-response", kind=kind)
        pieces: Any = export.produce(log, lists.measurements(kpis()["response"]), bowo, ReportQuery.of({}))
        next(pieces)
        pieces.close()
        end = ExportEnd.objects.get(export=log)
        assert (end.finished, end.rows) == (False, 1)


@pytest.mark.django_db(transaction=True)
def test_under_asgi_it_streams_from_a_thread_of_its_own(rini: User, bowo: User) -> None:
    Walk(rini).information()
    measuring.measure_new()
    request: Any = AsyncRequestFactory().get("/")
    listing = lists.measurements(kpis()["response"])

    def answer() -> Any:
        return export.download(request, bowo, listing, ReportQuery.of({}), kind="csv", name="cases-response")

    async def whole(streamed: Any) -> bytes:
        return b"".join([piece async for piece in streamed])

    async def first(streamed: Any) -> None:
        pieces = aiter(streamed)
        await anext(pieces)
        await pieces.aclose()

    assert asyncio.run(whole(answer())).count(b"\r\n") == 2
    eventually(lambda: ExportEnd.objects.filter(finished=True, rows=1).exists())
    asyncio.run(first(answer().streaming_content))
    eventually(lambda: ExportEnd.objects.filter(finished=False).exists())


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_six_times_the_rows_take_no_more_memory(rini: User, bowo: User) -> None:
    """In a process of its own; a list of these rows would take some hundred megabytes."""
    Walk(rini).information()
    measuring.measure_new()
    done = subprocess.run(
        [sys.executable, "-m", "tests.reporting.memory", bowo.username, "5000", "30000"],
        env=services.environment(), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    small, large = map(int, done.stdout.split())
    assert large - small < 16_000, (small, large)  # kB
    measuring.measure_again()
