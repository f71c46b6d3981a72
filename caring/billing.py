"""Stages of arrears, fines, and the days until a line is cut off, by the policy that holds on a day (8.1, AMB-30).

Bills are what is unpaid by month, as a prospect keeps them: "2026-11" → whole rupiah. Whoever asks for many rows passes
the policy, which is read once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format

from caring.billing_models import BillingPolicy, months_between

Bills = Mapping[str, int]
PRANPC, CT0, BEYOND = "PRANPC", "CT0", ""


def policy_at(day: date) -> BillingPolicy:
    """The policy in force on a day; before the first one, the first. LookupError where there is none at all."""
    known = BillingPolicy.objects
    found = known.filter(valid_from__lte=day).order_by("-valid_from").first() or known.order_by("valid_from").first()
    if found is None:
        raise LookupError("no billing policy")
    return found


# --- stages ----------------------------------------------------------------------------------------------------------
def bucket(oldest_month: date, period: date, policy: BillingPolicy | None = None) -> str:
    """ "PRANPC" or "CT0" by the months from the oldest unpaid bill to the list's month; "" outside of both.

    AMB-30: 0 or 1 month back is PRANPC (N, N+1), 2 are CT-0 (N+2), more go to others; a bill of a later month than the
    list's is none of the list's.
    """
    policy = policy or policy_at(period)
    age = months_between(oldest_month, period)
    if 0 <= age <= policy.pranpc_months:
        return PRANPC
    return CT0 if policy.pranpc_months < age <= policy.ct0_months else BEYOND


def oldest_of(bills: Bills) -> date | None:
    """The first day of the oldest month of which something is unpaid; None where all is paid."""
    unpaid = [month for month, amount in bills.items() if amount > 0]
    return month_of(min(unpaid)) if unpaid else None


def month_of(text: str) -> date:
    """ "2026-11" → its first day. ValueError for anything else."""
    return datetime.strptime(text, "%Y-%m").replace(tzinfo=timezone.get_default_timezone()).date()


def month_name(text: str, pattern: str = "F Y") -> str:
    """ "2026-11" → "November 2026" in the language in use; `pattern` is one of Django's date formats."""
    return date_format(month_of(text), pattern)


def days_to_termination(oldest_month: date, at: date, policy: BillingPolicy | None = None) -> int:
    """Days until the line is cut off if nothing is paid; 0 from that day on."""
    return max(0, ((policy or policy_at(at)).terminates_on(oldest_month) - at).days)


# --- money -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Due:
    """What is unpaid of one month with its fine, in whole rupiah."""

    month: date
    amount: int
    fine: int

    @property
    def total(self) -> int:
        return self.amount + self.fine


@dataclass(frozen=True)
class Arrears:
    """What a customer owes on a day, month by month from the oldest."""

    months: tuple[Due, ...] = ()

    @property
    def amount(self) -> int:
        return sum(one.amount for one in self.months)

    @property
    def fine(self) -> int:
        return sum(one.fine for one in self.months)

    @property
    def total(self) -> int:
        return self.amount + self.fine


def arrears(bills: Bills, at: date, policy: BillingPolicy | None = None) -> Arrears:
    """What is owed on a day with fines. Months that are paid, or that have not begun, are left out."""
    policy = policy or policy_at(at)
    unpaid = sorted((month_of(month), amount) for month, amount in bills.items() if amount > 0)
    return Arrears(tuple(Due(month, amount, policy.fine(month, amount, at)) for month, amount in unpaid if month <= at))
