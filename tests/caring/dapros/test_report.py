"""Refused rows come back as a sheet with their reasons (requirements 8.1, Import)."""

from __future__ import annotations

from io import BytesIO

import pytest

from caring.dapros.report import sheet_of
from caring.dapros.rows import RefusedRow
from tenesa.sheets import Workbook
from tests.caring.dapros.lists import HEADS, codes, outcomes, row, text


def test_each_refused_row_has_its_reasons_beside_it_and_can_be_handed_in_again():
    found = outcomes(text([row(total=1, hp1="0812"), row(), row(fastel="1,22E+11")]))
    rows = [one for one in found if isinstance(one, RefusedRow)]
    content = b"".join(sheet_of(HEADS, rows))
    with Workbook(BytesIO(content)) as book:
        assert [sheet.name for sheet in book.sheets] == ["Baris ditolak"]
        heads, first, second = (found.cells for found in book.rows(book.sheets[0]))
    assert heads == [*HEADS, "Baris", "Alasan"]
    assert first[3] == "122055500001"
    assert first[-2:] == [2, "Q2: “0812” bukan nomor telepon; O2: jumlah bulan-bulannya 350000, sedangkan totalnya 1"]
    assert second[-2:] == [4, "D4: “1,22E+11” kehilangan digit (format kolomnya sebagai teks)"]
    again = outcomes(content)
    assert [codes(one) for one in again] == [[("NOT_PHONE", "Q2"), ("SUM", "O2")], [("EXPONENT", "D3")]]


def test_what_does_not_fit_on_a_sheet_goes_on_in_a_further_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tenesa.reporting.export.SHEET_ROWS", 2)
    rows = [RefusedRow(at, ["x"], ()) for at in range(5)]
    with Workbook(BytesIO(b"".join(sheet_of(["a"], rows)))) as book:
        assert [[found.cells[1] for found in book.rows(sheet)][1:] for sheet in book.sheets] == [[0, 1], [2, 3], [4]]
