"""The page and REST of callbacks: query budgets, reasons in words, list, claim and complete by REST."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenesa.accounts.models import SYSTEM, User
from tenesa.workflow.perform import perform
from tests import factories
from tests.platform.test_api import client as rest
from tests.ui.test_frame import signed_in
from tests.vvip import desk
from tests.vvip.callbacks import claimed, waiting
from vvip.callbacks.states import State, Tier
from vvip.models import Callback

pytestmark = pytest.mark.django_db
MOST = 20


def words(user: User, one: Callback) -> str:
    return signed_in(user).get(one.get_absolute_url()).content.decode()


@pytest.mark.parametrize("state", [State.QUEUED, State.CLAIMED, State.DIALLING, State.CONNECTED])
def test_the_parts_of_a_callback_keep_their_budget(tio: User, state: str) -> None:
    one = waiting()
    for step, data in (
        ("claim", None), ("analyse", desk.FOUND), ("start_dial", None), ("connect", {"answered_by": "Pelanggan"}),
    ):  # fmt: skip
        if desk.again(one).state == state:
            break
        perform(one, step, actor=tio, data=data)
    browser = signed_in(tio)
    address = f"/callbacks/{one.pk}/part/"
    for part in ("head", "facts", "clocks", "timeline", "procedure", "bar"):
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(f"{address}{part}/").status_code == 200
        assert len(asked) <= MOST, (part, [query["sql"][:120] for query in asked])


def test_the_page_says_why_it_stands_where_it_stands(tio: User) -> None:
    one = waiting(tier=Tier.HIGH_SPEED)
    Callback.objects.filter(pk=one.pk).update(waits_from=timezone.now() - timedelta(hours=2, minutes=1))
    perform(one, "rise", actor=SYSTEM)
    perform(one, "join", actor=SYSTEM, call="SK1")
    text = signed_in(tio).get("/callbacks/").content.decode()
    for reason in ("2× targetnya", "naik dari", "sudah menelepon 2 kali"):
        assert reason in text


def test_a_mail_that_came_meanwhile_is_hinted_at(tio: User) -> None:
    one = claimed(tio)
    address = one.customer.contacts[0]["email"] if one.customer else ""
    case = factories.opened("Internet saya masih mati.", from_address=address)
    type(case).objects.filter(pk=case.pk).update(desk=one.desk)
    assert f"pelanggan menulis surel: lihat {case.number}" in words(tio, one)


def test_the_queue_by_rest_is_in_its_order_page_by_page(tio: User) -> None:
    made = [waiting(tier=tier) for tier in (4, 1, 3, 0, 2)]
    expected = [one.pk for one in sorted(made, key=lambda one: (one.tier, one.due_at, one.pk))]
    api, found, address = rest(tio), [], "/api/callbacks/?state=QUEUED&page_size=2"
    while address:
        page = api.get(address).json()
        found += [row["id"] for row in page["results"]]
        address = page["next"]
    assert found == expected


def test_it_is_claimed_and_completed_by_rest(tio: User, sari: User) -> None:
    one, api = waiting(), rest(tio)
    assert rest(sari).post("/api/callbacks/claim/").status_code == 403
    taken = api.post("/api/callbacks/claim/")
    assert (taken.status_code, taken.json()["id"]) == (200, one.pk)
    assert api.post("/api/callbacks/claim/").status_code == 204
    steps: Sequence[tuple[str, Mapping[str, object]]] = (
        ("analyse", desk.FOUND), ("start_dial", {}), ("connect", {"answered_by": "Pelanggan"}),
        ("solve", {"solution": "Pulih.", "informed": True}),
    )  # fmt: skip
    for step, data in steps:
        answer = api.post(f"/api/callbacks/{one.pk}/steps/{step}/", data, format="json")
        assert answer.status_code == 200, answer.json()
    assert answer.json()["state"] == State.DONE


def test_what_was_given_back_is_claimed_by_rest_after_all_others(
    tio: User, django_capture_on_commit_callbacks: Any
) -> None:
    first, second, api = waiting(tier=1), waiting(tier=4), rest(tio)
    with django_capture_on_commit_callbacks(execute=True):
        assert api.post("/api/callbacks/claim/").json()["id"] == first.pk
        given = {"why": "NOT_MINE", "note": ""}
        assert api.post(f"/api/callbacks/{first.pk}/steps/give_back/", given, format="json").status_code == 200
    assert [api.post("/api/callbacks/claim/").json()["id"] for _one in range(2)] == [second.pk, first.pk]


def test_who_is_full_is_told_so_by_rest(tio: User) -> None:
    for _one in range(4):
        waiting()
    api = rest(tio)
    for _one in range(3):
        assert api.post("/api/callbacks/claim/").status_code == 200
    assert api.post("/api/callbacks/claim/").status_code == 409


def test_next_takes_one_from_the_queue_and_goes_back_to_what_is_held(tio: User) -> None:
    one, browser = waiting(), signed_in(tio)
    answer = browser.post("/callbacks/next/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(one.get_absolute_url())
    assert desk.again(one).owner == tio
    waiting()
    assert browser.post("/callbacks/next/")["Location"].startswith(one.get_absolute_url())
