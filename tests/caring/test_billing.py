"""Stages of arrears, fines and termination by a dated policy (requirements 2.5, 8.1; AMB-30)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from caring import seed
from caring.billing import (
    arrears,
    bucket,
    days_to_termination,
    month_of,
    oldest_of,
    policy_at,
)
from caring.billing_models import BillingPolicy, month_after, months_between
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tests import factories

POLICY = BillingPolicy(valid_from=date(2022, 1, 1))
OLDER = BillingPolicy(valid_from=date(2015, 1, 1), termination_day=1)  # the older text: the 1st of N+2
N = date(2026, 11, 1)


# --- stages ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("oldest", "stage"),
    [
        (date(2026, 11, 1), "PRANPC"),  # N
        (date(2026, 10, 1), "PRANPC"),  # N+1
        (date(2026, 9, 1), "CT0"),  # N+2
        (date(2026, 8, 1), ""),
        (date(2025, 11, 1), ""),
        (date(2026, 12, 1), ""),  # a bill of a later month is none of this list's
    ],
)
def test_the_stage_goes_by_the_oldest_unpaid_month(oldest: date, stage: str) -> None:
    assert bucket(oldest, N, POLICY) == stage


@pytest.mark.parametrize(("period", "stage"), [("2026-12", "PRANPC"), ("2027-01", "CT0"), ("2027-02", "")])
def test_stages_go_on_over_the_end_of_a_year(period: str, stage: str) -> None:
    assert bucket(date(2026, 11, 1), month_of(period), POLICY) == stage


BILLS = st.dictionaries(
    st.integers(0, 30).map(lambda back: f"{month_after(N, -back):%Y-%m}"), st.integers(0, 2_000_000), max_size=8
)
STAGES = ["", "PRANPC", "CT0", "BEYOND"]


def stage_of(bills: dict[str, int]) -> int:
    """Nothing due, PRANPC, CT-0, beyond, as numbers that grow."""
    oldest = oldest_of(bills)
    return STAGES.index(bucket(oldest, N, POLICY) or "BEYOND") if oldest else 0


def test_three_months_due_and_the_oldest_paid_are_two_months_due() -> None:
    bills = {"2026-09": 350_000, "2026-10": 350_000, "2026-11": 350_000}
    assert STAGES[stage_of(bills)] == "CT0"
    assert STAGES[stage_of({**bills, "2026-09": 1})] == "CT0"  # a part of it
    assert STAGES[stage_of({**bills, "2026-09": 0})] == "PRANPC"


@given(BILLS.filter(any))
def test_whoever_pays_month_by_month_skips_no_stage_and_is_never_lost(bills: dict[str, int]) -> None:
    left, stages = {month: amount for month, amount in bills.items() if amount}, []
    while left:
        oldest = oldest_of(left)
        assert oldest is not None
        stages.append(months_between(oldest, N))
        del left[min(left)]
    unpaid = (month_of(month) for month, amount in bills.items() if amount)
    assert stages == sorted((months_between(month, N) for month in unpaid), reverse=True)
    assert oldest_of(left) is None


# --- fines -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "amount", "fine"),
    [
        (date(2026, 11, 1), 350_000, 0),
        (date(2026, 11, 20), 350_000, 0),
        (date(2026, 11, 21), 350_000, 17_500),
        (date(2026, 11, 30), 350_000, 17_500),
        (date(2026, 11, 21), 100_000, 5_000),
        (date(2026, 11, 21), 99_999, 5_000),
        (date(2026, 11, 21), 100_010, 5_001),  # 5,000.5
        (date(2026, 12, 1), 350_000, 35_000),
        (date(2026, 12, 1), 99_999, 10_000),
        (date(2026, 12, 1), 1, 10_000),
        (date(2027, 1, 20), 350_000, 35_000),
        (date(2026, 10, 31), 350_000, 0),  # not billed yet
        (date(2026, 12, 31), 0, 0),
    ],
)
def test_fines_go_by_month_and_have_a_least(day: date, amount: int, fine: int) -> None:
    assert POLICY.fine(N, amount, day) == fine


def test_arrears_are_the_unpaid_months_with_their_fines() -> None:
    bills = {"2026-11": 350_000, "2026-09": 360_000, "2026-10": 0, "2026-12": 350_000}
    owed = arrears(bills, date(2026, 11, 25), POLICY)
    assert [(one.month, one.amount, one.fine) for one in owed.months] == [
        (date(2026, 9, 1), 360_000, 36_000), (date(2026, 11, 1), 350_000, 17_500),
    ]  # fmt: skip
    assert (owed.amount, owed.fine, owed.total) == (710_000, 53_500, 763_500)
    assert arrears({}, N, POLICY).total == 0


@given(BILLS, st.integers(0, 120))
def test_what_is_owed_never_shrinks_by_waiting(bills: dict[str, int], days: int) -> None:
    later = N + timedelta(days=days)
    assert arrears(bills, later, POLICY).total >= arrears(bills, N, POLICY).total >= sum(bills.values())


# --- termination -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("at", "days"),
    [
        (date(2026, 9, 1), 81), (date(2026, 10, 22), 30), (date(2026, 11, 20), 1), (date(2026, 11, 21), 0),
        (date(2026, 12, 24), 0),
    ],
)  # fmt: skip
def test_the_line_is_cut_off_after_the_twentieth_of_the_third_month(at: date, days: int) -> None:
    assert days_to_termination(date(2026, 9, 1), at, POLICY) == days


def test_an_older_policy_cuts_off_on_the_first() -> None:
    assert OLDER.terminates_on(date(2026, 12, 1)) == date(2027, 2, 1)
    assert days_to_termination(date(2026, 9, 1), date(2026, 10, 31), OLDER) == 1


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(-60, 60))
def test_months_are_counted_as_they_are_added(day: date, count: int) -> None:
    assert months_between(day, month_after(day, count)) == count
    assert month_after(day, count).day == 1


@pytest.mark.parametrize("text", ["2026-13", "November", "", "2026-11-01"])
def test_a_month_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"does not match|unconverted"):
        month_of(text)


# --- dated -----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_policy_holds_from_its_day_on() -> None:
    assert policy_at(N).valid_from == seed.FIRST_POLICY
    BillingPolicy.objects.create(valid_from=N, termination_day=1, ct0_months=3)
    assert policy_at(date(2026, 10, 31)).termination_day == 21
    assert policy_at(N).termination_day == 1
    assert policy_at(date(2001, 1, 1)).valid_from == seed.FIRST_POLICY
    assert (bucket(date(2026, 8, 1), N), bucket(date(2026, 7, 1), date(2026, 10, 1))) == ("CT0", "")
    assert days_to_termination(date(2026, 9, 1), N) == 0
    assert days_to_termination(date(2026, 9, 1), date(2026, 10, 31)) == 21
    assert arrears({"2026-11": 100}, date(2026, 11, 21)).fine == 5_000


@pytest.mark.django_db
def test_a_seed_comes_once_and_without_one_nothing_is_guessed() -> None:
    BillingPolicy.objects.all().delete()
    with pytest.raises(LookupError):
        policy_at(N)
    BillingPolicy.objects.create(valid_from=N)
    seed.seed()
    assert BillingPolicy.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"isolation_day": 0}, {"termination_day": 31}, {"fine_percent": 11}, {"fine_least": 10_001},
        {"later_fine_percent": 101}, {"pranpc_months": 2},
    ],
)  # fmt: skip
def test_the_database_refuses_a_senseless_policy(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        BillingPolicy.objects.create(valid_from=N, **wrong)


@pytest.fixture
def tama(db: None, client: Client) -> User:
    user = factories.person("tama", Role.ADMIN)
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=user.pk))
    return user


def test_an_administrator_enters_a_policy_and_changes_none_that_held(tama: User, client: Client) -> None:
    assert client.get(reverse("admin:caring_billingpolicy_changelist")).status_code == 200
    soon = timezone.localdate() + timedelta(days=40)
    given = {name: getattr(POLICY, name) for name in (field.name for field in BillingPolicy._meta.fields)}
    add = reverse("admin:caring_billingpolicy_add")
    assert client.post(add, {**given, "valid_from": f"{soon}", "termination_day": 1}).status_code == 302
    coming = reverse("admin:caring_billingpolicy_change", args=[soon])
    assert client.post(coming, {**given, "termination_day": 5}).status_code == 302
    assert BillingPolicy.objects.get(valid_from=soon).termination_day == 5
    held = reverse("admin:caring_billingpolicy_change", args=[seed.FIRST_POLICY])
    assert client.post(held, {**given, "termination_day": 5}).status_code == 403
    gone = reverse("admin:caring_billingpolicy_delete", args=[seed.FIRST_POLICY])
    assert client.post(gone, {"post": "yes"}).status_code == 403
    assert policy_at(N).termination_day == 21
