"""What counts for a customer: entries in force, the computed tag, the most restrictive action, the tier (W-26 5.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from segmentation.classes import class_of, super_emergency_off, super_emergency_on
from segmentation.customers import Customer
from segmentation.lists import ListEntry
from segmentation.special_list.states import BY_PEOPLE, OF_VVIP, TIERS
from tenesa.accounts.models import User
from tenesa.workflow.perform import perform
from tests.segmentation import entries
from tests.segmentation.entries import INTERNET, PHONE, approved, customer, proposed, with_internet

pytestmark = pytest.mark.django_db


@pytest.fixture
def wulan(db: None) -> Customer:
    return with_internet(customer())


@pytest.mark.parametrize("criterion", BY_PEOPLE)
def test_every_criterion_has_its_list_and_its_tier(criterion: str, wulan: Customer, bowo: User, hendra: User) -> None:
    approved(bowo, hendra, criterion)
    found = class_of(customer=wulan)
    assert (found.vvip, found.listed) == (criterion in OF_VVIP, criterion not in OF_VVIP)
    assert (found.tier, found.way_out, found.super_emergency) == (TIERS[criterion], True, False)
    assert [entry.criterion for entry in found.entries] == [criterion]


def test_what_waits_for_approval_or_was_refused_counts_for_nothing(wulan: Customer, bowo: User, hendra: User) -> None:
    entry = proposed(bowo)
    assert class_of(customer=wulan).entries == ()
    perform(entry, "reject", actor=hendra, data={"note": "Nota tidak ditemukan."})
    found = class_of(customer=wulan)
    assert (found.entries, found.tier, found.action, found.decided_by) == ((), 9, "NONE", None)


def test_the_most_restrictive_action_wins_and_is_named(wulan: Customer, bowo: User, hendra: User) -> None:
    approved(bowo, hendra, "OFFICIAL")
    plasa = approved(bowo, hendra, "NO_UNISOLATE")
    approved(bowo, hendra, "CUT_REINSTALL")
    found = class_of(number=PHONE)
    assert (found.action, found.tier, found.vvip, found.listed) == ("TO_PLASA", 1, True, True)
    assert found.decided_by
    assert found.decided_by.number == plasa.number


def test_an_entry_counts_on_its_last_day_and_not_on_the_next(wulan: Customer, bowo: User, hendra: User) -> None:
    entry = approved(bowo, hendra, valid_to=f"{entries.day(days=3)}")
    noon = timezone.localtime().replace(hour=12)
    assert class_of(customer=wulan, at=noon + timedelta(days=3)).listed
    assert not class_of(customer=wulan, at=noon + timedelta(days=4)).listed, (
        "no sweep came, and it is over all the same"
    )
    assert not class_of(customer=wulan, at=noon - timedelta(days=1)).listed
    assert entries.again(entry).state == "ACTIVE"


@pytest.mark.parametrize(
    ("mbps", "above", "tag"),
    [(49.9, False, False), (50, False, True), (100, False, True), (100.1, False, False), (300, True, True)],
)
def test_high_speed_is_computed_and_does_not_list(
    mbps: float, above: bool, tag: bool, settings: Settings, wulan: Customer
) -> None:
    settings.W26 = {**settings.W26, "above_100": above}
    with_internet(wulan, mbps=mbps)
    found = class_of(number=INTERNET)
    assert (found.high_speed, found.listed, found.way_out, found.tier) == (tag, False, False, 9)
    settings.W26 = {**settings.W26, "high_speed_counts": True}
    assert (found.listed, found.way_out, found.tier) == (tag, tag, 4 if tag else 9)


def test_speed_of_a_data_service_is_no_package(wulan: Customer) -> None:
    with_internet(wulan, "4700112-0045127790", 100)
    assert not class_of(customer=wulan).high_speed


def test_an_entry_for_one_service_counts_there_alone(wulan: Customer, bowo: User, hendra: User) -> None:
    with_internet(wulan, "122055500002")
    approved(bowo, hendra, service="122055500002")
    assert [class_of(number=number).listed for number in (INTERNET, "122055500002", PHONE)] == [False, True, True]
    assert class_of(customer=wulan).listed


def test_a_number_of_several_has_the_class_of_all_and_says_whose(bowo: User, hendra: User) -> None:
    first, second = customer("3000901"), customer("3000902", name="Adi Nugroho")
    approved(bowo, hendra, customer="3000902")
    found = class_of(number="+62 812 0000 4401")
    assert (found.listed, set(found.customers)) == (True, {first.pk, second.pk})


def test_nobody_has_no_class() -> None:
    assert class_of(number="021-999 9999").customers == ()
    assert (class_of().tier, class_of(number="?").words) == (9, ())


@pytest.mark.parametrize("by", ["customer", "number"])
def test_it_asks_one_question_however_many_entries_there_are(
    by: str, wulan: Customer, bowo: User, hendra: User
) -> None:
    for criterion in BY_PEOPLE:
        approved(bowo, hendra, criterion)
    asked: dict[str, Any] = {"customer": wulan} if by == "customer" else {"number": INTERNET}
    with CaptureQueriesContext(connection) as queries:
        found = class_of(**asked)
        assert len(found.words) == len(BY_PEOPLE)
    assert len(queries) == 1


def test_a_super_emergency_is_set_prolonged_and_lifted_with_its_history(wulan: Customer, bowo: User) -> None:
    week, month = timezone.now() + timedelta(days=7), timezone.now() + timedelta(days=30)
    entry = super_emergency_on(wulan, by=bowo, case_number="SC0000001", until=week)
    found = class_of(customer=wulan)
    assert (found.super_emergency, found.tier, found.listed, entry.approved_by) == (True, 0, True, bowo)
    assert super_emergency_on(wulan, by=bowo, case_number="SC0000002", until=month).pk == entry.pk
    assert entries.again(entry).valid_to == timezone.localdate(month)
    lifted = super_emergency_off(wulan, reason="Layanan normal, pelanggan puas.")
    assert lifted
    assert (lifted.state, class_of(customer=wulan).super_emergency) == ("ENDED", False)
    assert super_emergency_off(wulan, reason="sekali lagi") is None
    assert ListEntry.objects.count() == 1
