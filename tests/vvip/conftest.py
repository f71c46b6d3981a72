from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.utils import timezone
from pytest_django import Settings

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tests.journeys.desk import Outside
from tests.vvip import desk


@pytest.fixture
def systems(db: None, settings: Settings) -> Iterator[Outside]:
    """The simulators at their seed."""
    settings.SYSTEMS_AT_ONCE = 50
    settings.SYSTEMS = {name: {**system, "timeout": 2.5} for name, system in settings.SYSTEMS.items()}
    outside = Outside()
    outside.reset()
    yield outside
    outside.heal()
    outside.client.close()


@pytest.fixture
def all_hours(settings: Settings) -> None:
    """Customers may be called day and night: what is tested here does not depend on the hour of the test."""
    day = (0, 24 * 60)
    settings.CONTACT = {**settings.CONTACT, "callback": {**settings.CONTACT["callback"], "hours": day, "rest": day}}


@pytest.fixture
def sari(db: None) -> User:
    return desk.person("sari", Role.AGENT_147)


@pytest.fixture
def tio(db: None) -> User:
    return desk.person("tio", Role.AGENT_TIER2)


@pytest.fixture
def lina(db: None) -> User:
    """Team leader."""
    return desk.person("lina", Role.TEAM_LEADER)


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch = monkeypatch

    def move_to(self, moment: datetime) -> None:
        self.patch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def freezer(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time that Python sees; PostgreSQL's own goes on."""
    return Clock(monkeypatch)
