"""Calling the customer from the page of a hold: by softphone or by hand, within what all desks may do together."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from pending.contact import callee_of
from pending.models import PendingRequest
from tenesa.accounts.models import User
from tenesa.contact.kinds import By, Result
from tenesa.contact.models import ContactAttempt, Dial
from tenesa.systems.models import ExternalCall
from tenesa.workflow.errors import InvalidInput, NotNow
from tenesa.workflow.perform import perform
from tests.journeys.desk import Outside
from tests.pending.desk import (
    CALL,
    NUMBER,
    OTHER,
    again,
    ahead,
    asked,
    call,
    checked,
    contacting,
    deliver,
    time_passes,
    tried,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "Accept-Language": "en"}
NORMAL = "081200001187"


@pytest.fixture
def request_(ujang: User, rini: User, nossa: Outside) -> PendingRequest:
    return contacting(rini, asked(ujang))


@pytest.fixture
def page(client: Client, rini: User) -> Client:
    client.force_login(rini)
    return client


def dials(client: Client, request: PendingRequest, number: str = NUMBER, **data: Any) -> Any:
    given = {"number": number, "key": str(uuid.uuid4()), **data}
    return client.post(reverse("pending:dial", args=[request.pk]), given, headers=HTMX)


def at_night(settings: Settings) -> None:
    """The rule of the customer's zone, with hours that are over now and begin again in a while."""
    now = timezone.localtime()
    minute = now.hour * 60 + now.minute
    open_ = (0, minute) if minute >= 30 else (minute + 30, 1440)
    settings.CONTACT = {**settings.CONTACT, "hold": {**settings.CONTACT["hold"], "hours": open_, "rest": open_}}


# --- by softphone ----------------------------------------------------------------------------------------------------
def test_a_call_is_dialled_followed_and_recorded(
    request_: PendingRequest, page: Client, rini: User, nossa: Outside
) -> None:
    shown = page.get(reverse("pending:case", args=[request_.pk]), headers=HTMX).content.decode()
    assert reverse("pending:dial", args=[request_.pk]) in shown
    answer = dials(page, request_)
    one = Dial.objects.get()
    assert (answer.status_code, one.state, one.number, one.case_id) == (200, "DIALLED", NORMAL, request_.pk)
    follow = reverse("pending:call", args=[request_.pk, one.pk])
    assert follow in answer.content.decode()
    assert "It rings" in page.get(follow, headers=HTMX).content.decode()
    nossa._ask("POST", f"softphone/{one.call_id}/end", json={"result": "BUSY"})
    ended = page.get(follow, headers=HTMX)
    assert (ended["HX-Trigger"], "Busy" in ended.content.decode()) == ("live-case", True)
    call(rini, request_, "BUSY", answered_by="", recording="")
    (row,) = tried(request_)
    assert (row.dial, row.call_id, row.result, row.number) == (one, one.call_id, Result.BUSY, NORMAL)
    with pytest.raises(NotNow):
        call(rini, request_)


def test_what_is_recorded_while_it_still_rings_gets_its_length_later(
    request_: PendingRequest, page: Client, rini: User, nossa: Outside
) -> None:
    dials(page, request_)
    one = Dial.objects.get()
    call(rini, request_)
    assert ExternalCall.objects.get(system="softphone").payload == {"call_id": one.call_id}
    nossa._ask("POST", f"softphone/{one.call_id}/end", json={"result": "ANSWERED"})
    deliver(request_, worlds="softphone")
    assert Dial.objects.get().ended_at is not None
    assert Dial.objects.get().recording


def test_the_agent_hangs_up(request_: PendingRequest, page: Client) -> None:
    dials(page, request_)
    answer = page.post(reverse("pending:hang_up", args=[request_.pk, Dial.objects.get().pk]), headers=HTMX)
    shown = answer.content.decode()
    assert (answer.status_code, "no attempt" in shown, reverse("pending:dial", args=[request_.pk]) in shown) == (
        200, True, True,
    )  # fmt: skip
    assert Dial.objects.get().result == ""
    dials(page, request_)
    assert Dial.objects.filter(state="DIALLED").count() == 1


def test_a_call_that_was_recorded_while_it_runs_is_still_ended_here(
    request_: PendingRequest, page: Client, rini: User, nossa: Outside
) -> None:
    dials(page, request_)
    one = Dial.objects.get()
    page.get(reverse("pending:call", args=[request_.pk, one.pk]), headers=HTMX)
    call(rini, request_, "CONNECTED")
    hang_up = reverse("pending:hang_up", args=[request_.pk, one.pk])
    for _moment in ("while they are asked", "after they agreed"):
        shown = page.get(reverse("pending:case", args=[request_.pk]), headers=HTMX).content.decode()
        assert (hang_up in shown, "Record below" in shown) == (True, False)
        if request_.state == "CONTACTING":
            given = {"until": ahead(hours=4), "said_yes": "on"}
            request_ = perform(request_, "agree", actor=rini, data=given)
    answer = page.post(hang_up, headers=HTMX)
    assert (answer.status_code, hang_up in answer.content.decode()) == (200, False)
    assert Dial.objects.get().ended_at is not None
    assert hang_up not in page.get(reverse("pending:case", args=[request_.pk]), headers=HTMX).content.decode()


def test_a_call_of_another_case_is_ended_where_it_blocks_the_next(
    request_: PendingRequest, page: Client, ujang: User, rini: User
) -> None:
    dials(page, request_)
    first = Dial.objects.get()
    other = contacting(rini, asked(ujang, OTHER))
    PendingRequest.objects.filter(pk=other.pk).update(contact_number="0812-7777-1186")
    refused = dials(page, other, "0812-7777-1186")
    hang_up = reverse("pending:hang_up", args=[other.pk, first.pk])
    shown = page.get(reverse("pending:case", args=[other.pk]), headers=HTMX).content.decode()
    for words in (refused.content.decode(), shown):
        assert ("You are in a call already" in words, hang_up in words) == (True, True)
        assert reverse("pending:dial", args=[other.pk]) not in words
    assert refused.status_code == 409
    freed = page.post(hang_up, headers=HTMX).content.decode()
    assert ("You are in a call already" in freed, reverse("pending:dial", args=[other.pk]) in freed) == (False, True)
    assert dials(page, other, "0812-7777-1186").status_code == 200
    assert Dial.objects.get(case_id=other.pk, state="DIALLED")


def test_what_the_softphone_refused_of_a_dial_at_once_is_said(
    request_: PendingRequest, page: Client, ujang: User, rini: User, django_capture_on_commit_callbacks: Any
) -> None:
    dials(page, request_)
    other = checked(rini, asked(ujang, OTHER))
    given = {"contact_name": "Bonar", "contact_number": "0812-7777-1186", "dial_now": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        perform(other, "start_contact", actor=rini, data=given)
    shown = page.get(reverse("pending:case", args=[other.pk]), headers=HTMX).content.decode()
    assert "You are in a call already" in shown
    assert reverse("pending:hang_up", args=[other.pk, Dial.objects.get(case_id=request_.pk).pk]) in shown


def test_pressed_twice_it_is_one_call(request_: PendingRequest, page: Client, nossa: Outside) -> None:
    key = str(uuid.uuid4())
    assert [dials(page, request_, key=key).status_code for _time in range(2)] == [200, 200]
    assert (Dial.objects.count(), len(nossa.calls("softphone", "dial"))) == (1, 1)


# --- by hand ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("why", ["no device", "down"])
def test_without_a_softphone_the_browser_dials(
    request_: PendingRequest, page: Client, rini: User, nossa: Outside, why: str
) -> None:
    if why == "down":
        nossa.fault("softphone", "dial", "http_500")
    else:
        nossa._ask("PUT", "softphone/rini", json={"device": "off"})
    said = dials(page, request_).content.decode()
    assert 'href="tel:+6281200001187"' in said
    assert "data-dial-now" in said
    assert "data-dial-now" not in page.get(reverse("pending:case", args=[request_.pk]), headers=HTMX).content.decode()
    call(rini, request_, "CONNECTED")
    assert tried(request_).get().dial == Dial.objects.get()


def test_the_link_is_a_setting(request_: PendingRequest, page: Client, nossa: Outside, settings: Settings) -> None:
    settings.CONTACT_LINK = "sip:{number}@pabx.telkom.example"
    nossa._ask("PUT", "softphone/rini", json={"device": "off"})
    assert 'href="sip:+6281200001187@pabx.telkom.example"' in dials(page, request_).content.decode()


# --- refused ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["dewi", "bowo", "ujang", "asing"])
def test_only_who_works_on_it_dials(
    request_: PendingRequest, client: Client, request: pytest.FixtureRequest, who: str
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert dials(client, request_).status_code in {403, 404}
    assert not Dial.objects.exists()


def test_a_call_of_another_person_is_not_told_of(
    request_: PendingRequest, page: Client, dewi: User, client: Client
) -> None:
    dials(page, request_)
    client.force_login(dewi)
    for name in ("call", "hang_up"):
        address = reverse(f"pending:{name}", args=[request_.pk, Dial.objects.get().pk])
        answer = client.get(address) if name == "call" else client.post(address)
        assert answer.status_code == 404


def test_only_a_number_of_the_request_is_dialled(request_: PendingRequest, page: Client) -> None:
    for number in ("0811-1111-1111", "", "bukan nomor"):
        assert dials(page, request_, number).status_code == 409
    assert not Dial.objects.exists()


def test_by_night_nobody_is_called_where_the_setting_says_so(
    request_: PendingRequest, page: Client, rini: User, nossa: Outside, settings: Settings
) -> None:
    at_night(settings)
    refused = dials(page, request_)
    assert refused.status_code == 409
    assert "Calls are allowed from" in refused.content.decode()
    assert "Next allowed" in refused.content.decode()
    with pytest.raises(NotNow) as why:
        call(rini, request_)
    assert callee_of(request_).verdict().reason_words == str(why.value)
    assert not Dial.objects.exists()
    assert not ContactAttempt.objects.exists()
    assert nossa.calls("softphone", "dial") == []
    perform(request_, "take_call", actor=rini, data=CALL)  # who calls us is heard at any hour
    assert tried(request_).get().by == By.INBOUND


def test_by_night_an_appointment_is_kept(request_: PendingRequest, rini: User, settings: Settings) -> None:
    at_night(settings)
    perform(request_, "take_call", actor=rini, data=CALL)
    PendingRequest.objects.filter(pk=request_.pk).update(call_back_at=timezone.now() - timedelta(minutes=2))
    call(rini, again(request_), "CONNECTED")
    assert again(request_).attempts_made == 2


def test_what_another_desk_tried_a_minute_ago_is_respected(
    request_: PendingRequest, page: Client, rini: User, asing: User
) -> None:
    ContactAttempt.objects.create(number=NORMAL, purpose="callback", result="NO_ANSWER", agent=asing)
    assert dials(page, request_).status_code == 409
    with pytest.raises(NotNow) as why:
        call(rini, request_)
    assert "Asing" in str(why.value)


def test_two_requests_with_one_contact_are_not_called_at_once(
    request_: PendingRequest, ujang: User, rini: User, dewi: User
) -> None:
    call(rini, request_)
    other = contacting(dewi, asked(ujang, OTHER))
    with pytest.raises(NotNow):
        call(dewi, other)


def test_another_number_is_judged_too(request_: PendingRequest, rini: User, asing: User) -> None:
    ContactAttempt.objects.create(number="02155501234", purpose="callback", result="BUSY", agent=asing)
    with pytest.raises(InvalidInput) as refused:
        call(rini, request_, number="+62 21 5550 1234")
    assert "Asing" in str(refused.value)
    with pytest.raises(InvalidInput):
        call(rini, request_, number="tidak dicatat")
    assert not tried(request_).exists()


def test_the_contact_of_a_business_customer_is_a_person_of_their_own(request_: PendingRequest) -> None:
    callee = callee_of(request_)
    assert (callee.zone, callee.purpose, callee.numbers[0]) == ("WIB", "hold", NUMBER)
    assert callee.person.startswith(("service:", "customer:"))


def test_whoever_was_reached_is_not_warned_of(request_: PendingRequest, page: Client, rini: User) -> None:
    """No gap has to be kept towards a customer with whom one speaks."""
    address = reverse("pending:case", args=[request_.pk])
    call(rini, request_, "NO_ANSWER")
    assert "Attempts lie" in page.get(address, headers=HTMX).content.decode().split('id="dial"')[1]
    time_passes(request_, 11)
    call(rini, request_, "CONNECTED")
    assert 'id="dial"' not in page.get(address, headers=HTMX).content.decode()


def test_the_other_windows_of_whoever_dials_hear_of_it(
    request_: PendingRequest, page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr("tenesa.workspace.dialling.publish", lambda case: told.append(case.pk))
    dials(page, request_)
    assert told == [request_.pk]
    assert "No call yet" not in page.get(reverse("pending:case", args=[request_.pk]), headers=HTMX).content.decode()
