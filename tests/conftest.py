"""Fixtures used everywhere. People have names: rini and dewi are agents, bowo leads the team, hendra supervises."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator, Sequence
from threading import get_ident
from typing import Any

import pytest
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils import translation
from hypothesis import settings as chance
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django import DjangoDbBlocker, Settings

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.remembered import EVERYTHING
from tests import factories, schema
from tests.journeys.patience import PATIENCE, eventually

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")  # the first is the lightest
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
expect.set_options(timeout=PATIENCE * 1000)

# Every run tries the same examples, so that a change is judged by what it changed; `make drill` tries others each time.
chance.register_profile("same", derandomize="CHANCE" not in os.environ, deadline=None)
chance.load_profile("same")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with processes or a browser come first, so that nobody waits for the last of them (`--dist loadfile`)."""
    long = {item.path for item in items if any(item.get_closest_marker(name) for name in ("slow", "browser"))}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish() -> None:
    """Thousands of tests and all of Django stay until the end: nobody need look for garbage among them each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@pytest.fixture(scope="session")
def django_db_keepdb(
    request: pytest.FixtureRequest, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> bool:
    """A database that is restored needs no migration."""
    with django_db_blocker.unblock():
        return schema.restored(request.config.cache.mkdir("schema"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Emptying the tables after a test of transactions makes no permissions anew: nobody here asks for one. And it
    deletes what is there: TRUNCATE of some two hundred tables that are nearly all empty takes ten times as long."""
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    DatabaseOperations.sql_flush = _deletions  # type: ignore[assignment,method-assign]


def _deletions(self: DatabaseOperations, style: Any, tables: Sequence[str], **_options: Any) -> list[str]:
    """What Django's `flush` executes: DELETE where rows are, without triggers, so in any order."""
    asked = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(asked)
        used = [row[0] for row in cursor.fetchall()]
    quiet, loud = "SET session_replication_role = replica", "SET session_replication_role = DEFAULT"
    return [quiet, *(f'DELETE FROM "{table}"' for table in used), loud]


@pytest.fixture(autouse=True)
def _fast_and_plain(settings: Settings) -> None:
    translation.deactivate()  # a page that was asked for in English leaves its language behind
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True  # a client that reads no static file need not look at all of them first
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    """A change that is rolled back is nobody's; and nothing is read again in the middle because the test is slow."""
    for kept in EVERYTHING:
        kept.forget()
        kept._seconds = float("inf")
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _quiet_before_the_tables_are_emptied(request: pytest.FixtureRequest) -> Iterator[None]:
    """A page that still asks, and the emptying of the tables, would block each other: pages are closed before, and
    what the server has in hand is waited for, also where it just asks another system."""
    if "live_server" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db")  # so that this ends before it
    yield
    if "browser" in request.fixturenames:
        for context in request.getfixturevalue("browser").contexts:
            context.close()
    eventually(_nobody_is_asking, what="the server to have answered")


_in_hand: set[int] = set()  # threads of the live server that answer a request, between two of its queries as well


@receiver(request_started)
def _begun(sender: type, **_more: Any) -> None:
    if issubclass(sender, WSGIHandler):
        _in_hand.add(get_ident())


@receiver(request_finished)
def _ended(sender: type, **_more: Any) -> None:
    _in_hand.discard(get_ident())


def _nobody_is_asking() -> bool:
    if _in_hand:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND xact_start IS NOT NULL)"
        )
        return bool(cursor.fetchone()[0])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium for the tests of one file: its event loop would be in the way of others."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def rini(db: None) -> User:
    return factories.person("rini", Role.AGENT_EMAIL)


@pytest.fixture
def dewi(db: None) -> User:
    return factories.person("dewi", Role.AGENT_EMAIL)


@pytest.fixture
def bowo(db: None) -> User:
    return factories.person("bowo", Role.TEAM_LEADER)


@pytest.fixture
def hendra(db: None) -> User:
    return factories.person("hendra", Role.SUPERVISOR)


@pytest.fixture
def asing(db: None) -> User:
    """An agent of another desk: TENESA's cases do not exist for this person."""
    return factories.person("asing", Role.AGENT_EMAIL, desk_code="TDSCC")
