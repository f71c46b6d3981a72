"""Where a request comes from is the word of trusted proxies alone, read from the end; a stranger's is ignored."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from axes.models import AccessAttempt
from django.core.exceptions import ImproperlyConfigured
from django.test import AsyncClient, Client, RequestFactory
from pytest_django import Settings

from tenesa.accounts.models import User
from tenesa.env import networks, one_of
from tenesa.proxies import TrustedProxies

PROXY, OUTER = "172.30.84.5", "10.9.0.2"
RIGHT, WRONG = "rahasia-sekali", "tebakan"


@pytest.fixture(autouse=True)
def _behind_proxies(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("172.30.84.0/24"), ip_network(OUTER), ip_network("fd00:30::/64")]
    settings.SIGN_IN_SLOW_SECONDS = 0


def seen(peer: str, **headers: str) -> Any:
    """The request as every view sees it."""
    kept: list[Any] = []
    TrustedProxies(kept.append)(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers))  # type: ignore[arg-type]
    return kept[0]


@pytest.mark.parametrize(
    ("peer", "header", "client"),
    [
        (PROXY, "203.0.113.9", "203.0.113.9"),
        (PROXY, "1.1.1.1, 203.0.113.9", "203.0.113.9"),  # the first was written by the client
        (PROXY, "1.1.1.1,203.0.113.9:4711", "203.0.113.9"),
        (PROXY, "203.0.113.9, 10.9.0.2", OUTER),  # one hop only
        (PROXY, "2001:db8::1", "2001:db8::1"),
        (PROXY, "[2001:db8::1]:443", "2001:db8::1"),
        (PROXY, "::ffff:203.0.113.9", "203.0.113.9"),
        (f"::ffff:{PROXY}", "203.0.113.9", "203.0.113.9"),
        ("fd00:30::5", "203.0.113.9", "203.0.113.9"),
        (PROXY, "unknown", PROXY),
        (PROXY, "1.1.1.1, ", PROXY),
        (PROXY, "1.1.1.1, 203.0.113.9'; DROP", PROXY),
        (PROXY, "", PROXY),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),  # no proxy of ours
        ("198.51.100.7", "203.0.113.9, 172.30.84.5", "198.51.100.7"),
        ("", "203.0.113.9", ""),
    ],
)
def test_the_last_entry_is_the_proxys_word(peer: str, header: str, client: str) -> None:
    request = seen(peer, **{"x-forwarded-for": header})
    assert request.META["REMOTE_ADDR"] == client
    assert "x-forwarded-for" not in request.headers


@pytest.mark.parametrize(
    ("header", "client"),
    [
        ("for=203.0.113.9", "203.0.113.9"),
        ("for=1.1.1.1, for=203.0.113.9;proto=https;by=172.30.84.5", "203.0.113.9"),
        ('proto=https;For="[2001:db8::1]:4711"', "2001:db8::1"),
        ('for="1.1.1.1, for=2.2.2.2", for=203.0.113.9', "203.0.113.9"),  # a comma within quotes
        ('for=203.0.113.9;host="a, for=9.9.9.9"', "203.0.113.9"),
        ("for=1.1.1.1, for=_hidden", PROXY),
        ("for=1.1.1.1, for=unknown", PROXY),
        ("for=1.1.1.1, by=172.30.84.5", PROXY),
        ("nonsense", PROXY),
    ],
)
def test_forwarded_is_read_the_same_way(settings: Settings, header: str, client: str) -> None:
    settings.PROXY_HEADER = "Forwarded"
    request = seen(PROXY, forwarded=header, **{"x-forwarded-for": "9.9.9.9"})
    assert request.META["REMOTE_ADDR"] == client
    assert seen("198.51.100.7", forwarded=header).META["REMOTE_ADDR"] == "198.51.100.7"


def test_only_the_header_that_our_proxies_write_counts() -> None:
    assert seen(PROXY, forwarded="for=9.9.9.9").META["REMOTE_ADDR"] == PROXY


@pytest.mark.parametrize(
    ("header", "client"),
    [
        ("1.1.1.1, 203.0.113.9, 10.9.0.2", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"),  # the outer one was gone round: its entry is a client's
        ("203.0.113.9, unknown", PROXY),
        ("203.0.113.9, 10.9.0.2, 10.9.0.2", OUTER),  # never further than there are proxies
    ],
)
def test_two_proxies_in_line_are_two_entries(settings: Settings, header: str, client: str) -> None:
    settings.PROXY_HOPS = 2
    assert seen(PROXY, **{"x-forwarded-for": header}).META["REMOTE_ADDR"] == client


def test_a_strangers_word_on_https_is_ignored(settings: Settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert seen(PROXY, **{"x-forwarded-proto": "https"}).is_secure()
    assert not seen("198.51.100.7", **{"x-forwarded-proto": "https"}).is_secure()


def sign_in(name: str, password: str, *, peer: str = PROXY, client: str) -> int:
    form, headers = {"username": name, "password": password}, {"x-forwarded-for": client}
    return Client().post("/sign-in/", form, REMOTE_ADDR=peer, headers=headers).status_code


def test_behind_the_proxy_one_persons_wrong_passwords_are_that_persons_alone(rini: User, dewi: User) -> None:
    assert [sign_in("rini", WRONG, client="203.0.113.9") for _number in range(5)] == [200] * 4 + [429]
    assert sign_in("dewi", RIGHT, client="203.0.113.10") == 302
    assert sign_in("rini", RIGHT, client="203.0.113.10") == 302
    assert {row.ip_address for row in AccessAttempt.objects.all()} == {"203.0.113.9"}


def test_a_forged_header_escapes_no_block(rini: User) -> None:
    stranger = "198.51.100.7"
    tries = [sign_in("rini", WRONG, peer=stranger, client=f"1.1.1.{number}") for number in range(5)]
    assert tries == [200] * 4 + [429]
    forged = [sign_in("rini", WRONG, client=f"1.1.1.{number}, 203.0.113.9") for number in range(5)]
    assert forged == [200] * 4 + [429]


def test_under_asgi_as_well(rini: User) -> None:
    post = async_to_sync(AsyncClient().post)
    form = {"username": "rini", "password": WRONG}
    post("/sign-in/", form, headers={"x-forwarded-for": "203.0.113.9"})  # from 127.0.0.1, no proxy of ours
    assert AccessAttempt.objects.get().ip_address == "127.0.0.1"


def test_a_wrong_setting_stops_the_start_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "172.30.84.0/24, proxy")
    with pytest.raises(ImproperlyConfigured, match=r"TRUSTED_PROXIES holds networks"):
        networks("TRUSTED_PROXIES")
    monkeypatch.setenv("TRUSTED_PROXIES", "")
    assert networks("TRUSTED_PROXIES") == []
    monkeypatch.setenv("PROXY_HEADER", "forwarded")
    assert one_of("PROXY_HEADER", "X-Forwarded-For", "Forwarded") == "Forwarded"
    monkeypatch.setenv("PROXY_HEADER", "X-Real-IP")
    with pytest.raises(ImproperlyConfigured, match="PROXY_HEADER is X-Forwarded-For or Forwarded"):
        one_of("PROXY_HEADER", "X-Forwarded-For", "Forwarded")
