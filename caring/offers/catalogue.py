"""The offers that hold now, what a promise to each looks like, and who has to agree (requirements 2.6, 8.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from caring.models import Prospect

OFFERS = {"FULL": gettext_lazy("Pays in full"), "PDD6": gettext_lazy("PDD-6"), "PDD12": gettext_lazy("PDD-12")}
LONGEST = timedelta(days=30)


def choices() -> list[tuple[str, str]]:
    return [(code, str(label)) for code, label in OFFERS.items()]


def version_of(code: str) -> int:
    """The version of the offer that holds now."""
    return 1


def needs_approval(prospect: Prospect, code: str) -> bool:
    """Whether it is above its limit, so that the team leader has to agree."""
    return False


def lines_of(prospect: Prospect, code: str, start: date) -> list[tuple[date, int]]:
    """(due, amount in whole rupiah) of a promise to this offer, the first due on `start`."""
    return [(start, prospect.total)]


def problems(prospect: Prospect, code: str, start: date) -> Iterator[str]:
    """Why a promise to it cannot begin on that day."""
    if start > timezone.localdate() + LONGEST:
        yield _("At most %(n)d days ahead.") % {"n": LONGEST.days}


def in_words(amount: int) -> str:
    """ "Rp 350.000" """
    return f"Rp {amount:,}".replace(",", ".")
