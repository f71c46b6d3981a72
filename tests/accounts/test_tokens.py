"""Tokens of REST clients: shown once, kept as digests, several an account, revoked, never refused for others' wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessFailureLog
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import Settings

from tenesa.accounts import tokens
from tenesa.accounts.models import ApiToken, User
from tenesa.accounts.roles import Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def mitra(db: None) -> User:
    return factories.person("mitra", Role.API_CLIENT, ready=False)


@pytest.fixture
def chief(db: None) -> Client:
    client = Client(headers={"accept-language": "id"})
    client.force_login(User.objects.create_superuser("kepala"))
    return client


def ask(token: str, address: str = "10.0.0.1") -> Any:
    headers = {"authorization": f"Token {token}", "accept-language": "id"}
    return Client().get("/api/cases/", headers=headers, REMOTE_ADDR=address)


def everything_stored() -> Iterator[str]:
    """All text that the database holds."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            yield from (row[0] for row in cursor.fetchall())


def test_an_administrator_makes_a_token_and_sees_it_once(mitra: User, chief: Client) -> None:
    made = chief.post("/admin/accounts/apitoken/add/", {"user": mitra.pk, "name": "sistem unit"})
    assert (made.status_code, "no-store" in made["Cache-Control"]) == (200, True)
    found = re.search(r'id="api-token">(tenesa_[\w-]{43})<', made.content.decode())
    assert found
    key = found[1]
    assert "tidak dapat ditampilkan lagi" in made.content.decode()
    assert ask(key).status_code == 200
    token = ApiToken.objects.get()
    assert (token.user, token.created_by.username, token.name) == (mitra, "kepala", "sistem unit")  # type: ignore[union-attr]
    for page in ("", f"{token.pk}/change/", f"{token.pk}/history/"):
        shown = chief.get(f"/admin/accounts/apitoken/{page}")
        assert (shown.status_code, key in shown.content.decode()) == (200, False)
    assert not [row for row in everything_stored() if key in row or key.removeprefix("tenesa_") in row]
    assert key not in str(chief.cookies)
    assert LogEntry.objects.get().object_id == str(token.pk)


def test_several_tokens_of_one_account_and_one_is_revoked(mitra: User, chief: Client) -> None:
    (first, old), (_second, new) = tokens.issue(mitra, "lama"), tokens.issue(mitra, "baru")
    assert [ask(key).status_code for key in (old, new)] == [200, 200]
    chosen = {"action": "revoke", "_selected_action": [first.pk]}
    assert chief.post("/admin/accounts/apitoken/", chosen).status_code == 302
    assert [ask(key).status_code for key in (old, new)] == [401, 200]
    assert LogEntry.objects.get().object_id == str(first.pk)
    revoked_at = ApiToken.objects.get(pk=first.pk).revoked_at
    chief.post("/admin/accounts/apitoken/", chosen)  # again: neither said nor dated anew
    assert ApiToken.objects.get(pk=first.pk).revoked_at == revoked_at
    assert LogEntry.objects.count() == 1
    assert chief.post(f"/admin/accounts/apitoken/{first.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_token_does_not_change_hands(mitra: User, rini: User, chief: Client) -> None:
    token, _key = tokens.issue(mitra, "sistem unit")
    chief.post(f"/admin/accounts/apitoken/{token.pk}/change/", {"user": rini.pk, "name": "lain"})
    assert (ApiToken.objects.get().user, ApiToken.objects.get().name) == (mitra, "sistem unit")


def test_nobody_but_an_administrator_makes_tokens(rini: User, mitra: User) -> None:
    wayan = factories.person("wayan", Role.DOC_CONTROL)
    wayan.is_staff = True
    wayan.save()
    client = Client()
    client.force_login(wayan)
    assert client.post("/admin/accounts/apitoken/add/", {"user": mitra.pk, "name": "x"}).status_code == 403
    assert not ApiToken.objects.exists()


def test_the_last_use_is_kept_to_the_minute(mitra: User) -> None:
    _token, key = tokens.issue(mitra, "sistem unit")
    ask(key)
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    ask(key)
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=first - timedelta(minutes=2))
    ask(key)
    assert ApiToken.objects.get().last_used_at >= first  # type: ignore[operator]


def test_the_token_of_an_account_that_is_no_longer_active_is_wrong(mitra: User) -> None:
    _token, key = tokens.issue(mitra, "sistem unit")
    User.objects.update(is_active=False)
    assert ask(key).status_code == 401


def test_a_valid_token_is_never_refused_for_others_wrong_ones(mitra: User, rini: User, settings: Settings) -> None:
    settings.SIGN_IN_ADDRESS_LIMIT = 10
    _token, key = tokens.issue(mitra, "sistem unit")
    assert [ask(f"salah{number}").status_code for number in range(10)] == [401] * 10
    refused = ask("salah-lagi")
    assert (refused.status_code, refused["Content-Type"]) == (429, "application/problem+json")
    assert refused["Retry-After"] == "900"
    assert ask(key).status_code == 200
    assert ask("salah", "10.0.0.2").status_code == 401
    assert AccessFailureLog.objects.filter(ip_address="10.0.0.1").count() == 10  # more of them fill no books
    form = {"username": "rini", "password": "rahasia-sekali"}
    assert Client().post("/sign-in/", form, REMOTE_ADDR="10.0.0.1").status_code == 302  # nor keep people out


@pytest.mark.parametrize("sent", ["", "Token", "Token a b", "Token \x00", "Token \xff\xfe", "Token " + "a" * 9000])
def test_what_is_no_token_is_wrong_in_words(db: None, sent: str) -> None:
    answer = Client().get("/api/cases/", headers={"authorization": sent})
    assert (answer.status_code, answer.json()["status"]) == (401, 401)


def test_the_digest_itself_is_no_key(mitra: User) -> None:
    token, _key = tokens.issue(mitra, "sistem unit")
    assert ask(token.digest).status_code == 401


def test_the_database_refuses_a_key_in_plain_words(mitra: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.create(user=mitra, name="x", digest="tenesa_" + "k" * 43)
