"""Redis stops, or hangs: pages and REST go on, and people see that it is away."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient
from rest_framework.throttling import UserRateThrottle

from tenesa import redis_link
from tenesa.accounts import tokens
from tenesa.accounts.models import User
from tenesa.systems import status
from tenesa.systems.applications import REDIS
from tenesa.systems.models import SystemState
from tenesa.systems.tasks import probe_systems
from tenesa.ui.viewing import here, viewers
from tenesa.workspace.models import Note
from tests import factories
from tests.services import services
from tickets.models import EmailCase

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@contextmanager
def stopped() -> Iterator[None]:
    services.stop_redis()
    try:
        yield
    finally:
        services.start_redis()


@contextmanager
def hung() -> Iterator[None]:
    """It takes connections and answers nothing."""
    process = services.redis.process
    assert process
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


@pytest.fixture(params=[stopped, hung], ids=["stopped", "hung"])
def redis_away(request: pytest.FixtureRequest) -> Iterator[None]:
    with request.param():
        yield
    probe_back()


def probe_back() -> None:
    redis_link._state["not_before"] = 0.0  # a slow machine may have taken a refusal for silence
    with redis_link.asking():
        redis_link.bus().ping()


def by_rest(user: User) -> APIClient:
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(user, 'uji')[1]}")
    return api


def test_rest_works_and_its_brake_is_open(rini: User, redis_away: None) -> None:
    case, api = factories.opened(), by_rest(rini)
    assert api.get("/api/cases/").json()["results"][0]["id"] == case.pk
    assert api.post(f"/api/cases/{case.pk}/steps/take/", {}, format="json").json()["owner"] == "rini"
    note = api.post(f"/api/cases/{case.pk}/steps/note/", {"text": "catatan"}, format="json", HTTP_IDEMPOTENCY_KEY="k1")
    assert (note.status_code, Note.objects.count()) == (200, 1)


def test_pages_and_sign_in_work(rini: User, redis_away: None) -> None:
    case, client = factories.opened(), Client()
    form = {"username": "rini", "password": "rahasia-sekali"}
    assert client.post(reverse("login"), form).status_code == 302
    for address in (reverse("cases:list"), reverse("cases:case", args=[case.pk]), reverse("nav"), reverse("palette")):
        assert client.get(address).status_code == 200, address
    taken = client.post(reverse("cases:step", args=[case.pk, "take"]))
    assert taken.status_code in {200, 204, 302}
    assert EmailCase.objects.get().owner == rini
    here(case, rini, writes=True)
    assert viewers(case.procedure_name(), [case.pk], but=rini) == {}
    cache.set("kata", "x")
    assert (cache.get("kata"), cache.add("kata", "x"), cache.delete("kata")) == (None, True, False)


def test_people_see_that_it_is_away_and_that_it_is_back(rini: User, bowo: User, client: Client) -> None:
    with stopped():
        by_rest(rini).get("/api/cases/")  # somebody notices
        assert SystemState.objects.get(system=REDIS).down
        client.force_login(bowo)
        menu = client.get(reverse("nav")).content.decode()
        assert 'data-signal="breach"' in menu
        page = client.get(reverse("systems-status")).content.decode()
        assert "Surel baru, panggilan" in page
        assert health().condition == "down"
    by_rest(rini).get("/api/cases/")
    assert not SystemState.objects.get(system=REDIS).down
    assert (health().condition, status.down_count()) == ("up", 0)
    assert 'data-signal="breach"' not in client.get(reverse("nav")).content.decode()


def health() -> status.Health:
    return next(one for one in status.board() if one.system == REDIS)


def test_a_task_that_came_through_redis_ends_the_alarm_of_a_process_that_has_died(db: None) -> None:
    for tell in redis_link.changed:
        tell("ConnectionError: hilang")
    assert status.down_count() == 1
    probe_systems()
    assert status.down_count() == 0


def test_it_brakes_again_when_redis_is_back(rini: User, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UserRateThrottle, "rate", "2/min", raising=False)
    api = by_rest(rini)
    with stopped():
        assert [api.get("/api/cases/").status_code for _time in range(3)] == [200] * 3
    assert [api.get("/api/cases/").status_code for _time in range(3)] == [200, 200, 429]


def test_redis_is_no_tool_whose_trouble_the_ioc_hears_of() -> None:
    assert REDIS not in dict(status.reportable())
