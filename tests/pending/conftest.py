from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tests import factories
from tests.journeys.browser.conftest import seat
from tests.journeys.desk import Outside

__all__ = ["seat"]


@pytest.fixture
def nossa(db: None, settings: Settings) -> Iterator[Outside]:
    """The simulators at their seed."""
    settings.SYSTEMS_AT_ONCE = 50
    settings.SYSTEMS = {name: {**system, "timeout": 2.5} for name, system in settings.SYSTEMS.items()}
    outside = Outside()
    outside.reset()
    yield outside
    outside.heal()
    outside.client.close()


@pytest.fixture
def ujang(db: None) -> User:
    """Somebody of a requesting unit."""
    return factories.person("ujang", Role.TELKOM_UNIT, ready=False)


@pytest.fixture
def asep(db: None) -> User:
    """Another unit, by REST."""
    return factories.person("asep", Role.API_CLIENT, ready=False)
