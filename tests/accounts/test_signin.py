"""Wrong passwords and tokens are limited by account and by address; nothing tells whether an account exists."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.admin.models import LogEntry
from django.test import AsyncClient, Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.authtoken.models import Token

from tenesa.accounts.models import User

pytestmark = pytest.mark.django_db
RIGHT, WRONG = "rahasia-sekali", "tebakan"


def sign_in(name: str, password: str, address: str = "10.0.0.1", **headers: str) -> Any:
    form = {"username": name, "password": password}
    return Client().post("/sign-in/", form, REMOTE_ADDR=address, headers=headers)


def block(name: str) -> Any:
    return [sign_in(name, WRONG, f"10.0.1.{number}") for number in range(5)][-1]


def test_an_account_is_blocked_after_five_wrong_passwords_from_anywhere(rini: User) -> None:
    assert sign_in("rini", WRONG).status_code == 200
    refused = block("rini")
    assert (refused.status_code, refused["Retry-After"]) == (429, "900")
    assert "Coba lagi dalam 15 menit" in refused.content.decode()
    assert sign_in("rini", RIGHT).status_code == 429  # not even the right one, from anywhere
    assert "Try again in 15 minutes" in sign_in("rini", RIGHT, **{"accept-language": "en"}).content.decode()
    logged = AccessFailureLog.objects.filter(username="rini").order_by("pk")
    assert [row.locked_out for row in logged] == [False] * 4 + [True]


def test_a_block_is_told_under_asgi_as_well(rini: User) -> None:
    block("rini")
    post = async_to_sync(AsyncClient().post)
    refused = post("/sign-in/", {"username": "rini", "password": RIGHT})
    assert (refused.status_code, "Coba lagi" in refused.content.decode()) == (429, True)


def test_it_answers_the_same_whether_the_account_exists_or_not(rini: User) -> None:
    def answers(name: str) -> list[tuple[int, str]]:
        made = [sign_in(name, WRONG, f"10.0.2.{number}") for number in range(7)]
        return [(a.status_code, a.content.decode().replace(name, "?").partition("csrf")[2][100:]) for a in made]

    assert answers("rini") == answers("tiada")


def test_time_unlocks_and_trying_on_does_not_prolong_it(rini: User) -> None:
    block("rini")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    assert sign_in("rini", WRONG).status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in("rini", RIGHT).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_the_right_password_clears_the_account_and_leaves_its_address(rini: User, dewi: User) -> None:
    for _number in range(4):
        sign_in("rini", WRONG), sign_in("dewi", WRONG)
    assert sign_in("rini", RIGHT).status_code == 302
    assert sign_in("rini", WRONG).status_code == 200
    assert sign_in("dewi", WRONG).status_code == 429


def test_an_address_is_blocked_later_than_an_account(rini: User, settings: Settings) -> None:
    settings.SIGN_IN_ADDRESS_LIMIT = 10
    answers = [sign_in(f"tebak{number}", WRONG).status_code for number in range(10)]
    assert answers == [200] * 9 + [429]
    assert sign_in("rini", RIGHT).status_code == 429
    assert sign_in("rini", RIGHT, "10.0.0.2").status_code == 302


def test_behind_a_proxy_only_its_own_word_on_the_address_counts(settings: Settings) -> None:
    settings.BEHIND_PROXY, settings.SIGN_IN_ADDRESS_LIMIT = True, 10
    forged = [{"x-forwarded-for": f"10.9.9.{number}, 10.0.0.7"} for number in range(10)]
    assert sign_in("siapa", WRONG, **forged[0]).status_code == 200
    assert AccessAttempt.objects.get().ip_address == "10.0.0.7"


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
    block("rini")
    form = {"username": "rini", "password": RIGHT}
    refused = Client().post("/admin/login/", form, headers={"accept-language": "id"})
    assert refused.status_code == 429
    assert "Coba lagi" in refused.content.decode()


def test_wrong_tokens_block_their_address_for_tokens_only(rini: User, settings: Settings) -> None:
    settings.SIGN_IN_ADDRESS_LIMIT = 10
    key = Token.objects.create(user=rini).key

    def ask(token: str, address: str = "10.0.0.1") -> Any:
        headers = {"authorization": f"Token {token}", "accept-language": "id"}
        return Client().get("/api/cases/", headers=headers, REMOTE_ADDR=address)

    assert [ask(f"salah{number}").status_code for number in range(10)] == [401] * 10
    refused = ask(key)
    assert (refused.status_code, refused["Content-Type"]) == (429, "application/problem+json")
    assert refused["Retry-After"] == "900"
    assert ask(key, "10.0.0.2").status_code == 200
    assert sign_in("rini", RIGHT).status_code == 302  # people at the same address are not kept out
    assert AccessFailureLog.objects.filter(username="(token)").count() == 10


def test_a_stranger_cannot_fill_the_books(settings: Settings) -> None:
    """What is tried while blocked is refused and adds no row."""
    settings.SIGN_IN_ADDRESS_LIMIT = 10
    for number in range(14):
        sign_in(f"tebak{number}", WRONG)
    assert AccessFailureLog.objects.count() == 10
