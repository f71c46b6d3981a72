"""The customer's page: who it is, its services and incidents, and its cases at every desk; only for who works there."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from segmentation.models import Customer
from segmentation.services import remember_customer, remember_service
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.incidents.models import Incident
from tenesa.mail.models import InboundMail
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.customer_page import SHOWN
from tenesa.workspace.customers import of_rows, shown_as
from tests import factories
from tests.contact.test_list import called
from tests.pending.desk import asked
from tests.segmentation.entries import famous
from tests.tickets.test_mail_on_cases import out
from tests.ui.test_frame import signed_in
from tests.workspace.test_page_cost import MOST

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
    for words in ("samudra niaga", "4000117", SID[:9], "0812 0000 1187"):
        found = client.get(reverse("search"), {"q": words}).content.decode()
        assert (samudra.get_absolute_url() in found) == (status == 200), words
        by_rest = client.get(reverse("api-search"), {"q": words})
        told = by_rest.json().get("customers", [])
        assert [one["url"] for one in told] == [samudra.get_absolute_url()] * (status == 200), words
    assert client.get(reverse("customer", args=["0"])).status_code == 404


def test_rest_finds_customers_as_the_page_does(samudra: Customer, rini: User) -> None:
    ask = partial(signed_in(rini).get, reverse("api-search"))
    answer = ask({"q": " samudra "}).json()
    segment = samudra.get_segment_display()
    one = {"reference": samudra.reference, "name": samudra.name, "segment": segment, "url": samudra.get_absolute_url()}
    assert (answer["customers"], answer["more_customers"]) == ([one], False)
    factories.customer(name="PT Samudra Lain")
    assert ask({"q": "samudra", "limit": "1"}).json()["more_customers"] is True
    assert len(ask({"q": "samudra"}).json()["customers"]) == 2
    assert ask({"q": "samudra", "procedure": "tickets.emailcase"}).json()["customers"] == []
    assert ask({"q": "sa"}).json()["customers"] == ask({"q": ""}).json()["customers"] == []


def test_it_keeps_cases_of_other_desks_from_who_may_not_see_them(
    samudra: Customer, asing: User, rini: User, client: Client
) -> None:
    case = factories.opened(from_address="bonar@samudra.example")
    for user, seen in ((asing, False), (rini, True)):
        client.force_login(user)
        assert (case.number in client.get(samudra.get_absolute_url()).content.decode()) == seen


def test_it_costs_the_same_however_much_there_is(samudra: Customer, rini: User) -> None:
    """Frame, customer, class, keys, cases of all desks in one question, mails, contacts, services, incidents."""
    numbers, browser = [], signed_in(rini)
    for many in (1, 12):
        for number in range(many):
            case = factories.opened(from_address="bonar@samudra.example")
            out(case)
            called(rini, person="customer:4000117", procedure=case.procedure_name(), case_id=case.pk)
            remember_service(samudra, {"product_id": f"4700{many:03}-{number:010}"})
            Incident.objects.create(number=f"IN3{many:03}{number:04}", product_id=SID, status="BACKEND")
        browser.get(samudra.get_absolute_url())
        with CaptureQueriesContext(connection) as read:
            assert browser.get(samudra.get_absolute_url()).status_code == 200
        numbers.append(len(read))
    assert numbers[0] == numbers[1] <= MOST
    with CaptureQueriesContext(connection) as read:
        browser.get(samudra.get_absolute_url(), {"part": "mails"}, headers={"hx-request": "true"})
    assert len(read) <= 10


def test_each_part_goes_on_where_the_page_before_ended(samudra: Customer, rini: User) -> None:
    cases = [factories.opened(from_address="bonar@samudra.example") for _one in range(SHOWN + 2)]
    for number in range(SHOWN + 2):
        remember_service(samudra, {"product_id": f"4700113-{number:010}"})
        Incident.objects.create(number=f"IN40000{number:03}", product_id=SID, status="BACKEND")
        out(cases[number], created_at=timezone.now() - timedelta(minutes=number))
        called(rini, number, person="customer:4000117/bonar", procedure="tickets.emailcase", case_id=cases[0].pk)
    browser, page = signed_in(rini), samudra.get_absolute_url()
    parts = {part.key: part for part in browser.get(page).context["page"].parts}
    assert {*parts} == {"cases", "mails", "contacts", "incidents", "services"}
    for key, part in parts.items():
        assert len(part.rows) == SHOWN, key
        answer = browser.get(page, {"part": key, "after": part.more}, headers={"hx-request": "true"})
        rest = answer.context["part"]
        assert [len(rest.rows), rest.more] == [3 if key == "services" else 2, ""], key
        seen = [*map(repr, part.rows), *map(repr, rest.rows)]
        assert len(seen) == len(set(seen)), key
        whole = browser.get(page, {"part": key, "after": part.more}).context["page"].parts
        assert [len(one.rows) for one in whole if one.key == key] == [len(rest.rows)]
    for bad in ({"part": "nothing"}, {"part": "cases", "after": "x"}, {"part": "mails", "after": "x"}):
        status = browser.get(page, bad, headers={"hx-request": "true"}).status_code
        assert status == (400 if "after" in bad else 404), bad


def test_mails_of_one_moment_are_all_shown_once_page_by_page(samudra: Customer, rini: User) -> None:
    now, wanted = timezone.now(), set()
    for number in range(SHOWN):
        case = factories.opened(from_address="bonar@samudra.example", subject=f"Masuk {number}")
        theirs = InboundMail.objects.filter(pk=case.first_mail_id)
        theirs.update(procedure=case.procedure_name(), case_id=case.pk, status="FILED", stored_at=now)
        out(case, created_at=now, subject=f"Keluar {number}")
        wanted |= {f"Masuk {number}", f"Keluar {number}"}
    browser, page = signed_in(rini), samudra.get_absolute_url()
    seen: list[str] = []
    after = ""
    for _page in range(4):
        part = browser.get(page, {"part": "mails", "after": after}, headers={"hx-request": "true"}).context["part"]
        seen += [line.subject for line in part.rows]
        after = part.more
        if not after:
            break
    assert (len(seen), set(seen)) == (len(wanted), wanted)


def test_each_part_shows_only_what_its_reader_may_know(samudra: Customer, asing: User, rini: User, bowo: User) -> None:
    case = factories.opened(from_address="bonar@samudra.example", subject="Sejak pagi")
    out(case)
    called(rini, person="customer:4000117", procedure=case.procedure_name(), case_id=case.pk)
    shown = {}
    for user in (asing, rini, bowo):
        parts = signed_in(user).get(samudra.get_absolute_url()).context["page"].parts
        shown[user.username] = {part.key for part in parts if part.rows}
    assert shown["rini"] == shown["bowo"] == {"cases", "mails", "contacts", "services"}
    assert shown["asing"] == {"services"}


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
        assert f'id="of-{case.pk}" href="{star.get_absolute_url()}"' in page
    called(rini, person=f"customer:{star.reference}/bintang")
    assert f'href="{star.get_absolute_url()}"' in signed_in(bowo).get(reverse("contacts")).content.decode()


def _alone(known: CustomerKeys | None, user: User) -> Any:
    return shown_as(known, user) if known else None


def test_the_mail_case_leads_to_its_customer(samudra: Customer, rini: User, client: Client) -> None:
    case: Any = factories.put(factories.opened(), "NEW", customer=samudra)
    client.force_login(rini)
    assert f'href="{samudra.get_absolute_url()}"' in client.get(case.get_absolute_url()).content.decode()
