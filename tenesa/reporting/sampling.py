"""Random samples that can be drawn again, and what a share found in one says of the whole (W-26 4; AMB-18).

A sample is drawn by a recorded seed: of a stratum those cases come in whose SHA-256 of seed and number is smallest.
Same seed and same cases give the same sample, in whatever order the cases are read and on whatever machine.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from math import sqrt

Z95 = 1.959963984540054  # two-sided, 95 %


def new_seed() -> int:
    """A seed that nobody has chosen; fits a bigint."""
    return secrets.randbits(62)


def draw(cases: Iterable[int], size: int, seed: int) -> list[int]:
    """`size` of the cases at random by this seed, all where there are fewer; in ascending order."""
    return sorted(nsmallest(size, cases, key=lambda case: hashlib.sha256(f"{seed}:{case}".encode()).digest()))


def digest(cases: Iterable[int]) -> str:
    """SHA-256 of what was drawn from, so that a later draw can tell whether it draws from the same."""
    return hashlib.sha256(",".join(map(str, sorted(cases))).encode()).hexdigest()


@dataclass(frozen=True)
class Interval:
    """From where to where a share lies with 95 % confidence; shares from 0 to 1."""

    low: float
    high: float


def wilson(met: int, total: int, z: float = Z95) -> Interval | None:
    """The score interval of Wilson (1927) without correction for continuity; None of nothing.

    It is true to its 95 % also of few cases and of shares near 0 or 1, where the usual one is not.
    """
    if total <= 0:
        return None
    share, square = met / total, z * z
    middle = share + square / (2 * total)
    half = z * sqrt(share * (1 - share) / total + square / (4 * total * total))
    whole = 1 + square / total
    return Interval(max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole))


@dataclass(frozen=True)
class Stratum:
    """What was found in one stratum: `met` of `total` looked at, of a stratum of `weight` cases."""

    weight: int
    met: int
    total: int


def weighted(strata: Sequence[Stratum]) -> tuple[float, Interval] | None:
    """The share of all strata together, each as heavy as the cases it stands for, with its interval.

    The interval joins those of Wilson by the square-and-add method (Newcombe 1998; Zou and Donner 2008). None where a
    stratum that has cases was not looked at: of that part nothing is known.
    """
    heavy = [one for one in strata if one.weight]
    whole = sum(one.weight for one in heavy)
    share = below = above = 0.0
    for one in heavy:
        found = wilson(one.met, one.total)
        if found is None:
            return None
        part, weight = one.met / one.total, one.weight / whole
        share += weight * part
        below += (weight * (part - found.low)) ** 2
        above += (weight * (found.high - part)) ** 2
    return (share, Interval(max(0.0, share - sqrt(below)), min(1.0, share + sqrt(above)))) if heavy else None
