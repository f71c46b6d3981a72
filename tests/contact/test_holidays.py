"""The holidays that an installation begins with, and the administrator's page of them."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.contact import holidays
from tenesa.contact.models import Holiday
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def tama(db: None, client: Client) -> User:
    user = factories.person("tama", Role.ADMIN)
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=user.pk))
    return user


def test_two_years_are_known_and_estimates_are_marked() -> None:
    assert Holiday.objects.get(date=date(2026, 8, 17)).confirmed
    assert Holiday.objects.get(date=date(2026, 3, 19)).name.startswith("Hari Suci Nyepi")
    idul_fitri = Holiday.objects.get(date=date(2027, 3, 10))
    assert (idul_fitri.confirmed, "perkiraan" in idul_fitri.name) == (False, False)
    assert Holiday.objects.filter(date__year=2026).count() == 17


def test_what_an_administrator_changed_stays() -> None:
    Holiday.objects.filter(date="2027-03-10").update(confirmed=True, name="Idul Fitri 1448 H")
    holidays.seed()
    assert Holiday.objects.filter(date="2027-03-10", confirmed=True, name="Idul Fitri 1448 H").exists()


def test_an_administrator_enters_confirms_and_takes_out_of_use(tama: User, client: Client) -> None:
    page = reverse("admin:contact_holiday_changelist")
    assert client.get(page).status_code == 200
    add = reverse("admin:contact_holiday_add")
    assert client.post(add, {"date": "2026-12-09", "name": "Pilkada", "confirmed": "on"}).status_code == 302
    one = reverse("admin:contact_holiday_change", args=["2026-12-09"])
    assert client.post(one, {"name": "Pilkada serentak"}).status_code == 302
    changed = Holiday.objects.get(date="2026-12-09")
    assert (changed.name, changed.confirmed) == ("Pilkada serentak", False)
    assert client.post(reverse("admin:contact_holiday_delete", args=["2026-12-09"]), {"post": "yes"}).status_code == 403


def test_nobody_else_comes_to_that_page(rini: User, client: Client) -> None:
    client.force_login(rini)
    assert client.get(reverse("admin:contact_holiday_changelist")).status_code in {302, 403, 404}
