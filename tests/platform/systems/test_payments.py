"""E-Payment (I-payment) over real HTTP: bills of any internet number, payments, and payments posted late."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tenesa.systems import clients, control
from tenesa.systems.epayment.values import Account
from tenesa.systems.errors import Refused
from tenesa.systems.simulator import seed, seed_bills

pytestmark = pytest.mark.usefixtures("simulators")
NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
NUMBERS = [f"13105551{number:04d}" for number in range(400)]


def owing(months: int) -> str:
    return next(number for number in NUMBERS if seed_bills.debtor(number).owed == months)


def owed(account: Account) -> dict[str, int]:
    return {bill.month: bill.amount for bill in account.bills if bill.paid_on is None}


def this_month() -> date:
    return timezone.localdate().replace(day=1)


# --- bills -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("months", [0, 1, 2, 3, 4])
def test_an_internet_number_owes_what_a_list_of_prospects_says_of_it(months: int) -> None:
    number = owing(months)
    account = clients.epayment().bills(number)
    assert owed(account) == seed_bills.arrears(number, this_month())
    assert len(owed(account)) == months
    assert account == clients.epayment().bills(number)
    assert [bill.month for bill in account.bills] == sorted((bill.month for bill in account.bills), reverse=True)


def test_numbers_are_spread_over_the_buckets() -> None:
    found = Counter(seed_bills.debtor(number).owed for number in NUMBERS)
    assert found[1] + found[2] > found[3] > found[0] > found[4] > 0


@pytest.mark.parametrize("number", ["0000", "191055512345", "13105551234", "rahasia", "081200001187"])
def test_what_is_no_internet_number_is_not_found(number: str) -> None:
    for ask in (clients.epayment().bills, lambda one: clients.epayment().payments(one, NOVEMBER)):
        with pytest.raises(Refused) as caught:
            ask(number)
        assert caught.value.code == "NOT_FOUND"


def test_debts_grow_with_the_months() -> None:
    before = seed_bills.bills(300_000, 2, NOVEMBER, date(2026, 11, 20))
    after = seed_bills.bills(300_000, 2, NOVEMBER, date(2027, 1, 2))
    assert [f"{month:%Y-%m}" for month, _amount, paid_on in before if paid_on is None] == ["2026-10", "2026-11"]
    unpaid = [f"{month:%Y-%m}" for month, _amount, paid_on in after if paid_on is None]
    assert unpaid == ["2026-10", "2026-11", "2026-12", "2027-01"]
    assert not [month for month, _amount, paid_on in seed_bills.bills(1, 0, NOVEMBER, DECEMBER) if paid_on is None]


# --- payments --------------------------------------------------------------------------------------------------------
def test_a_customer_pays_everything_now() -> None:
    number, today = owing(3), timezone.localdate()
    unpaid = owed(clients.epayment().bills(number)).items()
    total = sum(amount + seed_bills.fine(date.fromisoformat(f"{month}-01"), amount, today) for month, amount in unpaid)
    control.pay(number)
    account = clients.epayment().bills(number)
    (payment,) = clients.epayment().payments(number, today)
    assert (payment.amount, payment.value_date, payment.posted_on) == (total, today, today)
    assert (owed(account), account.isolated) == ({}, False)
    assert {bill.paid_on for bill in account.bills[:3]} == {today}
    with pytest.raises(control.NoSimulator):
        control.pay(number)


def test_a_part_pays_the_oldest_month_and_leaves_a_rest() -> None:
    number = owing(3)
    before = owed(clients.epayment().bills(number))
    price = seed_bills.debtor(number).price
    control.pay(number, amount=price + 1_000)
    after = owed(clients.epayment().bills(number))
    assert set(before) - set(after) == {min(before)}
    assert after[min(after)] == price - 1_000
    assert [bill.amount for bill in clients.epayment().bills(number).bills if bill.month == min(before)] == [price]


def test_a_payment_that_is_posted_late_is_read_late() -> None:
    number, today = owing(1), timezone.localdate()
    soon = today + timedelta(days=3)
    control.pay(number, posted_on=soon.isoformat())
    assert clients.epayment().payments(number, today) == ()
    assert owed(clients.epayment().bills(number))
    control.post_payments(number)
    (payment,) = clients.epayment().payments(number, today)
    assert (payment.value_date, payment.posted_on) == (today, today)
    assert not owed(clients.epayment().bills(number))


def test_payments_are_those_from_a_day_on_the_oldest_first() -> None:
    number, today = owing(3), timezone.localdate()
    control.pay(number, amount=1_000, value_date=today.isoformat())
    control.pay(number, amount=2_000, value_date=(today - timedelta(days=40)).isoformat())
    since = today - timedelta(days=40)
    assert [payment.amount for payment in clients.epayment().payments(number, since)][-1] == 1_000
    assert [payment.amount for payment in clients.epayment().payments(number, today)] == [1_000]
    with pytest.raises(Refused):
        clients.epayment()._read("payments", lambda data: data, fastel=number, since="kemarin")


def test_what_was_paid_of_the_seed_is_a_payment_of_its_month() -> None:
    account = clients.epayment().bills(seed.DBS_HEALTHY)
    oldest = account.bills[-1]
    payments = clients.epayment().payments(seed.DBS_HEALTHY, NOVEMBER - timedelta(days=3_650))
    assert (payments[0].value_date, payments[0].amount) == (oldest.paid_on, oldest.amount)
    assert len(payments) == len(account.bills)


def test_an_isolated_line_is_free_once_it_has_paid() -> None:
    assert clients.epayment().bills(seed.DBS_ISOLATED).isolated
    control.pay(seed.DBS_ISOLATED)
    assert not clients.epayment().bills(seed.DBS_ISOLATED).isolated
