from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.retention import listing, running
from tenesa.retention.models import Disposal
from tests import factories
from tests.caring.conftest import systems
from tests.oracle.world import everybody
from tests.retention.aged import People

__all__ = ["systems"]

REAL = timezone.now


@pytest.fixture
def people(db: None) -> People:
    return everybody()


@pytest.fixture
def manager(db: None) -> User:
    return factories.person("maya", Role.MANAGER)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let so much time pass for the application's clock, from now."""

    def travel(**span: float) -> None:
        monkeypatch.setattr(timezone, "now", lambda: REAL() + timedelta(**span))

    return travel


@pytest.fixture
def drawn(hendra: User, later: Callable[..., None]) -> Callable[[], Disposal]:
    """The list of the day three years on, drawn by the supervisor."""

    def draw() -> Disposal:
        later(days=3 * 366)
        run = listing.draw(hendra, timezone.localdate())
        listing.fill(run.pk)
        run.refresh_from_db()
        return run

    return draw


@pytest.fixture
def executed(drawn: Callable[[], Disposal], manager: User) -> Callable[[], Disposal]:
    def execute() -> Disposal:
        run = drawn()
        running.approve(manager, run)
        running.execute(run.pk)
        run.refresh_from_db()
        return run

    return execute
