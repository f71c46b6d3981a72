"""A row becomes a prospect, or every reason why not is told with its cell (requirements 8.1, 12.5)."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils.translation import override

from caring.dapros.rows import ProspectRow, RefusedRow
from tests.caring.dapros.lists import HEADS, PERIOD, codes, outcome, outcomes, row, taken, text, workbook


def test_a_row_becomes_a_prospect():
    (found,) = taken(workbook([row()]))
    assert found == ProspectRow(
        row_number=2, period=PERIOD, campaign="PRANPC", ncli="10203040", fastel="122055500001", name="Sekar Ayu",
        address="Jl. Melati 7", city="Bandung", regional="III", witel="BANDUNG", zone="WIB", package="50 Mbps", mbps=50,
        bills={"2026-11": 350000}, total=350000, oldest_month=PERIOD, isolated=True, last_paid_on=date(2026, 9, 20),
        phones=("081255500001",), email="sekar@contoh.example",
    )  # fmt: skip


def test_a_text_file_says_the_same_as_a_workbook():
    assert taken(text([row()])) == taken(workbook([row()]))


def test_bills_are_kept_by_month_from_the_newest_back():
    (found,) = taken(workbook([row(campaign="CT-0", tagihan_n1=367500, tagihan_n2=385000, total=1102500)]))
    assert found.bills == {"2026-11": 350000, "2026-10": 367500, "2026-09": 385000}
    assert (found.campaign, found.oldest_month) == ("CT0", date(2026, 9, 1))
    assert not found.notes


def test_a_ct0_row_with_one_month_due_is_rebucketed_and_told():
    (found,) = taken(workbook([row(campaign="CT-0")]))
    assert found.campaign == "PRANPC"
    assert codes(found) == [("REBUCKETED", "B2")]


def test_a_row_without_campaign_gets_the_one_of_its_months():
    (found,) = taken(workbook([row(campaign="", tagihan_n=0, tagihan_n2=350000)]))
    assert (found.campaign, found.notes) == ("CT0", ())


def test_three_months_of_arrears_are_kept_and_not_called():
    heads = [*HEADS, "tagihan_n3"]
    (found,) = taken(workbook([[*row(total=700000), 350000]], heads=heads))
    assert (found.excluded_why, found.oldest_month) == ("BEYOND", date(2026, 8, 1))
    assert codes(found) == [("BEYOND", "")]


def test_a_row_without_a_telephone_is_kept_and_not_called():
    (found,) = taken(workbook([row(hp1="-")]))
    assert (found.phones, found.excluded_why) == ((), "NO_NUMBER")


def test_telephones_of_both_columns_come_once_each_in_their_order():
    (found,) = taken(workbook([row(hp1="081255500001/085655500002", hp2=81255500001)]))
    assert found.phones == ("081255500001", "085655500002")


def test_an_unknown_witel_is_told_and_has_no_zone():
    (found,) = taken(workbook([row(witel="Atlantis")]))
    assert (found.witel, found.zone) == ("ATLANTIS", "")
    assert codes(found) == [("UNKNOWN_WITEL", "I2")]


def test_a_missing_0_of_a_telephone_line_is_told():
    (found,) = taken(workbook([row(fastel=341555123)]))
    assert (found.fastel, codes(found)) == ("0341555123", [("ZERO_RESTORED", "D2")])


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"fastel": "1,22E+11"}, [("EXPONENT", "D2")]),
        ({"fastel": "12205550OOO1"}, [("LETTER_O", "D2")]),
        ({"fastel": ""}, [("MISSING", "D2")]),
        ({"fastel": "#REF!"}, [("ERROR", "D2")]),
        ({"nama": ""}, [("MISSING", "E2")]),
        ({"nama": "x" * 121}, [("TOO_LONG", "E2")]),
        ({"witel": "-"}, [("MISSING", "I2")]),
        ({"hp1": "0812"}, [("NOT_PHONE", "Q2")]),
        ({"hp2": "0812"}, [("NOT_PHONE", "R2")]),
        ({"tagihan_n": -350000}, [("NEGATIVE", "L2")]),
        ({"total": 349999}, [("SUM", "O2")]),
        ({"total": ""}, [("MISSING", "O2")]),
        ({"tagihan_n": 0, "total": 0}, [("NOTHING_DUE", "O2")]),
        ({"tagihan_n": "#N/A"}, [("ERROR", "L2")]),
        ({"periode": "2026-10"}, [("OTHER_PERIOD", "A2")]),
        ({"periode": "kemarin"}, [("NOT_MONTH", "A2")]),
        ({"campaign": "CT-9"}, [("NOT_CAMPAIGN", "B2")]),
        ({"isolir": "?"}, [("NOT_YES_NO", "P2")]),
        ({"email": "sekar"}, [("NOT_EMAIL", "S2")]),
        ({"tgl_bayar_terakhir": "09/20/2026"}, [("NOT_DAY", "T2")]),
        ({"ncli": "12"}, [("NOT_NCLI", "C2")]),
        ({"fastel": "1,22E+11", "hp1": "0812", "total": 1}, [("EXPONENT", "D2"), ("NOT_PHONE", "Q2"), ("SUM", "O2")]),
    ],
)
@pytest.mark.parametrize("write", [workbook, text])
def test_every_reason_is_told_with_its_cell(changes, reasons, write):
    found = outcome(write([row(**changes)]))
    assert isinstance(found, RefusedRow)
    assert codes(found) == reasons


def test_a_refused_row_keeps_its_cells_as_they_were():
    found = outcome(text([row(fastel="1,22E+11")]))
    assert isinstance(found, RefusedRow)
    assert found.cells[3] == "1,22E+11"


def test_a_value_that_broke_into_two_cells_is_refused():
    line = text([row()]).replace(b"Jl. Melati 7", b"Jl. Melati;7")
    assert ("TOO_WIDE", "") in codes(outcome(line))


def test_good_rows_beside_bad_ones_are_taken():
    found = outcomes(text([row(), row(fastel="x"), row(fastel="122055500002")]))
    assert [type(one) for one in found] == [ProspectRow, RefusedRow, ProspectRow]
    assert [one.row_number for one in found] == [2, 3, 4]


def test_amounts_of_a_column_are_read_by_all_of_its_rows():
    amounts = ["350.000", "Rp 350.000,00"]
    found = taken(text([row(tagihan_n=one, total=one, fastel=f"12205550000{at}") for at, one in enumerate(amounts)]))
    assert [one.total for one in found] == [350000, 350000]
    alone = outcome(text([row(tagihan_n="350.000", total="350.000")]))
    assert codes(alone) == [("UNDECIDED", "L2"), ("UNDECIDED", "O2")]
    assert taken(text([row(tagihan_n="350.000", total="350.000")]), thousands=".")[0].total == 350000


def test_the_reason_is_told_in_both_languages():
    found = outcome(text([row(total=1)]))
    assert isinstance(found, RefusedRow)
    with override("id"):
        assert f"{found.reasons[0]}" == "O2: jumlah bulan-bulannya 350000, sedangkan totalnya 1"
    with override("en"):
        assert f"{found.reasons[0]}" == "O2: the months add up to 350000, the total says 1"
