"""REST answers as the page does: 404, 403, 409, 422, with words; the schema is complete."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from tenesa.accounts import tokens
from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.workflow.perform import perform
from tenesa.workspace.models import Note
from tests import factories
from tickets.models import State


def client(user: User) -> APIClient:
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(user, 'uji')[1]}")
    return api


def test_it_lists_open_cases_most_urgent_first_with_masked_addresses(rini: User) -> None:
    cases = [factories.opened() for _number in range(3)]
    factories.put(cases[0], State.CLOSED)
    rows = client(rini).get("/api/cases/").json()["results"]
    assert [row["id"] for row in rows] == [cases[1].pk, cases[2].pk]
    assert rows[0]["sender_address"] == "bon•••@samudra.example"


def test_it_reads_a_case_whole_and_hides_those_of_other_desks(rini: User, asing: User) -> None:
    case = factories.opened()
    assert client(rini).get(f"/api/cases/{case.pk}/").json()["sender_address"] == "bonar@samudra.example"
    answer = client(asing).get(f"/api/cases/{case.pk}/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_it_offers_steps_with_their_inputs_and_reasons(rini: User) -> None:
    case = factories.opened()
    api = client(rini)
    offers = {offer["step"]: offer for offer in api.get(f"/api/cases/{case.pk}/steps/").json()}
    assert offers["take"]["allowed"] is True
    assert offers["take"]["clause"] == "W-05 1.2.2"
    assert {field["name"] for field in offers["propose_void"]["inputs"]} == {"reason", "duplicate_of"}


def test_it_takes_a_step_and_answers_with_the_case(rini: User) -> None:
    case = factories.opened()
    answer = client(rini).post(f"/api/cases/{case.pk}/steps/take/", {}, format="json")
    assert (answer.status_code, answer.json()["state"], answer.json()["owner"]) == (200, "ASSIGNED", "rini")


def test_it_refuses_with_the_same_status_and_words_as_the_page(rini: User, dewi: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    events = Event.objects.count()
    mine, hers = client(rini), client(dewi)
    address = f"/api/cases/{case.pk}/steps"
    answers = {
        "unknown": mine.post(f"{address}/fly/", {}, format="json"),
        "role": mine.post(f"{address}/take_over/", {}, format="json"),
        "held": hers.post(f"{address}/read_segment/", {}, format="json"),
        "state": mine.post(f"{address}/take/", {}, format="json"),
        "input": mine.post(f"{address}/check_segment/", {"segment": "DES", "source": "MANUAL"}, format="json"),
    }
    codes = {name: (answer.status_code, answer.json()["title"]) for name, answer in answers.items()}
    assert codes == {
        "unknown": (404, "unknown_step"),
        "role": (403, "not_your_step"),
        "held": (409, "not_now"),
        "state": (409, "not_now"),
        "input": (422, "invalid_input"),
    }
    assert "Rini" in answers["held"].json()["reasons"][0]
    assert "reason" in answers["input"].json()["errors"]
    assert Event.objects.count() == events


def test_what_is_wrong_with_several_inputs_stands_under_form(rini: User) -> None:
    """Django's own name of it is none for clients, and no part of the words."""
    case = perform(factories.opened(), "take", actor=rini)
    answer = client(rini).post(f"/api/cases/{case.pk}/steps/note/", ["teks"], format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["form"])
    assert answer.json()["detail"] == answer.json()["errors"]["form"][0]
    assert "__all__" not in answer.content.decode()


@pytest.mark.parametrize(("language", "words"), [("id", "tidak dapat dipakai"), ("en", "not allowed")])
def test_the_librarys_refusals_speak_the_readers_language(rini: User, language: str, words: str) -> None:
    case = factories.opened()
    answer = client(rini).delete(f"/api/cases/{case.pk}/", HTTP_ACCEPT_LANGUAGE=language)
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")
    assert "DELETE" in answer.json()["detail"]
    assert words in answer.json()["detail"]
    assert "GET" in answer.headers["Allow"]


def test_it_does_a_request_with_the_same_key_once(rini: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    api = client(rini)
    for _time in range(2):
        answer = api.post(
            f"/api/cases/{case.pk}/steps/note/", {"text": "catatan"}, format="json", HTTP_IDEMPOTENCY_KEY="k-1"
        )
        assert answer.status_code == 200
    assert Note.objects.count() == 1


def test_it_turns_a_stranger_away(db: None) -> None:
    assert APIClient().get("/api/cases/").status_code == 401


def test_it_costs_the_same_for_one_row_and_for_thirty(rini: User, django_assert_num_queries: Any) -> None:
    api = client(rini)
    factories.opened()
    api.get("/api/cases/")  # keeps that the token was used, once a minute
    for _round in range(2):
        # token with user, memberships, cases with owner, their last mails
        with django_assert_num_queries(4):
            api.get("/api/cases/")
        for _number in range(29):
            factories.opened()


def test_it_describes_itself_completely(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn")
    assert "/api/cases/{id}/steps/{step}/" in capsys.readouterr().out
