"""Samples by a recorded seed, and intervals of Wilson against published ones."""

from __future__ import annotations

import random

import pytest

from tenesa.reporting import sampling
from tenesa.reporting.sampling import Stratum, weighted, wilson


# R. G. Newcombe, Two-sided confidence intervals for the single proportion, Stat Med 17 (1998), table I, method 3.
@pytest.mark.parametrize(
    ("met", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_the_published_one(met: int, total: int, low: float, high: float) -> None:
    found = wilson(met, total)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    mirrored = wilson(total - met, total)
    assert mirrored is not None
    assert mirrored.low == pytest.approx(1 - found.high)


def test_of_nothing_there_is_no_interval() -> None:
    assert wilson(0, 0) is None


def test_it_holds_as_often_as_it_says() -> None:
    """Over all outcomes of 40 cases with a true share of 0.9 the interval holds it in about 95 of 100."""
    chances = [0.1**40]
    for met in range(1, 41):
        chances.append(chances[-1] * (41 - met) / met * 9)
    held = [chance for met, chance in enumerate(chances) if (one := wilson(met, 40)) and one.low <= 0.9 <= one.high]
    assert sum(chances) == pytest.approx(1)
    assert 0.93 < sum(held) < 0.98


def test_the_same_seed_draws_the_same_cases_in_whatever_order_they_come() -> None:
    cases = list(range(1, 500))
    drawn = sampling.draw(cases, 20, 147)
    mixed = random.Random(1).sample(cases, len(cases))
    assert sampling.draw(mixed, 20, 147) == drawn == sorted(drawn)
    assert len(set(drawn)) == 20
    assert sampling.draw(cases, 20, 148) != drawn
    assert sampling.draw([3, 1], 20, 147) == [1, 3]
    assert sampling.digest(mixed) == sampling.digest(cases) != sampling.digest(cases[1:])


def test_the_drawing_is_the_same_on_every_machine() -> None:
    """By hand: `printf 1:1 | sha256sum` to `printf 1:5 | sha256sum` begin with d6b5, 673a, 85f2, 492a, 6669."""
    assert sampling.draw([1, 2, 3, 4, 5], 2, 1) == [4, 5]


def test_every_case_is_drawn_as_often_as_any_other() -> None:
    times = dict.fromkeys(range(20), 0)
    for seed in range(2000):
        for case in sampling.draw(range(20), 5, seed):
            times[case] += 1
    assert sum(times.values()) == 10_000
    assert all(420 < count < 580 for count in times.values()), times  # 500 each; four standard deviations are 77


def test_new_seeds_differ_and_fit_their_column() -> None:
    seeds = {sampling.new_seed() for _time in range(100)}
    assert len(seeds) == 100
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_a_stratum_weighs_as_much_as_the_cases_it_stands_for() -> None:
    found = weighted([Stratum(90, 10, 10), Stratum(10, 0, 10)])
    assert found is not None
    share, interval = found
    assert share == pytest.approx(0.9)  # and not the half of all that were looked at
    assert 0 <= interval.low < 0.9 < interval.high <= 1


def test_of_one_stratum_the_whole_is_that_stratum() -> None:
    found, alone = weighted([Stratum(50, 7, 10), Stratum(0, 0, 0)]), wilson(7, 10)
    assert found is not None
    assert alone is not None
    assert found[0] == pytest.approx(0.7)
    assert found[1].low == pytest.approx(alone.low)
    assert found[1].high == pytest.approx(alone.high)


def test_of_a_stratum_that_was_not_looked_at_nothing_is_said() -> None:
    assert weighted([Stratum(90, 10, 10), Stratum(10, 0, 0)]) is None
    assert weighted([]) is None
