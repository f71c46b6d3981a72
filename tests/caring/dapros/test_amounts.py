"""Amounts are read by what all rows of their column tell (requirements 8.1, Import)."""

from __future__ import annotations

import pytest

from caring.dapros.amounts import Separators
from caring.dapros.reasons import Unreadable
from tenesa.sheets import Cell


def column(*cells, said: str = "") -> list[int | str]:
    """Each cell's amount, or the code of its refusal."""
    separators = Separators(said=said)
    for line, cell in enumerate(cells, start=1):
        separators.see(cell, f"L{line}")
    return [_read(separators, cell) for cell in cells]


def _read(separators: Separators, cell: Cell) -> int | str:
    try:
        return separators.amount(cell)
    except Unreadable as problem:
        return problem.code


@pytest.mark.parametrize(
    ("cells", "amounts"),
    [
        ((350000, "350000", "Rp 350000", "", "-"), [350000, 350000, 350000, 0, 0]),
        (("Rp 350.000,00", "275.000", "1.000"), [350000, 275000, 1000]),
        (("350,000", "Rp350,000.00", "IDR 1,250,000"), [350000, 350000, 1250000]),
        (("350.000", "1.250.000"), [350000, 1250000]),
        (("350.000", "Rp 275.000,-"), [350000, 275000]),
        (("350.000", "275000,5"), [350000, "PART_OF_RUPIAH"]),
        (("Rp\u00a0350.000,00",), [350000]),
        (("350 000,00",), [350000]),
    ],
)
def test_one_cell_that_has_one_reading_decides_for_its_column(cells, amounts):
    assert column(*cells) == amounts


def test_a_column_in_which_nothing_decides_is_refused_where_it_matters():
    assert column("350.000", "1.000", 275000, "275000") == ["UNDECIDED", "UNDECIDED", 275000, 275000]
    assert column("350,000") == ["UNDECIDED"]


def test_a_person_may_decide():
    assert column("350.000", "1.000", said=".") == [350000, 1000]
    assert column("350,000", said=",") == [350000]
    assert column("350,000", said=".") == ["NOT_AMOUNT"]  # three decimals are none


def test_rows_that_contradict_each_other_are_refused_and_the_cells_named():
    assert column("350.000,00", "350,000.00", 5) == ["CONTRADICTION", "CONTRADICTION", 5]
    separators = Separators()
    separators.see("350.000,00", "L3")
    separators.see("350,000.00", "L9")
    with pytest.raises(Unreadable) as problem:
        separators.amount("1.000")
    assert (problem.value.facts["one"], problem.value.facts["other"]) == ("L3", "L9")


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (-1, "NEGATIVE"),
        ("-350000", "NEGATIVE"),
        ("(350000)", "NEGATIVE"),
        (350000.5, "PART_OF_RUPIAH"),
        ("350000,75", "PART_OF_RUPIAH"),
        ("tiga ratus", "NOT_AMOUNT"),
        ("350.00.000", "UNDECIDED"),
        ("1.23.456,00", "UNDECIDED"),
        (10**14, "NOT_AMOUNT"),
    ],
)
def test_what_is_no_amount_is_refused(cell, code):
    assert column(cell) == [code]
