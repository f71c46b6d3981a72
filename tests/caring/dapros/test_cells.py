"""What one cell says, and what it does not (requirements 8.1, Import)."""

from __future__ import annotations

from datetime import date

import pytest

from caring.dapros import cells
from caring.dapros.reasons import Unreadable


def refused(reader, cell) -> str:
    with pytest.raises(Unreadable) as problem:
        reader(cell)
    return problem.value.code


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (122055500001, "122055500001"),
        ("122055500001", "122055500001"),
        ("'122055500001", "122055500001"),
        ("’122055500001", "122055500001"),
        ("\u00a0122055500001\u00a0", "122055500001"),
        ("122055500001.0", "122055500001"),
        ("1220 5550 0001", "122055500001"),
        ("0341555123", "0341555123"),
        ("0341-555123", "0341555123"),
        (341555123, "0341555123"),
        ("", ""),
        ("-", ""),
    ],
)
def test_a_service_number_comes_back_whole(cell, number):
    assert cells.fastel(cell) == number


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1,22E+11", "EXPONENT"),
        ("1.22055E+11", "EXPONENT"),
        (1.5, "EXPONENT"),
        ("12205550OO01", "LETTER_O"),
        ("o341555123", "LETTER_O"),
        ("12205550000", "NOT_FASTEL"),  # one digit short: no 0 is put in front of it
        ("182055500001", "NOT_FASTEL"),
        ("122055500001/122055500002", "NOT_FASTEL"),
        ("internet", "NOT_FASTEL"),
        ("#N/A", "ERROR"),
        ("#ref!", "ERROR"),
        ("#?", "ERROR"),
        ("１２２０５５５００００１", "NOT_FASTEL"),
    ],
)
def test_what_is_no_service_number_is_refused(cell, code):
    assert refused(cells.fastel, cell) == code


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("081255500001", ["081255500001"]),
        (81255500001, ["081255500001"]),
        ("81255500001.0", ["081255500001"]),
        ("+62 812-5550-0001", ["081255500001"]),
        ("6281255500001", ["081255500001"]),
        ("0062 81255500001", ["081255500001"]),
        ("62081255500001", ["081255500001"]),
        ("0812555000012", ["0812555000012"]),  # thirteen digits
        ("(021) 5550-1234", ["02155501234"]),
        ("0812 5550 0001", ["081255500001"]),
        ("081255500001/085655500002", ["081255500001", "085655500002"]),
        ("081255500001 ; 085655500002, 02155501234", ["081255500001", "085655500002", "02155501234"]),
        ("081255500001 dan 085655500002", ["081255500001", "085655500002"]),
        ("081255500001\n85655500002", ["081255500001", "085655500002"]),
        ("081255500001 085655500002", ["081255500001", "085655500002"]),
        ("'081255500001", ["081255500001"]),
        ("", []),
        ("-", []),
        ("0", []),
    ],
)
def test_telephones_of_a_cell(cell, numbers):
    assert cells.phones(cell) == numbers


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("08125550", "NOT_PHONE"),
        ("08125550000123", "NOT_PHONE"),  # fourteen digits
        ("O81255500001", "LETTER_O"),
        ("0812555OOO01", "LETTER_O"),
        ("8,13E+10", "EXPONENT"),
        ("tidak ada", "NOT_PHONE"),
        ("081255500001/rumah", "NOT_PHONE"),
        ("2155501234", "NOT_PHONE"),  # the 0 of a mobile only is given back
        ("#VALUE!", "ERROR"),
    ],
)
def test_what_is_no_telephone_is_refused(cell, code):
    assert refused(cells.phones, cell) == code


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (46000, date(2025, 12, 9)),
        ("46000", date(2025, 12, 9)),
        ("20/09/2026", date(2026, 9, 20)),
        ("1-2-2026", date(2026, 2, 1)),
        ("20.09.2026", date(2026, 9, 20)),
        ("20/09/2026 10:15", date(2026, 9, 20)),
        ("2026-09-20", date(2026, 9, 20)),
        ("2026-09-20 00:00:00", date(2026, 9, 20)),
        ("-", None),
    ],
)
def test_days(cell, day):
    assert cells.day(cell) == day


@pytest.mark.parametrize(
    "cell", ["09/20/2026", "31/02/2026", "20/09/26", "20 September", "20/09-2026", "999999", 12, "kemarin"]
)
def test_a_day_is_never_guessed(cell):
    assert refused(cells.day, cell) == "NOT_DAY"


@pytest.mark.parametrize(
    "cell",
    ["2026-11", "202611", 202611, "11/2026", "2026/11", "Nov 2026", "NOVEMBER 2026", "01/11/2026", 46327, "2026-11-30"],
)
def test_months(cell):
    assert cells.month(cell) == date(2026, 11, 1)


@pytest.mark.parametrize("cell", ["2026-13", "November", "11-26", "2026", "Nopember 2026"])
def test_what_is_no_month_is_refused(cell):
    assert refused(cells.month, cell) == "NOT_MONTH"


@pytest.mark.parametrize(
    ("reader", "cell", "value"),
    [
        (cells.yes, "Y", True), (cells.yes, "t", False), (cells.yes, "TRUE", True), (cells.yes, 0, False),
        (cells.campaign, "CT-0", "CT0"), (cells.campaign, "pra npc", "PRANPC"), (cells.campaign, "Caring CT0", "CT0"),
        (cells.whole, "50 Mbps", 50), (cells.whole, 100, 100), (cells.whole, "", None),
        (cells.email, " Sekar@Contoh.example ", "sekar@contoh.example"), (cells.email, "-", ""),
        (cells.ncli, 10203040, "10203040"), (cells.text, "Jl.\u00a0Melati\n7", "Jl. Melati 7"),
    ],
)  # fmt: skip
def test_words_and_figures(reader, cell, value):
    assert reader(cell) == value


@pytest.mark.parametrize(
    ("reader", "cell", "code"),
    [
        (cells.yes, "mungkin", "NOT_YES_NO"),
        (cells.campaign, "CT-1", "NOT_CAMPAIGN"),
        (cells.whole, "cepat", "NOT_NUMBER"),
        (cells.email, "sekar@contoh", "NOT_EMAIL"),
        (cells.email, "a@b.example, c@d.example", "NOT_EMAIL"),
        (cells.ncli, "123456", "NOT_NCLI"),
        (cells.ncli, "1,02E+07", "EXPONENT"),
    ],
)
def test_other_words_and_figures_are_refused(reader, cell, code):
    assert refused(reader, cell) == code
