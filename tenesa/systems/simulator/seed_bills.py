"""What any internet number owes in the simulated world: made from the number itself, so that it is always the same.

Of a hundred numbers nine owe nothing, sixty one or two months (PRANPC), twenty-nine three (CT-0), two four (beyond
caring). `base` is the first of the month in which the world was seeded: later months come on top, and are owed too by
whoever owes.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import date

from tenesa.systems.simulator.seed import PACKAGE_WEIGHTS, PACKAGES, SEED

INTERNET = re.compile(r"1[1-7]\d{10}")
MONTHS = 4  # that E-Payment lists
DUE_DAY, PAID_ON_DAY = 20, 12
_OWED, _SHARES = (0, 1, 2, 3, 4), (9, 30, 30, 29, 2)


@dataclass(frozen=True)
class Debtor:
    """An internet number: its package, and how many months it owes in the month of `base`."""

    fastel: str
    mbps: int
    price: int
    owed: int


def debtor(fastel: str) -> Debtor:
    rng = random.Random(f"{SEED}:{fastel}")  # noqa: S311 - a repeatable world, not a secret
    mbps, price = rng.choices(PACKAGES, PACKAGE_WEIGHTS)[0]
    return Debtor(fastel, mbps, price, rng.choices(_OWED, _SHARES)[0])


def arrears(fastel: str, base: date) -> dict[str, int]:
    """Unpaid amounts by month, oldest first, as a list of prospects of that month has them: {"2026-11": 350000, …}."""
    one = debtor(fastel)
    return {f"{months_before(base, back):%Y-%m}": one.price for back in reversed(range(one.owed))}


def bills(price: int, owed: int, base: date, today: date) -> list[tuple[date, int, date | None]]:
    """Month, amount and day of payment of each bill, oldest first: those listed, and all that are owed."""
    ahead = (today.year - base.year) * 12 + today.month - base.month
    unpaid = owed + ahead if owed else 0
    months = [months_before(today, back) for back in reversed(range(max(MONTHS, unpaid)))]
    return [
        (month, price, None if len(months) - at <= unpaid else min(month.replace(day=PAID_ON_DAY), today))
        for at, month in enumerate(months)
    ]


def settled(
    listed: list[tuple[date, int, date | None]], payments: list[tuple[date, int]]
) -> list[tuple[date, int, date | None]]:
    """The bills after payments of (value date, amount): the oldest is paid first, of a part the rest is still owed."""
    found: list[tuple[date, int, date | None]] = []
    money = sorted(payments)
    for month, amount, paid_on in listed:
        left, on = (amount, None) if paid_on is None else (0, paid_on)
        while left and money:
            value_date, given = money.pop(0)
            if given > left:
                money.insert(0, (value_date, given - left))
            left, on = max(0, left - given), value_date
        found.append((month, left or amount, None if left else on))
    return found


def fine(month: date, amount: int, at: date) -> int:
    """What is asked for being late: from the 21st of the month 5 % and at least 5,000, later 10 % and 10,000."""
    if (at.year, at.month) > (month.year, month.month):
        return max(10_000, (amount * 10 + 50) // 100)
    return max(5_000, (amount * 5 + 50) // 100) if at.month == month.month and at.day > DUE_DAY else 0


def months_before(day: date, count: int) -> date:
    """The first of the month so many months before."""
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return date(year, month + 1, 1)
