"""What each kind of offer asks of a customer, line by line, and what it gives up; pure (requirements 2.6, 8.1)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from caring.billing import Arrears


class Kind(TextChoices):
    FULL = "FULL", _("Full payment")
    PREPAID = "PREPAID", _("Months paid ahead, some free")  # PDD
    WAIVER = "WAIVER", _("Waiver of the fine")
    DISCOUNT = "DISCOUNT", _("Discount")
    SPLIT = "SPLIT", _("Instalments")
    PRO_RATA = "PRO_RATA", _("Pro rata of the newest month")
    CHEAPER = "CHEAPER", _("Cheaper package")
    PICK_UP = "PICK_UP", _("End of the service, devices picked up")


class Terms(Protocol):
    """What a version says: `percent` of a discount, months `paid` and `free`, `parts` and the days between them."""

    kind: str
    percent: int
    paid: int
    free: int
    parts: int
    days_between: int


@dataclass(frozen=True)
class Proposal:
    """Lines of (due, amount), and `relief`: what is given up, in whole rupiah."""

    lines: Sequence[tuple[date, int]]
    relief: int = 0


def proposal(terms: Terms, owed: Arrears, start: date) -> Proposal:
    """What a promise to this offer asks of whoever owes this, the first line due on `start`.

    A promise is of the bills with their fines, and only the waiver gives the fines up; a share is one of the bills.
    Months paid ahead: of all `paid` + `free` months, those that are due among them, the free ones are given
    up at the price of the newest bill. ValueError where nothing is owed.
    """
    if not owed.amount:
        raise ValueError("nothing is owed")
    if terms.kind == Kind.SPLIT:
        return Proposal(_parts(owed.total, terms, start))
    if terms.kind == Kind.WAIVER:
        return Proposal([(start, owed.amount)], owed.fine)
    newest, relief, more = owed.months[-1], 0, 0
    if terms.kind == Kind.DISCOUNT:
        relief = owed.amount * terms.percent // 100
    elif terms.kind == Kind.PREPAID:
        more = max(0, terms.paid + terms.free - len(owed.months)) * newest.amount
        relief = min(terms.free * newest.amount, owed.total + more - 1)
    elif terms.kind == Kind.PRO_RATA:
        relief = newest.amount - newest.amount * _share(newest.month, start) // 10_000
    return Proposal([(start, max(1, owed.total + more - relief))], relief)


def _parts(amount: int, terms: Terms, start: date) -> list[tuple[date, int]]:
    """Equal parts of whole rupiah; what is left over is paid first. Parts that would be nothing are left out."""
    each, over = divmod(amount, terms.parts)
    amounts = [each + (place < over) for place in range(terms.parts)]
    return [(start + timedelta(days=terms.days_between * place), one) for place, one in enumerate(amounts) if one]


def _share(month: date, start: date) -> int:
    """Of ten thousand, how much of the month has gone by on the day; all of it once it is over."""
    if (start.year, start.month) != (month.year, month.month):
        return 10_000 if start > month else 0
    return 10_000 * start.day // monthrange(month.year, month.month)[1]
