"""Agreement of people who score the same results: raw share, Cohen's κ, Krippendorff's α, Gwet's AC1 (P-01; lokal).

Intervals are 95 %, by the linearised variance of Gwet (Handbook of Inter-Rater Reliability, 4th ed., ch. 5) and for κ
by Fleiss, Cohen and Everitt (1969), with Student's t. Where nearly all is judged alike, κ and α fall although people
agree: of 100 pairs with 90 % agreement κ may be 0.56 and AC1 0.87. What to do is therefore told by AC1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean

from tenesa.reporting.sampling import Z95

Unit = Sequence[str | None]  # the scores of one result, one a scorer and in their order; None where nobody scored
ENOUGH = 50  # pairs, before anybody acts
FLOOR = 0.80  # of AC1's lower bound


@dataclass(frozen=True)
class Estimate:
    """A coefficient and where it lies with 95 % confidence; at most 1."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """What the scores of one criterion say; a coefficient is None where it is not defined."""

    pairs: int
    raw: float | None
    kappa: Estimate | None
    alpha: Estimate | None
    ac1: Estimate | None

    @property
    def act(self) -> bool:
        """Whether the scorers need a ruling on this criterion."""
        return self.pairs >= ENOUGH and self.ac1 is not None and self.ac1.low < FLOOR


def agreement(units: Iterable[Unit], categories: Iterable[str] = ()) -> Agreement:
    """All coefficients of one criterion; `categories` names scores that might have been given and were not."""
    found = [unit for unit in units if any(unit)]
    counts = [Counter(score for score in unit if score) for unit in found]
    names = sorted({score for count in counts for score in count} | set(categories))
    pairs = [(unit[0], unit[1]) for unit in found if len(unit) == 2 and unit[0] and unit[1]]
    shared = [_agreeing(count) for count in counts if count.total() > 1]
    raw = mean(shared) if shared else None
    return Agreement(len(shared), raw, kappa(pairs), alpha(counts), ac1(counts, names))


def kappa(pairs: Sequence[tuple[str, str]]) -> Estimate | None:
    """Cohen's κ of two scorers; None without pairs, or where both gave one and the same score throughout."""
    size = len(pairs)
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(first[score] * second[score] for score in first) / (size * size) if size else 1.0
    if chance == 1:
        return None
    observed = sum(one == other for one, other in pairs) / size
    value = (observed - chance) / (1 - chance)
    squares = (((a == b) - (1 - value) * (second[a] + first[b]) / size) ** 2 for a, b in pairs)
    variance = (sum(squares) / size - (observed - 2 * (1 - value) * chance) ** 2) / (size * (1 - chance) ** 2)
    return _estimate(value, sqrt(max(0.0, variance)), size)


def alpha(counts: Sequence[Counter[str]]) -> Estimate | None:
    """Krippendorff's nominal α; units with fewer than two scores say nothing. None where all scores are the same."""
    counts = [count for count in counts if count.total() > 1]
    size = len(counts)
    scores = sum((Counter(count) for count in counts), Counter())
    total = scores.total()
    chance = sum((number / total) ** 2 for number in scores.values()) if total else 1.0
    if chance == 1:
        return None
    average = total / size
    weights = [count.total() / average for count in counts]
    observed = mean(weight * _agreeing(count) for weight, count in zip(weights, counts, strict=True))
    value = ((1 - 1 / total) * observed + 1 / total - chance) / (1 - chance)
    prime = (observed - chance) / (1 - chance)
    parts = []
    for weight, count in zip(weights, counts, strict=True):
        agreed = weight * _agreeing(count) - observed * (weight - 1)
        expected = sum(number * scores[score] / total for score, number in count.items()) / average
        parts.append((agreed - chance - 2 * (1 - prime) * (expected - chance * weight)) / (1 - chance))
    return _estimate(value, _error(parts, prime), size)


def ac1(counts: Sequence[Counter[str]], categories: Sequence[str]) -> Estimate | None:
    """Gwet's AC1 of any number of scorers; None without a pair. Of one category alone, agreement is not by chance."""
    size, kinds = len(counts), max(2, len(categories))
    paired = sum(count.total() > 1 for count in counts)
    if not paired:
        return None
    share = {score: sum(count[score] / count.total() for count in counts) / size for score in categories}
    chance = sum(part * (1 - part) for part in share.values()) / (kinds - 1)
    value = (sum(_agreeing(count) for count in counts) / paired - chance) / (1 - chance)
    parts = []
    for count in counts:
        agreed = (size / paired) * (_agreeing(count) - chance) if count.total() > 1 else 0.0
        expected = sum(number * (1 - share[score]) for score, number in count.items()) / count.total() / (kinds - 1)
        parts.append((agreed - 2 * (1 - value) * (expected - chance)) / (1 - chance))
    return _estimate(value, _error(parts, value), size)


def _agreeing(count: Counter[str]) -> float:
    """The share of the pairs of scores of one unit that are the same; 0 of a single score."""
    size = count.total()
    return sum(number * (number - 1) for number in count.values()) / (size * (size - 1)) if size > 1 else 0.0


def _error(parts: Sequence[float], centre: float) -> float:
    size = len(parts)
    return sqrt(sum((part - centre) ** 2 for part in parts) / (size * (size - 1))) if size > 1 else 0.0


def _estimate(value: float, error: float, size: int) -> Estimate:
    half = _student(size - 1) * error
    return Estimate(min(1.0, value), value - half, min(1.0, value + half))


def _student(freedom: int) -> float:
    """The two-sided 95 % quantile of Student's t (Abramowitz and Stegun 26.7.5; right to 0.01 from 4 on)."""
    z, n = Z95, max(1, freedom)
    terms = (z, (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96, (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384)
    return sum(term / float(n) ** power for power, term in enumerate(terms))
