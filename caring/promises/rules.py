"""When a promise to pay is kept, and which one may be made at all (requirements 8.1; C-20).

Days are local dates, amounts whole rupiah. The text moves no due day: one on a Sunday or a holiday stays, as payments
are taken every day; what moves is the reminder, which goes by the contact rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from django.utils.formats import date_format
from django.utils.translation import gettext as _

KEPT, PARTIAL, BROKEN, PAID_BEFORE, OPEN = "KEPT", "PARTIAL", "BROKEN", "PAID_BEFORE", "OPEN"  # states of a promise
TOLERANCE = 1_000  # rupiah that may be missing
PARTIAL_PERCENT = 20
SUNDAY = 6
RE_PROMISES = 2  # so often a customer may promise anew for a period
COUNTS_UNTIL = timedelta(days=1)  # after the due day; I-payment is asked then for the first time
ASKED_AGAIN = timedelta(days=3)  # after the due day, as payments are posted late; then it is judged

Line = tuple[date, int]  # due, amount


class Payment(Protocol):
    """As I-payment has it: when the customer paid, and when it could be read."""

    @property
    def amount(self) -> int: ...
    @property
    def value_date(self) -> date: ...
    @property
    def posted_on(self) -> date: ...


@dataclass(frozen=True)
class Judgement:
    """`paid` is what counts for the promise. While it is OPEN, `ask_on` is the day on which I-payment is asked next."""

    state: str
    paid: int
    ask_on: date | None = None


def judge(
    lines: Sequence[Line], payments: Sequence[Payment], made_on: date, at: date, told_on: date | None = None
) -> Judgement:
    """What the payments say of a promise on a day.

    Payments of the day of the call and later count, up to the day after a due day; each line is reached by all that was
    paid so far, so that an instalment paid early or a larger one counts for the next. Rp 1,000 may be missing. A line
    that is not reached is judged on the third day after it, by what was due until then: 20 % are PARTIAL. PAID_BEFORE:
    what had been paid before the call, and could not be read then, reaches the whole. `told_on` is when the customer
    said that it is paid: nothing is judged before the third day after that. ValueError for a promise without lines.
    """
    if not lines:
        raise ValueError("a promise without lines")
    lines = sorted(lines)
    ours = [one for one in payments if one.value_date >= made_on]
    before = sum(one.amount for one in payments if one.value_date < made_on <= one.posted_on)
    if before >= _needed(sum(amount for _due, amount in lines)):
        return Judgement(PAID_BEFORE, before)
    owed = 0
    for due, amount in lines:
        owed += amount
        paid = _paid(ours, due)
        if paid >= _needed(owed):
            continue
        decided_on = max(due, told_on or due) + ASKED_AGAIN
        if at < decided_on:
            return Judgement(OPEN, _paid(ours, at), due + COUNTS_UNTIL if at < due + COUNTS_UNTIL else decided_on)
        return Judgement(PARTIAL if paid * 100 >= owed * PARTIAL_PERCENT else BROKEN, paid)
    return Judgement(KEPT, _paid(ours, lines[-1][0]))


def _paid(payments: Sequence[Payment], due: date) -> int:
    return sum(one.amount for one in payments if one.value_date <= due + COUNTS_UNTIL)


def _needed(amount: int) -> int:
    return max(1, amount - TOLERANCE)


def next_day_of_contact(today: date, is_holiday: Callable[[date], bool]) -> date:
    """The first day after this one that is neither a Sunday nor a holiday."""
    day = today + timedelta(days=1)
    while day.weekday() == SUNDAY or is_holiday(day):
        day += timedelta(days=1)
    return day


def may_promise_again(again: int) -> bool:
    """`again` is how often the customer has promised anew already for this period."""
    return again < RE_PROMISES


def problems(lines: Sequence[Line], made_on: date, last_day: date, terminates_on: date) -> Iterator[str]:
    """Why a promise of these lines cannot be made, in words: no line lies after the offer's last day, or on the day on
    which the line is cut off."""
    if not lines:
        yield _("A promise names a day and an amount.")
    if any(amount <= 0 for _due, amount in lines):
        yield _("Each amount is more than 0.")
    days = [due for due, _amount in lines]
    if len(set(days)) < len(days):
        yield _("Each day is named once.")
    for due in sorted(set(days)):
        told = {"day": date_format(due, "j M Y"), "limit": date_format(last_day, "j M Y")}
        if due < made_on:
            yield _("%(day)s is over.") % told
        if due >= terminates_on:
            yield _("On %(day)s the service is terminated already.") % told
        elif due > last_day:
            yield _("%(day)s is after the last day of this offer, %(limit)s.") % told
