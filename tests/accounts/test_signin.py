"""Wrong passwords block a name at an address, later a name, never an address; nothing tells whether a name exists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.test import AsyncClient, Client
from django.utils import timezone
from pytest_django import Settings

from tenesa.accounts import signin
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db
RIGHT, WRONG = "rahasia-sekali", "tebakan"


@pytest.fixture(autouse=True)
def _hardly_slow(settings: Settings) -> None:
    settings.SIGN_IN_SLOW_SECONDS = 0


def sign_in(name: str, password: str, address: str = "10.0.0.1", **headers: str) -> Any:
    form = {"username": name, "password": password}
    return Client().post("/sign-in/", form, REMOTE_ADDR=address, headers=headers)


def block(name: str, address: str = "10.0.0.1") -> Any:
    return [sign_in(name, WRONG, address) for _number in range(5)][-1]


def guess_from_everywhere(name: str) -> list[int]:
    return [sign_in(name, WRONG, f"10.0.1.{number % 10}").status_code for number in range(20)]


def test_a_name_is_blocked_at_an_address_after_five_wrong_passwords(rini: User) -> None:
    assert sign_in("rini", WRONG).status_code == 200
    refused = [sign_in("rini", WRONG) for _number in range(4)][-1]
    assert (refused.status_code, refused["Retry-After"]) == (429, "900")
    assert "Coba lagi dalam 15 menit" in refused.content.decode()
    assert sign_in("rini", RIGHT).status_code == 429  # not even the right one
    assert "Try again in 15 minutes" in sign_in("rini", RIGHT, **{"accept-language": "en"}).content.decode()
    logged = AccessFailureLog.objects.filter(username="rini").order_by("pk")
    assert [row.locked_out for row in logged] == [False] * 4 + [True]
    assert sign_in("rini", RIGHT, "10.0.0.2").status_code == 302  # her own desk is another address
    assert sign_in("rini", RIGHT).status_code == 429  # and her sign-in there does not help who guesses here


def test_a_name_that_is_guessed_at_from_everywhere_is_blocked_except_where_its_owner_is_known(rini: User) -> None:
    assert sign_in("rini", RIGHT, "10.0.0.2").status_code == 302
    assert guess_from_everywhere("rini") == [200] * 19 + [429]
    assert sign_in("rini", RIGHT, "10.0.3.3").status_code == 429
    assert sign_in("rini", RIGHT, "10.0.0.2").status_code == 302
    AccessLog.objects.update(attempt_time=timezone.now() - timedelta(days=31))
    assert sign_in("rini", RIGHT, "10.0.0.2").status_code == 429


def test_a_block_is_told_under_asgi_as_well(rini: User) -> None:
    block("rini", "127.0.0.1")
    post = async_to_sync(AsyncClient().post)
    refused = post("/sign-in/", {"username": "rini", "password": RIGHT})
    assert (refused.status_code, "Coba lagi" in refused.content.decode()) == (429, True)


def test_it_answers_the_same_whether_the_account_exists_or_not(rini: User) -> None:
    def answers(name: str) -> list[tuple[int, str]]:
        made = [sign_in(name, WRONG, f"10.0.2.{number // 6}") for number in range(24)]
        return [(a.status_code, a.content.decode().replace(name, "?").partition("csrf")[2][100:]) for a in made]

    assert answers("rini") == answers("tiada")


def test_time_unlocks_and_trying_on_does_not_prolong_it(rini: User) -> None:
    block("rini")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    assert sign_in("rini", WRONG).status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in("rini", RIGHT).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_the_right_password_clears_what_its_owner_got_wrong_here(rini: User, dewi: User) -> None:
    for _number in range(4):
        sign_in("rini", WRONG), sign_in("dewi", WRONG), sign_in("rini", WRONG, "10.0.0.2")
    assert sign_in("rini", RIGHT).status_code == 302
    assert sign_in("rini", WRONG).status_code == 200
    assert sign_in("rini", WRONG, "10.0.0.2").status_code == 429
    assert sign_in("dewi", WRONG).status_code == 429


def test_an_address_is_never_refused_for_what_others_got_wrong_there(rini: User, dewi: User) -> None:
    assert sign_in("dewi", RIGHT).status_code == 302
    assert {sign_in(f"tebak{number}", WRONG).status_code for number in range(60)} == {200}
    assert sign_in("rini", RIGHT).status_code == 302


def test_a_slowed_address_has_few_attempts_at_once_and_those_known_there_do_not_wait(rini: User, dewi: User) -> None:
    assert sign_in("dewi", RIGHT).status_code == 302
    for number in range(50):
        sign_in(f"tebak{number}", WRONG)
    rows = AccessFailureLog.objects.count()
    held = [signin.SLOTS.acquire(blocking=False) for _slot in range(4)]
    try:
        refused = sign_in("rini", RIGHT)
        assert (refused.status_code, refused["Retry-After"]) == (429, "5")
        assert "beberapa detik" in refused.content.decode()
        assert sign_in("dewi", RIGHT).status_code == 302
        assert sign_in("rini", RIGHT, "10.0.0.2").status_code == 302  # an address that is not slowed
    finally:
        for _slot in held:
            signin.SLOTS.release()
    assert held == [True] * 4
    assert AccessFailureLog.objects.count() == rows  # what had no turn fills no books
    assert sign_in("rini", RIGHT).status_code == 302


def test_a_machine_signs_in_by_no_browser(rini: User) -> None:
    machine = factories.person("mesin", Role.API_CLIENT)
    machine.is_staff = machine.is_superuser = True
    machine.save()
    wrong, right = sign_in("tiada", RIGHT), sign_in("mesin", RIGHT)
    assert (right.status_code, right.content.decode().count("alert")) == (200, wrong.content.decode().count("alert"))
    assert Client().post("/admin/login/", {"username": "mesin", "password": RIGHT}).status_code == 200
    browser = Client()
    browser.force_login(machine)  # a session from before it became a machine
    assert browser.get("/cases/").status_code == 302
    assert browser.get("/admin/").status_code == 302


def test_an_administrator_unlocks_and_it_is_recorded(rini: User) -> None:
    block("rini")
    admin = Client()
    admin.force_login(User.objects.create_superuser("kepala"))
    chosen = {"action": "unlock", "_selected_action": [rini.pk]}
    assert admin.post("/admin/accounts/user/", chosen).status_code == 302
    assert LogEntry.objects.get().object_id == str(rini.pk)
    assert sign_in("rini", RIGHT).status_code == 302
    for page in ("accessattempt", "accessfailurelog"):
        assert admin.get(f"/admin/axes/{page}/").status_code == 200
        assert admin.get(f"/admin/axes/{page}/add/").status_code == 403


def test_the_administration_has_the_same_limit(rini: User) -> None:
    block("rini", "127.0.0.1")
    form = {"username": "rini", "password": RIGHT}
    refused = Client().post("/admin/login/", form, headers={"accept-language": "id"})
    assert refused.status_code == 429
    assert "Coba lagi" in refused.content.decode()
