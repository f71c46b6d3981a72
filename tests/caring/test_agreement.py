"""Coefficients of agreement against published worked examples.

Sources: Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), examples A, B and C; Gwet, the vignette
"Calculating Chance-corrected Agreement Coefficients" of irrCAC 1.0 (CRAN, 2019): `cont3x3abstractors` and
`cac.raw4raters`, values with standard errors and intervals; Gwet, "Kappa Statistic is not Satisfactory" (2002), 125
subjects of two raters; Cohen's κ of 50 proposals, the common textbook case (20, 5, 10, 15).
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caring.agreement import Agreement, Estimate, agreement


def table(cells: dict[tuple[str, str], int]) -> Agreement:
    return agreement([pair for pair, number in cells.items() for _ in range(number)])


def known(found: Agreement) -> tuple[Estimate, Estimate, Estimate]:
    """κ, α and AC1, all defined."""
    assert found.kappa is not None
    assert found.alpha is not None
    assert found.ac1 is not None
    return found.kappa, found.alpha, found.ac1


def raters(*rows: str) -> Agreement:
    return agreement(list(zip(*([None if c == "." else c for c in row.replace(" ", "")] for row in rows), strict=True)))


def test_it_gives_kappa_ac1_and_intervals_of_the_abstractors() -> None:
    """Of tables irrCAC divides the variance by n, of raw scores, as we do, by n - 1: 0.001 of the bounds here."""
    found = table({("E", "E"): 13, ("A", "A"): 20, ("A", "N"): 7, ("N", "A"): 4, ("N", "N"): 56})
    assert found.pairs == 100
    assert found.raw == pytest.approx(0.89)
    kappa, alpha, ac1 = known(found)
    assert kappa.value == pytest.approx(0.7964094, abs=5e-8)
    assert (kappa.low, kappa.high) == pytest.approx((0.680, 0.913), abs=5e-4)
    assert ac1.value == pytest.approx(0.8493305, abs=5e-8)
    assert (ac1.low, ac1.high) == pytest.approx((0.764, 0.935), abs=2e-3)
    assert alpha.value == pytest.approx(0.7972585, abs=5e-8)
    assert (alpha.low, alpha.high) == pytest.approx((0.680, 0.914), abs=2e-3)


def test_it_gives_alpha_and_ac1_of_four_raters_with_missing_scores() -> None:
    found = raters("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
    assert (found.pairs, found.kappa) == (11, None)
    assert found.raw == pytest.approx(0.8181818, abs=5e-8)
    assert found.ac1 is not None
    assert found.alpha is not None
    assert found.ac1.value == pytest.approx(0.77544, abs=5e-6)
    assert (found.ac1.low, found.ac1.high) == pytest.approx((0.461, 1.0), abs=5e-4)
    assert found.alpha.value == pytest.approx(0.74342, abs=5e-6)
    assert (found.alpha.low, found.alpha.high) == pytest.approx((0.419, 1.0), abs=5e-4)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("0100000010", "1110010000", 0.095), ("aabbdcccedda", "babbbccceddd", 0.692)],
)
def test_it_gives_krippendorffs_examples_of_two(first: str, second: str, expected: float) -> None:
    assert known(raters(first, second))[1].value == pytest.approx(expected, abs=5e-4)


def test_it_gives_cohens_kappa_of_fifty_proposals() -> None:
    found = table({("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15})
    assert known(found)[0].value == pytest.approx(0.4)


def test_it_shows_the_paradox_of_gwet() -> None:
    found = table({("+", "+"): 118, ("+", "-"): 5, ("-", "+"): 2})
    kappa, _alpha, ac1 = known(found)
    assert found.raw == pytest.approx(0.944)
    assert kappa.value == pytest.approx(-0.0234, abs=5e-5)
    assert ac1.value == pytest.approx(0.9408, abs=5e-5)


def test_it_shows_the_figures_of_our_requirements() -> None:
    """90 % agreement where nearly all passes: κ 0.56, α 0.56, AC1 0.87 (requirements 8.1)."""
    found = table({("OK", "OK"): 82, ("OK", "NOK"): 5, ("NOK", "OK"): 5, ("NOK", "NOK"): 8})
    kappa, alpha, ac1 = known(found)
    assert found.raw == pytest.approx(0.90)
    assert [round(one.value, 2) for one in (kappa, alpha, ac1)] == [0.56, 0.56, 0.87]


@pytest.mark.parametrize(
    ("same", "apart", "act"),
    [(49, 0, False), (50, 0, False), (40, 9, False), (40, 10, True), (82, 18, True), (97, 3, False)],
)
def test_it_says_when_to_act(same: int, apart: int, act: bool) -> None:
    """On 50 pairs and more, where AC1's lower bound is below 0.80."""
    assert table({("OK", "OK"): same, ("OK", "NOK"): apart}).act is act


def test_it_leaves_open_what_is_not_defined() -> None:
    assert agreement([]) == Agreement(0, None, None, None, None)
    assert agreement([("OK", None), (None, None)]) == Agreement(0, None, None, None, None)
    assert table({("OK", "OK"): 60}) == Agreement(60, 1.0, None, None, Estimate(1.0, 1.0, 1.0))


@given(st.lists(st.tuples(*[st.sampled_from([None, "A", "B", "C"])] * 2), max_size=40))
def test_it_knows_no_order_of_results_and_no_names(units: list[tuple[str | None, str | None]]) -> None:
    found = agreement(units)
    other = {"A": "z", "B": "y", "C": "x", None: None}
    turned = agreement([(other[a], other[b]) for a, b in reversed(units)])
    for one, two in zip((found.kappa, found.alpha, found.ac1), (turned.kappa, turned.alpha, turned.ac1), strict=True):
        assert (one is None) == (two is None)
        if one and two:
            assert (one.value, one.low, one.high) == pytest.approx((two.value, two.low, two.high), abs=1e-6)
            assert one.low <= one.value <= one.high <= 1
