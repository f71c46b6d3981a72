from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone
from pytest_django import Settings

import tenesa.settings
from caring.models import CaringResult
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.contact import zones
from tests.caring import desk, reconciling
from tests.journeys.desk import Outside
from tests.vvip.conftest import systems

__all__ = ["systems"]

At = Callable[[str], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> At:
    """Set the clock, in WIB; customers are called in the hours of the house and not at any."""
    settings.CONTACT = tenesa.settings.CONTACT

    def set_to(text: str) -> None:
        moment = datetime.fromisoformat(text).replace(tzinfo=zones.ZONES["WIB"])
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_to


@pytest.fixture
def citra(db: None) -> User:
    return desk.person("citra", Role.AGENT_CARING)


@pytest.fixture
def laras(db: None) -> User:
    return desk.person("laras", Role.QCO)


@pytest.fixture
def novita(db: None) -> User:
    return desk.person("novita", Role.TEAM_LEADER)


@pytest.fixture
def approved(systems: Outside, citra: User, laras: User) -> CaringResult:
    return reconciling.checked(citra, laras)
