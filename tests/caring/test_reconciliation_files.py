"""Exports of TAMARA and MyCX as files: read whole or refused whole, with the cells that say why (S-29)."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import Any

import pytest
from django.utils.translation import override
from xlsxwriter import Workbook

from caring.reconciliation import models, runs, uploads
from caring.reconciliation.rows import ZONE, Row
from caring.reconciliation.sides import Read
from tenesa.accounts.models import User
from tenesa.sheets import NotASheet

DAY = date(2026, 11, 27)
HEADS = ("No", "Tanggal", "Login", "Fastel", "Campaign", "Status", "Kategori", "Reason", "Penerima", "Nominal",
         "Janji bayar", "Durasi", "Catatan", "Follow")  # fmt: skip
LINE = ("TM-1", "27/11/2026 09:03:10", "citra", "122055500001", "PRANPC", "Contacted", "Not Agree", "EXPENSIVE",
        "Siti Rahmawati", "Rp 350.000,00", "", "3:04", "[HC0000012-1] mahal", "6")  # fmt: skip


def csv(*lines: Any, heads: Any = HEADS, separator: str = ";") -> bytes:
    return "\r\n".join(separator.join(map(str, line)) for line in (heads, *lines)).encode()


def workbook(*lines: Any, heads: Any = HEADS) -> bytes:
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True})
    formats = {
        datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
        date: book.add_format({"num_format": "dd/mm/yyyy"}),
        time: book.add_format({"num_format": "hh:mm"}),
    }
    sheet = book.add_worksheet()
    for number, line in enumerate((["Export TAMARA"], heads, *lines)):
        for place, cell in enumerate(line):
            if kind := formats.get(type(cell)):
                sheet.write_datetime(number, place, cell, kind)
            else:
                sheet.write(number, place, cell)
    book.close()
    return file.getvalue()


def read(content: bytes, campaign: str = "") -> tuple[list[Row], Read]:
    counted = Read()
    return list(uploads.rows(io.BytesIO(content), DAY, DAY, campaign, counted)), counted


def changed(**cells: Any) -> list[Any]:
    found: list[Any] = list(LINE)
    for name, cell in cells.items():
        found[[head.casefold().replace(" ", "_") for head in HEADS].index(name)] = cell
    return found


def refusal(content: bytes) -> str:
    with override("en"), pytest.raises(NotASheet) as told:
        read(content)
    return str(told.value)


EXPECTED = Row(
    "TM-1", "HC0000012-1", "122055500001", "citra", "PRANPC", DAY, datetime(2026, 11, 27, 9, 3, 10, tzinfo=ZONE),
    "Contacted", "Not Agree", "EXPENSIVE", "Siti Rahmawati", 350_000, None, 184,
)  # fmt: skip


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_csv_is_read_by_the_names_of_its_columns(separator: str) -> None:
    line = [cell.replace(",00", "") for cell in LINE] if separator == "," else LINE
    other = changed(nominal="1.350.000") if separator != "," else changed(nominal="1.350.000", no="TM-2")
    found, counted = read(csv(line, other, separator=separator))
    assert found[0] == EXPECTED
    assert (counted.told, counted.rows, counted.is_whole) == (2, 2, True)


def test_a_workbook_is_read_with_its_moments_and_numbers() -> None:
    moment = datetime(2026, 11, 27, 9, 3, 10)  # noqa: DTZ001  Excel knows no zones
    line = changed(tanggal=moment, fastel=122055500001, nominal=350000, durasi=184, follow=6)
    assert read(workbook(line))[0] == [EXPECTED]


def test_a_time_may_stand_in_a_column_of_its_own() -> None:
    line = [*changed(tanggal=DAY), time(9, 3, 10)]
    assert read(workbook(line, heads=(*HEADS, "Jam")))[0] == [EXPECTED]
    line = [*changed(tanggal="27-11-2026"), "09.03.10"]
    assert read(csv(line, changed(), heads=(*HEADS, "Jam")))[0] == [EXPECTED, EXPECTED]


def test_rows_of_other_days_and_campaigns_and_superseded_ones_are_counted_apart() -> None:
    lines = [LINE, changed(tanggal="26/11/2026 23:59:59"), changed(campaign="CT-0"), changed(follow="1")]
    found, counted = read(csv(*lines), campaign="PRANPC")
    assert found == [EXPECTED]
    assert (counted.told, counted.rows, counted.outside, counted.superseded) == (4, 1, 2, 1)
    assert counted.is_whole


def test_what_an_export_does_not_keep_is_not_compared() -> None:
    needed = ("Tanggal", "Login", "Fastel", "Campaign", "Status", "Reason")
    line = [LINE[HEADS.index(head)] for head in needed]
    (row,), _counted = read(csv(line, heads=needed))
    assert (row.receiver, row.amount, row.duration, row.promised_on, row.category, row.ref) == (None,) * 5 + ("",)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"tanggal": "27 Nopember"}, "B2: “27 Nopember” is no day"),
        ({"tanggal": "31/02/2026 09:00"}, "B2: "),
        ({"tanggal": "27/11/2026 25:00"}, "B2: "),
        ({"fastel": "1,22E+11"}, "D2: “1,22E+11” has lost digits"),
        ({"fastel": "12205550O001"}, "D2: “12205550O001” has the letter O"),
        ({"login": ""}, "“login” is empty"),
        ({"campaign": "C3MR"}, "E2: “C3MR” is no campaign"),
        ({"nominal": "350.000"}, "J2: “350.000” can be read in two ways"),
        ({"nominal": "-5"}, "J2: “-5” is below zero"),
        ({"durasi": "lama"}, "L2: “lama” is no time"),
        ({"status": "#N/A"}, "F2: “#N/A” is an error of the spreadsheet"),
    ],
)
def test_a_cell_that_cannot_be_read_refuses_the_file_with_its_address(cells: dict[str, Any], words: str) -> None:
    assert words in refusal(csv(changed(**cells)))


def test_a_file_that_is_no_export_is_refused_with_what_is_missing() -> None:
    assert "Columns are missing: fastel" in refusal(csv(LINE, heads=("No", "Tanggal", "Login", "Nomor", *HEADS[4:])))
    assert "No row with the heads" in refusal(b"halo;dunia\r\n1;2")
    assert "Below the heads" in refusal(csv())
    assert refusal(b"<html><table></table></html>")
    assert refusal(b"PK\x03\x04 rusak")
    assert refusal(b"")


def test_ten_cells_are_named_and_no_more() -> None:
    told = refusal(csv(*[changed(login="")] * 12))
    assert told.count("is empty") == uploads.TOLD


@pytest.mark.django_db
@pytest.mark.parametrize("length", [1, 6, 7, 8, 20])
def test_a_kept_file_comes_back_whole_in_parts(length: int, novita: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "PART", 7)
    content = bytes(range(256))[:length]
    run = runs.ask(novita, first=DAY, last=DAY, files={"TAMARA": ("a.csv", content)})
    found = list(run.files.defer("content").get().parts())
    assert b"".join(found) == content
    assert max(map(len, found)) <= 7
