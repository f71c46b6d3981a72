"""Fixtures used everywhere. People have names: rini and dewi are agents, bowo leads the team, hendra supervises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import Settings

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tests import factories


@pytest.fixture(autouse=True)
def _fast_and_plain(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    yield
    cache.clear()


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
