"""Who sees which entry and which class, the reason before a VVIP page, its weekly list, and REST."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from segmentation.lists import ListEntry
from segmentation.openings import OpeningsWeek, RecordOpening, hand_over
from segmentation.services import remember_service
from segmentation.tasks import hand_over_openings
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.incidents.models import Incident
from tenesa.ui import counters
from tenesa.workflow.perform import perform
from tests import factories
from tests.platform.test_api import client as rest
from tests.segmentation.entries import INTERNET, again, approved, customer, day, given, proposed
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db
WHY = "Pelanggan menelepon lewat nomor kantor."


@pytest.fixture
def sinta(db: None) -> User:
    return factories.person("sinta", Role.AGENT_147)


@pytest.fixture
def official(bowo: User, hendra: User) -> ListEntry:
    return approved(bowo, hendra, "OFFICIAL")


# --- the desk --------------------------------------------------------------------------------------------------------
def test_leaders_of_every_desk_see_the_list_and_others_what_they_proposed(sinta: User, bowo: User, rini: User) -> None:
    entry = proposed(sinta)
    far = factories.person("maria", Role.TEAM_LEADER, desk_code="TDSCC")
    other = factories.person("tono", Role.AGENT_TIER2)
    for user, seen in ((sinta, True), (bowo, True), (far, True), (other, False), (rini, False)):
        assert ListEntry.objects.visible_to(user).exists() is seen, user
        assert entry.is_seen_by(user) is seen, user
        assert signed_in(user).get(entry.get_absolute_url()).status_code == (200 if seen else 404)
    assert entry.number in text_of(signed_in(sinta).get(reverse("lists:list")))
    assert signed_in(sinta).get(reverse("lists:list"), {"view": "all"}).status_code == 404


def test_the_list_finds_by_number_name_and_line(sinta: User, bowo: User) -> None:
    entry = proposed(sinta)
    remember_service(entry.customer, {"product_id": INTERNET})
    for words, found in ((entry.number, True), ("sasmita", True), (INTERNET, True), ("nababan", False)):
        page = text_of(signed_in(bowo).get(reverse("lists:list"), {"view": "all", "q": words}))
        assert (f'data-row="{entry.pk}"' in page) is found, words


def test_several_are_approved_at_once_and_one_s_own_is_refused(sinta: User, bowo: User) -> None:
    mine = proposed(bowo)
    customer("3000902")
    theirs = proposed(sinta, customer="3000902")
    chosen = {"case": [mine.pk, theirs.pk], "step": "approve", "token": "sekali"}
    done = signed_in(bowo).post(reverse("lists:bulk"), chosen)
    assert sorted(bool(outcome.refusal) for outcome in done.context["outcomes"]) == [False, True]
    assert (again(mine).state, again(theirs).state) == ("PROPOSED", "ACTIVE")


def test_the_form_proposes_once_and_gives_wrong_input_back(sinta: User, rini: User) -> None:
    customer()
    browser, address = signed_in(sinta), reverse("list-propose")
    assert "3000901" in text_of(browser.get(address, {"customer": "3000901"}))
    wrong = browser.post(address, {**given(evidence=""), "key": "a"})
    assert (wrong.status_code, ListEntry.objects.count()) == (422, 0)
    for _time in range(2):
        assert browser.post(address, {**given(), "key": "b"}).status_code == 302
    assert ListEntry.objects.count() == 1
    assert browser.post(address, {**given(source="lain"), "key": "b"}).status_code == 422
    assert signed_in(rini).get(address).status_code == 404


# --- need to know ----------------------------------------------------------------------------------------------------
def test_the_class_is_in_words_for_who_needs_it_and_a_neutral_mark_for_others(
    official: ListEntry, rini: User, sinta: User, bowo: User
) -> None:
    case: Any = factories.put(factories.opened(), "NEW", customer=official.customer)
    page = text_of(signed_in(rini).get(case.get_absolute_url()))
    assert ("Penanganan khusus" in page, "VVIP" in page, "Pejabat" in page) == (True, False, False)
    page = text_of(signed_in(bowo).get(case.get_absolute_url()))
    assert "VVIP · Pejabat" in page


def test_a_hold_shows_the_class_by_its_line(bowo: User, hendra: User) -> None:
    from tests.pending.desk import asked

    entry = approved(bowo, hendra, "HARD_COMPLAINT")
    remember_service(entry.customer, {"product_id": INTERNET})
    unit = factories.person("ujang", Role.TELKOM_UNIT)
    hold = asked(unit)
    type(hold).objects.filter(pk=hold.pk).update(snapshot={"service_no": INTERNET, "status": "BACKEND"})
    assert "Hard complaint" in text_of(signed_in(bowo).get(hold.get_absolute_url()))
    assert "Hard complaint" not in text_of(signed_in(unit).get(hold.get_absolute_url()))


def test_who_has_no_case_of_a_vvip_says_why_first(official: ListEntry, rini: User) -> None:
    browser, address = signed_in(rini), official.customer.get_absolute_url()
    page = text_of(browser.get(address))
    assert ("Wulan Sasmita" in page, "0812-0000-4401" in page) == (False, False)
    short = browser.post(address, {"reason": "lihat"})
    assert (short.status_code, RecordOpening.objects.count()) == (422, 0)
    assert browser.post(address, {"reason": WHY}).status_code == 302
    opened = RecordOpening.objects.get()
    assert (opened.by, opened.customer, opened.reason) == (rini, official.customer, WHY)
    assert "0812-0000-4401" in text_of(browser.get(address))
    RecordOpening.objects.update(at=timezone.now() - timedelta(hours=9))
    assert "0812-0000-4401" not in text_of(browser.get(address)), "the shift is over"


def test_who_has_an_open_case_of_theirs_is_not_asked(official: ListEntry, rini: User, dewi: User) -> None:
    case: Any = factories.put(factories.opened(), "NEW", customer=official.customer)
    EmailCase.objects.filter(pk=case.pk).update(owner=rini)
    address = official.customer.get_absolute_url()
    assert "0812-0000-4401" in text_of(signed_in(rini).get(address))
    assert "0812-0000-4401" not in text_of(signed_in(dewi).get(address))
    EmailCase.objects.filter(pk=case.pk).update(state="CLOSED")
    assert "0812-0000-4401" not in text_of(signed_in(rini).get(address))
    assert not RecordOpening.objects.exists()


def test_a_special_customer_is_opened_without_a_reason_and_shows_what_to_do(
    bowo: User, hendra: User, rini: User
) -> None:
    entry = approved(bowo, hendra)
    page = text_of(signed_in(bowo).get(entry.customer.get_absolute_url()))
    for words in ("Isolir tidak dibuka; arahkan ke Plasa Telkom", entry.number, "0812-0000-4401"):
        assert words in page
    page = text_of(signed_in(rini).get(entry.customer.get_absolute_url()))
    assert ("Penanganan khusus" in page, "Plasa" in page, "0812-0000-4401" in page) == (True, False, True)


def test_openings_are_listed_by_week_for_the_supervisor_alone(
    official: ListEntry, rini: User, bowo: User, hendra: User
) -> None:
    now = timezone.now()
    RecordOpening.objects.create(customer=official.customer, by=rini, reason=WHY)
    RecordOpening.objects.create(
        customer=official.customer, by=bowo, reason="Sepekan lalu.", at=now - timedelta(days=7)
    )
    browser, address = signed_in(hendra), reverse("customer-openings")
    page = text_of(browser.get(address))
    assert (WHY in page, "Sepekan lalu." in page, "Wulan" in page) == (True, False, False)
    before = text_of(browser.get(address, {"week": f"{day(days=-7)}"}))
    assert (WHY in before, "Sepekan lalu." in before) == (False, True)
    for week in ("besok", "2026-02-31", "0001-01-01", f"{day(days=30)}"):
        assert browser.get(address, {"week": week}).status_code == 200
    assert signed_in(bowo).get(address).status_code == 404
    assert signed_in(rini).get(address).status_code == 404
    assert address in text_of(browser.get(reverse("lists:list")))
    assert address not in text_of(signed_in(bowo).get(reverse("lists:list")))


def wib(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def at_the_desk(user: User) -> tuple[int, str]:
    """Count and signal of the openings in a person's menu, as they are pushed to open pages."""
    pushed = json.loads(counters.read([user])[user.pk].decode().split("data: ")[1])
    return tuple(pushed.get(reverse("customer-openings"), (0, "")))


def test_the_week_s_list_comes_to_the_supervisor_on_monday_until_it_is_read(
    official: ListEntry, rini: User, bowo: User, hendra: User
) -> None:
    assert hand_over(wib("2026-11-30T08:00")) == 0, "a week without openings is not handed over"
    for at in ("2026-11-23T00:00", "2026-11-29T23:59", "2026-11-30T00:00"):
        RecordOpening.objects.create(customer=official.customer, by=rini, reason=WHY, at=wib(at))
    assert hand_over(wib("2026-11-30T05:59")) == 0, "not in the night"
    assert at_the_desk(hendra) == (0, "")
    assert [hand_over(wib(at)) for at in ("2026-11-30T06:00", "2026-11-30T06:10", "2026-12-06T23:00")] == [1, 0, 0]
    assert at_the_desk(hendra) == (1, "risk")
    assert at_the_desk(bowo) == (0, "")
    browser, address = signed_in(hendra), reverse("customer-openings")
    week = {"week": "2026-11-23"}
    page = text_of(browser.get(address, week))
    assert (page.count(WHY), "Minggu ini sudah saya baca" in page) == (2, True)
    assert "Belum dibaca" in text_of(browser.get(address, {"week": "2026-11-16"}))
    assert signed_in(bowo).post(f"{address}?week=2026-11-23").status_code == 404
    other = factories.person("ratna", Role.SUPERVISOR)
    assert browser.post(f"{address}?week=2026-11-23").status_code == 302
    signed_in(other).post(f"{address}?week=2026-11-23")
    read = OpeningsWeek.objects.get()
    assert (f"{read}", read.read_by) == ("2026-11-23", hendra)
    assert at_the_desk(hendra) == (0, "")
    assert "Minggu ini sudah saya baca" not in text_of(browser.get(address, week))


def test_a_monday_on_which_nothing_ran_is_made_up_for(official: ListEntry, rini: User) -> None:
    RecordOpening.objects.create(customer=official.customer, by=rini, reason=WHY, at=wib("2026-11-20T12:00"))
    assert hand_over(wib("2026-12-02T12:00")) == 1
    assert OpeningsWeek.objects.get().begin == date(2026, 11, 16)


def test_the_beat_hands_over(official: ListEntry, rini: User) -> None:
    at = timezone.now() - timedelta(days=14)
    RecordOpening.objects.create(customer=official.customer, by=rini, reason=WHY, at=at)
    tick = settings.CELERY_BEAT_SCHEDULE["hand-over-openings"]
    assert tick["task"] == hand_over_openings.name
    assert hand_over_openings() == "1 weeks of openings handed over"


# --- REST ------------------------------------------------------------------------------------------------------------
def test_rest_proposes_once_and_another_person_approves_by_step(sinta: User, bowo: User) -> None:
    customer()
    api = rest(sinta)
    made = api.post("/api/lists/", given(), HTTP_IDEMPOTENCY_KEY="satu", format="json")
    assert (made.status_code, made.json()["state"], made.json()["customer"]) == (201, "PROPOSED", "3000901")
    again_ = api.post("/api/lists/", given(), HTTP_IDEMPOTENCY_KEY="satu", format="json")
    assert (again_.status_code, again_.json()["id"]) == (200, made.json()["id"])
    wrong = api.post("/api/lists/", given(criterion="HARD_COMPLAINT", valid_to="besok"), format="json")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["valid_to"])
    address = f"/api/lists/{made.json()['id']}/steps/approve/"
    assert api.post(address, {}, format="json").status_code == 403
    done = rest(bowo).post(address, {}, format="json")
    assert (done.status_code, done.json()["state"], done.json()["approved_by"]) == (200, "ACTIVE", "bowo")


def test_a_machine_proposes_and_reads_its_own_alone(sinta: User) -> None:
    machine = factories.person("mitra", Role.API_CLIENT, ready=False)
    theirs = proposed(sinta)
    made = rest(machine).post("/api/lists/", given(criterion="HARD_COMPLAINT"), format="json")
    assert made.status_code == 201
    shown = [row["id"] for row in rest(machine).get("/api/lists/").json()["results"]]
    assert shown == [made.json()["id"]]
    assert rest(machine).get(f"/api/lists/{theirs.pk}/").status_code == 404


def test_rest_keeps_who_may_not_propose_out(rini: User) -> None:
    customer()
    assert rest(rini).post("/api/lists/", given(), format="json").status_code == 403
    assert rest(rini).get("/api/lists/").json()["results"] == []


def test_the_customer_names_its_entries_to_who_may_see_them(sinta: User, bowo: User, rini: User) -> None:
    entry = proposed(sinta)
    Incident.objects.create(number="IN20000001", product_id=INTERNET, status="BACKEND")
    address = entry.customer.get_absolute_url()
    assert entry.get_absolute_url() in text_of(signed_in(bowo).get(address))
    assert entry.get_absolute_url() not in text_of(signed_in(rini).get(address))
    perform(entry, "approve", actor=bowo)
    assert str(again(entry).get_state_display()) in text_of(signed_in(bowo).get(address))
