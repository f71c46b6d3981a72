"""Workbooks for tests: written by XlsxWriter, as a person's Excel would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from tests.segmentation.entries import day

HEADS = ["Nomor pelanggan", "Kriteria", "Bukti", "Sumber", "Berlaku sampai"]


def workbook(rows: Sequence[Sequence[Any]], *, heads: Sequence[str] = HEADS, above: Sequence[str] = ()) -> bytes:
    file = BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    days, sheet = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_worksheet()
    lines = [*([text] for text in above), heads, *rows]
    for line, cells in enumerate(lines):
        for column, value in enumerate(cells):
            if isinstance(value, date):
                sheet.write_datetime(line, column, value, days)
            else:
                sheet.write(line, column, value)
    book.close()
    return file.getvalue()


def row(customer: Any, criterion: str = "Manajemen: isolir tidak dibuka", **changes: Any) -> list[Any]:
    given = {"evidence": "Nota 12", "source": "Manajemen", "valid_to": day(days=90), **changes}
    return [customer, criterion, given["evidence"], given["source"], given["valid_to"]]
