"""Where the list stands in a file: sheet, heads, separators (requirements 8.1, Import)."""

from __future__ import annotations

from io import BytesIO

import pytest
from xlsxwriter import Workbook

from caring.dapros import reading
from caring.dapros.reading import Question
from tenesa.sheets import NotASheet
from tests.caring.dapros.lists import HEADS, PERIOD, book, bucket, codes, outcomes, row, taken, text, workbook


def refused(content: bytes, **question) -> str:
    with pytest.raises(NotASheet) as problem:
        outcomes(content, **question)
    return str(problem.value)


def test_the_heads_are_searched_in_the_first_thirty_rows():
    assert len(taken(workbook([row()], above=[["Dapros"], ["CARING"]] * 14))) == 1
    assert "pada 30 baris pertama" in refused(workbook([row()], above=[["Dapros"]] * 30))


def test_usual_names_of_columns_are_known_and_others_told():
    heads = [
        "No. Internet",
        "Nama Pelanggan",
        "Witel",
        "Tagihan N",
        "Tagihan N+1",
        "Total Tunggakan",
        "No HP",
        "Golongan",
    ]
    content = workbook([["122055500001", "Sekar Ayu", "Bandung", 350000, 0, 350000, 81255500001, "A"]], heads=heads)
    assert taken(content)[0].phones == ("081255500001",)
    with reading.opened(BytesIO(content), Question(PERIOD, bucket)) as listing:
        assert listing.columns.unknown == ("Golongan",)


def test_heads_in_two_rows_with_merged_cells():
    upper = ["Fastel", "Nama", "Witel", "Tagihan", "", "", "Total", "Kontak", ""]
    lower = ["", "", "", "N", "N+1", "N+2", "", "HP 1", "HP 2"]
    values = ["122055500001", "Sekar Ayu", "Bandung", 350000, 367500, 0, 717500, "081255500001", "085655500002"]
    (found,) = taken(book({"Dapros": [["Daftar prospek"], upper, lower, values]}))
    assert (found.row_number, found.bills) == (4, {"2026-11": 350000, "2026-10": 367500})
    assert found.phones == ("081255500001", "085655500002")


def test_missing_columns_are_named_and_nothing_is_taken():
    heads = [head for head in HEADS if head not in {"hp1", "witel"}]
    assert "witel, hp1" in refused(workbook([], heads=heads))


def test_a_column_that_stands_twice_is_refused():
    assert "fastel" in refused(workbook([], heads=[*HEADS, "No Internet"]))


def test_a_list_without_rows_is_refused():
    assert "di bawah judul" in refused(workbook([]))


def test_the_sheet_is_the_named_one_or_the_first_with_heads():
    content = book({"Catatan": [["apa saja"]], "Nov": [HEADS, row()], "Okt": [HEADS, row(fastel="122055500009")]})
    assert [one.fastel for one in taken(content)] == ["122055500001"]
    assert [one.fastel for one in taken(content, sheet="okt")] == ["122055500009"]
    assert "Catatan, Nov, Okt" in refused(content, sheet="Des")


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_texts_by_separator_and_encoding(separator, encoding):
    (found,) = taken(
        text([row(nama="Renée Ayu", alamat="Jl. “Melati”, 7; RT 1")], separator=separator, encoding=encoding)
    )
    assert (found.name, found.address) == ("Renée Ayu", "Jl. “Melati”, 7; RT 1")


def test_the_separator_that_excel_writes_on_top_is_passed_over():
    assert taken(b"sep=;\r\n" + text([row()]))[0].row_number == 3


def test_a_quoted_line_break_counts_as_one_row():
    found = taken(text([row(alamat="Jl. Melati 7\nRT 1"), row(fastel="122055500002")]))
    assert [(one.row_number, one.address) for one in found] == [(2, "Jl. Melati 7 RT 1"), (3, "Jl. Melati 7")]


def test_hidden_rows_are_taken_and_told():
    file = BytesIO()
    made = Workbook(file, {"in_memory": True})
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, HEADS)
    sheet.write_row(1, 0, row())
    sheet.set_row(1, options={"hidden": True})
    made.close()
    (found,) = taken(file.getvalue())
    assert codes(found) == [("HIDDEN", "")]


def test_rows_with_merged_cells_are_refused():
    file = BytesIO()
    made = Workbook(file, {"in_memory": True})
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, HEADS)
    for line in (1, 2, 3):
        sheet.write_row(line, 0, row(fastel=f"12205550000{line}"))
    sheet.merge_range("E2:E3", "Sekar Ayu")
    made.close()
    first, second, third = outcomes(file.getvalue())
    assert ("MERGED", "") in codes(first)
    assert ("MERGED", "") in codes(second)
    assert codes(third) == []


def test_formulas_count_by_their_result_and_not_without_one():
    file = BytesIO()
    made = Workbook(file, {"in_memory": True})
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, HEADS)
    for line, value in ((1, 350000), (2, "#DIV/0!"), (3, "")):
        sheet.write_row(line, 0, row(fastel=f"12205550000{line}"))
        sheet.write_formula(line, 14, "=SUM(L2:N2)", value=value)
    made.close()
    first, second, third = outcomes(file.getvalue())
    assert codes(first) == []
    assert codes(second) == [("ERROR", "O3")]
    assert codes(third) == [("MISSING", "O4")]


def test_a_second_walk_after_a_row_begins_behind_it():
    content = workbook([row(fastel=f"12205550000{at}") for at in range(5)])
    with reading.opened(BytesIO(content), Question(PERIOD, bucket)) as listing:
        assert listing.learn() == 5
        assert [one.row_number for one in listing.outcomes(after=4)] == [5, 6]
        assert [one.row_number for one in listing.outcomes()] == [2, 3, 4, 5, 6]
