from __future__ import annotations

import pytest

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tests.caring import desk


@pytest.fixture
def citra(db: None) -> User:
    return desk.person("citra", Role.AGENT_CARING)


@pytest.fixture
def laras(db: None) -> User:
    return desk.person("laras", Role.QCO)


@pytest.fixture
def novita(db: None) -> User:
    return desk.person("novita", Role.TEAM_LEADER)
