"""The customer's page: who it is, its services and incidents, and its cases at every desk; only for who works there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from segmentation.models import Customer
from segmentation.pages import page_of
from segmentation.services import remember_customer, remember_service
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.incidents.models import Incident
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.customers import of_rows, shown_as
from tests import factories
from tests.pending.desk import asked
from tests.segmentation.entries import famous
from tests.ui.test_frame import signed_in

pytestmark = pytest.mark.django_db
SID = "4700112-0045127790"
FACTS = {"reference": "4000117", "name": "PT Samudra Niaga Lintas", "segment": "DES"}
CONTACT = {"name": "Bonar Nababan", "role": "TI", "email": "bonar@samudra.example", "phone": "0812-0000-1187"}


@pytest.fixture
def samudra(db: None) -> Customer:
    customer = remember_customer(FACTS, source="SISKAS", contacts=[CONTACT])
    remember_service(customer, {"product_id": SID, "name": "Astinet 100M", "address": "Jl. Pelabuhan 1"})
    return customer


def test_it_shows_the_customer_and_every_desks_cases(samudra: Customer, rini: User, client: Client) -> None:
    unit = factories.person("ujang", Role.TELKOM_UNIT, ready=False)
    Incident.objects.create(number="IN20000001", product_id=SID, status="BACKEND", summary="Tautan mati")
    Incident.objects.create(number="IN20000002", product_id=SID, status="CLOSED", summary="Sudah lama")
    by_contact = factories.opened(from_address="bonar@samudra.example", subject="Sejak pagi")
    hold, stranger = asked(unit, "IN20000002"), factories.opened(from_address="lain@lain.example")
    client.force_login(rini)
    page = client.get(samudra.get_absolute_url()).content.decode()
    for words in ("PT Samudra Niaga Lintas", "4000117", SID, "Bonar Nababan", "Tautan mati", "Sejak pagi"):
        assert words in page
    assert (hold.get_absolute_url() in page, by_contact.get_absolute_url() in page) == (True, True)
    assert ("Sudah lama" in page, stranger.number in page) == (False, False)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.TEAM_LEADER, 200),
        (Role.MANAGER, 200),
        (Role.ADMIN, 404),
        (Role.DOC_CONTROL, 404),
        (Role.TELKOM_UNIT, 404),
    ],
)
def test_it_is_there_for_who_works_with_customers(samudra: Customer, client: Client, role: Role, status: int) -> None:
    who = factories.person("siapa", role, ready=False)
    client.force_login(who)
    assert client.get(samudra.get_absolute_url()).status_code == status
    found = client.get(reverse("palette"), {"q": SID[:9]}).content.decode()
    assert (samudra.get_absolute_url() in found) == (status == 200)
    assert client.get(reverse("customer", args=["0"])).status_code == 404


def test_it_keeps_cases_of_other_desks_from_who_may_not_see_them(
    samudra: Customer, asing: User, rini: User, client: Client
) -> None:
    case = factories.opened(from_address="bonar@samudra.example")
    for user, seen in ((asing, False), (rini, True)):
        client.force_login(user)
        assert (case.number in client.get(samudra.get_absolute_url()).content.decode()) == seen


def test_it_costs_the_same_however_much_there_is(samudra: Customer, rini: User) -> None:
    numbers = []
    for many in (1, 12):
        for number in range(many):
            factories.opened(from_address="bonar@samudra.example")
            remember_service(samudra, {"product_id": f"4700{many:03}-{number:010}"})
            Incident.objects.create(number=f"IN3{many:03}{number:04}", product_id=SID, status="BACKEND")
        user = User.objects.get(pk=rini.pk)
        assert user.places
        with CaptureQueriesContext(connection) as read:
            page = page_of(Customer.objects.get(pk=samudra.pk), user)
            assert [str(case.who) for case in page.cases]
            assert [list(rows) for rows in (page.services, page.incidents)]
        numbers.append(len(read))
    assert numbers == [11, 11]


def test_a_system_that_knows_no_contacts_keeps_those_of_another(samudra: Customer) -> None:
    remember_customer({**FACTS, "segment": "DGS"}, source="TENOSS")
    samudra.refresh_from_db()
    assert (samudra.segment, samudra.contacts) == ("DGS", [CONTACT])


def test_others_show_the_customer_and_its_segment_by_number_or_service(samudra: Customer, rini: User) -> None:
    for known in (CustomerKeys("4000117"), CustomerKeys(services=[SID])):
        shown = shown_as(known, rini)
        assert shown
        assert (shown.label, shown.chips[0][:3], shown.address) == (
            samudra.name,
            "DES",
            samudra.get_absolute_url(),
        )
    nobody = (CustomerKeys("0"), CustomerKeys(services=["0"]), CustomerKeys())
    assert [shown_as(known, rini) for known in nobody] == [None] * 3


def test_rows_carry_segment_and_class_for_one_question(samudra: Customer, rini: User, bowo: User) -> None:
    """Whoever acts by the list reads which one it is; others that there is something; another house nothing."""
    star, unit = famous("3000902"), factories.person("ujang", Role.TELKOM_UNIT, ready=False)
    known = [None, CustomerKeys("4000117"), CustomerKeys("0"), CustomerKeys(star.reference), CustomerKeys("4000117")]
    assert bowo.places
    for rows in (known[1:2], known):
        with CaptureQueriesContext(connection) as read:
            found = of_rows(rows, bowo)
        assert len(read) == 1
        assert [one and one.label for one in found] == [one and one.label for one in map(_alone, rows, [bowo] * 5)]
    said = [" ".join([one.segment, one.mark]).strip() if one else "" for one in found]
    assert said == ["", "DES", "", "DCS VVIP", "DES"]
    assert [one and one.mark for one in of_rows([known[3], CustomerKeys(services=[SID])], rini)] == [
        "Penanganan khusus",
        "",
    ]
    assert of_rows(known, unit) == [None] * 5
    case: Any = factories.put(factories.opened(), "NEW", customer=star)
    for user, words in ((bowo, "VVIP"), (rini, "Penanganan khusus")):
        page = signed_in(user).get(reverse("cases:list"), {"view": "queue"}).content.decode()
        [row] = re.findall(rf'<a class="row" id="row-{case.pk}".*?</a>', page, re.DOTALL)
        assert words in row


def _alone(known: CustomerKeys | None, user: User) -> Any:
    return shown_as(known, user) if known else None


def test_the_mail_case_leads_to_its_customer(samudra: Customer, rini: User, client: Client) -> None:
    case: Any = factories.put(factories.opened(), "NEW", customer=samudra)
    client.force_login(rini)
    assert f'href="{samudra.get_absolute_url()}"' in client.get(case.get_absolute_url()).content.decode()
