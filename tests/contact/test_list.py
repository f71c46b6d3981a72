"""The leaders' list of who was contacted when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.contact.models import ContactAttempt, Dial
from tenesa.workflow import keyset
from tenesa.workspace import contacts
from tests.pending.desk import asked

WRITTEN, NUMBER, OTHER = "+62 812-0000-1187", "081200001187", "02155501234"
NOW = timezone.now()


def called(agent: User, minutes: int = 0, **changes: Any) -> ContactAttempt:
    fields: dict[str, Any] = {"number": NUMBER, "purpose": "callback", "result": "NO_ANSWER", "agent": agent, **changes}
    return ContactAttempt.objects.create(at=NOW - timedelta(minutes=minutes), **fields)


def page(user: User, words: str = "") -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(reverse("contacts"), {"q": words}, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return answer.content.decode()


def numbers(user: User, words: str) -> list[str]:
    return [one.row.number for one in contacts.page_of(user, words)[0]]


def test_a_leader_sees_the_calls_of_all_desks_with_numbers_half_hidden(rini: User, asing: User, bowo: User) -> None:
    called(rini, person="customer:1000123/bonar")
    called(asing, 1, number=OTHER, result="BUSY")
    shown = page(bowo)
    assert NUMBER not in shown
    assert OTHER not in shown
    assert "0812••••••87" in shown
    assert "1000123 · bonar" in shown
    assert "Asing" in shown


@pytest.mark.parametrize("words", [WRITTEN, NUMBER, "0812 0000 1187", "1000123"])
def test_it_finds_by_number_in_any_writing_and_by_customer(rini: User, bowo: User, words: str) -> None:
    called(rini, person="customer:1000123/bonar")
    called(rini, number=OTHER, person="customer:10001234")
    assert numbers(bowo, words) == [NUMBER]


def test_a_dial_without_a_result_stands_there_until_it_has_one(rini: User, bowo: User) -> None:
    dial = Dial.objects.create(number=NUMBER, purpose="hold", agent=rini, state="LINKED", at=NOW)
    Dial.objects.create(number=NUMBER, purpose="hold", agent=rini, state="FAILED", at=NOW)
    assert [one.attempt for one in contacts.page_of(bowo, NUMBER)[0]] == [None]
    row = called(rini, dial=dial)
    assert [one.attempt for one in contacts.page_of(bowo, NUMBER)[0]] == [row]


def test_a_case_is_linked_for_those_who_may_see_it(rini: User, ujang: User, bowo: User, asing: User) -> None:
    request = asked(ujang)
    called(rini, procedure=request.procedure_name(), case_id=request.pk)
    assert request.get_absolute_url() in page(bowo)
    (line,) = contacts.page_of(asing, "")[0]
    assert (line.address, line.case_number) == ("", request.number)


def test_leaders_come_to_it_by_the_palette_and_from_the_outbox(bowo: User, rini: User, client: Client) -> None:
    for user, there in ((bowo, True), (rini, False)):
        client.force_login(user)
        for page_ in (reverse("outbox"), f"{reverse('palette')}?q=kontak"):
            assert (f'"{reverse("contacts")}"' in client.get(page_).content.decode()) is there


@pytest.mark.parametrize("who", ["rini", "ujang"])
def test_it_is_for_leaders(request: pytest.FixtureRequest, client: Client, who: str) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse("contacts")).status_code in {403, 404}


def test_it_goes_on_by_keyset_with_few_queries(
    rini: User, ujang: User, bowo: User, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    request = asked(ujang)
    of_case = {"procedure": request.procedure_name(), "case_id": request.pk}
    made = [called(rini, minutes, **of_case).pk for minutes in range(contacts.PAGE + 7)]
    assert bowo.places
    with django_assert_max_num_queries(3):  # attempts, dials, cases
        first, more = contacts.page_of(bowo, "")
    second, end = contacts.page_of(bowo, "", keyset.read(more))
    assert [one.row.pk for one in (*first, *second)] == made
    assert end == ""
