"""Every way of a hold by REST: the unit asks and decides what is its own, the desk does the rest."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from pending.models import PendingRequest
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.incidents.feed import read_feed
from tenesa.systems.models import ExternalCall
from tests import factories
from tests.journeys.desk import Outside
from tests.pending.desk import CALL, OPEN, ahead, deliver, time_is_up, time_passes
from tests.platform.test_api import client as client_of
from tests.platform.test_perform import in_threads
from tests.platform.test_repeated import refused_types
from tests.ui.test_frame import signed_in

pytestmark = pytest.mark.django_db


class Hold:
    """One request, asked and moved by REST alone."""

    def __init__(self, unit: APIClient, desk: APIClient, until: datetime | None = None) -> None:
        self.unit, self.desk, self.until = unit, desk, until or ahead(hours=5)
        answer = self.ask(unit)
        assert answer.status_code == 201
        self.pk = int(answer.json()["id"])

    def ask(self, who: APIClient, changes: dict[str, Any] | None = None, **extra: Any) -> Any:
        given = {
            "incident": OPEN, "reason": "CUST_REQUEST", "reason_text": "Diminta pelanggan.", "unit": "TA Bandung",
            "person": "Ujang", "until": self.until.isoformat(), **(changes or {}),
        }  # fmt: skip
        return who.post("/api/pending/", given, format="json", **extra)

    @property
    def row(self) -> PendingRequest:
        return PendingRequest.objects.get(pk=self.pk)

    @property
    def state(self) -> str:
        return str(self.unit.get(f"/api/pending/{self.pk}/").json()["state"])

    def step(self, who: APIClient, name: str, **inputs: Any) -> int:
        return int(who.post(f"/api/pending/{self.pk}/steps/{name}/", inputs, format="json").status_code)

    def work(self, name: str, **inputs: Any) -> None:
        assert self.step(self.desk, name, **inputs) == 200, name
        deliver(self.row)

    def contact(self) -> None:
        self.work("pick_up")
        self.work("start_contact", contact_name="Bonar", contact_number=CALL["number"])

    def connect(self) -> None:
        self.work("record_attempt", number=CALL["number"], result="CONNECTED", answered_by="Bonar")

    def agree(self) -> None:
        self.work("agree", until=self.until.isoformat(), said_yes=True)

    def longer(self) -> Hold:
        """The request for more time that follows this one."""
        found = object.__new__(Hold)
        found.unit, found.desk, found.until = self.unit, self.desk, ahead(hours=9)
        found.pk = PendingRequest.objects.get(extends=self.pk).pk
        return found


@pytest.fixture
def hold(ujang: User, rini: User, nossa: Outside) -> Hold:
    return Hold(client_of(ujang), client_of(rini))


def status(nossa: Outside) -> str:
    return str(nossa.incident(OPEN)["status"])


def test_asked_once_whatever_is_sent_twice(hold: Hold, asep: User, nossa: Outside) -> None:
    stranger, manager = client_of(asep), client_of(factories.person("ratna", Role.MANAGER))
    answers = [
        hold.unit.post("/api/pending/", {}, format="json"),
        hold.ask(hold.unit, HTTP_IDEMPOTENCY_KEY="k"),
        hold.ask(hold.desk),
        hold.ask(stranger),
        hold.ask(manager),
    ]
    assert [answer.status_code for answer in answers] == [422, 200, 200, 409, 403]
    assert {answer.json()["id"] for answer in answers[1:3]} == {hold.pk}
    assert [len(one.get("/api/pending/").json()["results"]) for one in (hold.unit, hold.desk, stranger)] == [1, 1, 0]
    assert [one.get(f"/api/pending/{hold.pk}/").status_code for one in (hold.desk, stranger)] == [200, 404]
    assert hold.step(stranger, "cancel", note="x") == 404
    assert hold.step(hold.unit, "cancel", note="Tidak jadi.") == 200
    first, again = (hold.ask(hold.unit, HTTP_IDEMPOTENCY_KEY="n") for _time in range(2))
    assert (first.status_code, again.status_code, first.json()["id"]) == (201, 200, again.json()["id"])


def test_a_key_stands_for_one_request(hold: Hold, asep: User, nossa: Outside) -> None:
    assert hold.step(hold.unit, "cancel", note="Tidak jadi.") == 200
    made = hold.ask(hold.unit, HTTP_IDEMPOTENCY_KEY="k" * 100).json()["id"]
    other = hold.ask(hold.unit, {"reason_text": "Izin lokasi."}, HTTP_IDEMPOTENCY_KEY="k" * 100)
    assert (other.status_code, other.json()["title"]) == (422, "key_reused")
    assert hold.ask(client_of(asep), HTTP_IDEMPOTENCY_KEY="k" * 100).status_code == 409  # their key, another's ticket
    assert hold.unit.post(f"/api/pending/{made}/steps/cancel/", {"note": "x"}, format="json").status_code == 200
    time_is_over = {"until": ahead(hours=-1).isoformat()}
    assert hold.ask(hold.unit, time_is_over, HTTP_IDEMPOTENCY_KEY="k" * 101).status_code == 422
    again = hold.ask(hold.unit, HTTP_IDEMPOTENCY_KEY="k" * 100)
    assert (again.status_code, again.json()["id"], again.json()["state"]) == (200, made, "CANCELLED")
    assert PendingRequest.objects.get(pk=made).reason_text == "Diminta pelanggan."


@pytest.mark.django_db(transaction=True)
def test_of_twin_requests_with_other_words_one_is_stored(hold: Hold, nossa: Outside) -> None:
    assert hold.step(hold.unit, "cancel", note="Tidak jadi.") == 200
    words = ["Izin lokasi.", "Izin gedung."] * 3

    def ask(number: int) -> Any:
        return hold.ask(hold.unit, {"reason_text": words[number]}, HTTP_IDEMPOTENCY_KEY="k")

    answers = in_threads(6, ask)
    kept = PendingRequest.objects.exclude(pk=hold.pk).get().reason_text
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201, 422, 422, 422]
    assert [answer.status_code == 422 for answer in answers] == [text != kept for text in words]


def test_a_changed_request_after_a_lost_answer_is_refused_with_its_words(hold: Hold, ujang: User) -> None:
    assert hold.step(hold.unit, "cancel", note="Tidak jadi.") == 200
    page, address = signed_in(ujang), reverse("pend-ask")
    given = {
        "incident": OPEN, "reason": "CUST_REQUEST", "reason_text": "Izin lokasi.", "unit": "TA", "person": "Ujang",
        "until": hold.until.isoformat(), "channel": "FORM",
        "key": re.findall(r'name="key" value="([^"]+)"', page.get(address).content.decode())[0],
    }  # fmt: skip
    assert page.post(address, given).status_code == 302
    again = page.post(address, {**given, "reason_text": "Izin gedung."})
    shown = again.content.decode()
    assert again.status_code == 422
    assert "Izin gedung." in shown
    assert "sudah pernah dikirim dengan isi lain" in shown
    assert given["key"] not in shown


def test_inputs_have_the_types_of_the_schema(hold: Hold) -> None:
    assert refused_types(hold.desk, f"/api/pending/{hold.pk}/", PendingRequest) > 100
    for name, wrong in (("incident", ["IN1"]), ("reason_text", {"isi": "x"}), ("person", 5), ("until", None)):
        answer = hold.ask(hold.unit, {name: wrong})
        assert (answer.status_code, list(answer.json()["errors"])) == (422, [name])
    assert hold.unit.post("/api/pending/", [OPEN], format="json").status_code == 422


def test_agreed_and_gone_on_early(hold: Hold, nossa: Outside) -> None:
    assert hold.step(hold.unit, "pick_up") == 403
    assert hold.step(hold.desk, "agree", until=hold.until.isoformat(), said_yes=True) == 409
    hold.contact()
    hold.connect()
    assert hold.step(hold.desk, "agree", until=hold.until.isoformat()) == 422
    hold.agree()
    shown = hold.unit.get(f"/api/pending/{hold.pk}/").json()
    assert (shown["state"], shown["nossa_status"], len(shown["attempts"])) == ("PENDED", "PENDING", 1)
    assert CALL["number"] not in str(shown["attempts"])
    offers = {offer["step"] for offer in hold.unit.get(f"/api/pending/{hold.pk}/steps/").json() if offer["allowed"]}
    assert offers == {"go_on", "extend"}
    assert hold.step(hold.unit, "go_on", asked_by="UNIT", note="Material sudah ada.") == 200
    deliver(hold.row)
    assert (hold.state, status(nossa)) == ("RESUMED", "BACKEND")


def test_unreachable(hold: Hold, nossa: Outside) -> None:
    hold.contact()
    for made in range(3):
        assert hold.step(hold.desk, "give_up") == 409, made
        hold.work("record_attempt", number=CALL["number"], result="NO_ANSWER")
        assert hold.step(hold.desk, "record_attempt", number=CALL["number"], result="NO_ANSWER") == 409
        time_passes(hold.row, 11)
    hold.work("give_up")
    assert (hold.state, status(nossa)) == ("PENDED", "PENDING")


def test_refused(hold: Hold, nossa: Outside) -> None:
    hold.contact()
    hold.connect()
    assert hold.step(hold.desk, "refuse") == 422
    hold.work("refuse", said="Harus selesai hari ini.")
    assert (hold.state, status(nossa)) == ("RETURNED", "BACKEND")


def test_extended_and_ended_by_itself_at_night(hold: Hold, nossa: Outside) -> None:
    hold.contact()
    hold.connect()
    hold.agree()
    more = {"reason": "CUST_REQUEST", "reason_text": "Perlu waktu.", "until": ahead(hours=9).isoformat()}
    assert hold.step(hold.unit, "extend", **more) == 200
    longer = hold.longer()
    assert (hold.state, longer.state) == ("EXTENDED", "CONTACTING")
    longer.work("take")
    longer.connect()
    longer.agree()
    assert (longer.state, status(nossa)) == ("PENDED", "PENDING")
    time_is_up(longer.row, "resume")  # nobody is there
    deliver(longer.row)
    assert (longer.state, status(nossa)) == ("RESUMED", "BACKEND")


def test_nossa_away_and_back(hold: Hold, bowo: User, nossa: Outside) -> None:
    hold.contact()
    hold.connect()
    nossa.fault("nossa", "set_pending", "http_500")
    hold.agree()
    ExternalCall.objects.filter(operation="set_pending").update(retry_seconds=[], next_try_at=ahead(seconds=-1))
    deliver(hold.row)
    assert (hold.state, hold.step(hold.desk, "retry")) == ("FAILED", 403)
    nossa.heal()
    assert hold.step(client_of(bowo), "retry") == 200
    deliver(hold.row)
    assert (hold.state, status(nossa)) == ("PENDED", "PENDING")


@pytest.mark.parametrize("told", ["by its answer", "by the feed"])
def test_changed_under_us(told: str, hold: Hold, nossa: Outside) -> None:
    hold.contact()
    hold.connect()
    nossa.advance(OPEN, status="INPROG")
    if told == "by the feed":
        read_feed()
    else:
        hold.agree()
    assert hold.state == "CHECKING"
    deliver(hold.row)
    hold.work("start_contact", contact_name="Bonar", contact_number=CALL["number"])
    hold.agree()
    assert (hold.state, status(nossa), hold.row.status_before) == ("PENDED", "PENDING", "INPROG")
