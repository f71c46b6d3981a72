from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tenesa.reporting import measuring


@pytest.fixture(autouse=True)
def _mail_leaves_at_once(settings: Settings) -> None:
    settings.MAIL_UNDO_SECONDS = 0


@pytest.fixture(autouse=True)
def _no_drift(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did, the tally is what its measurements add up to."""
    yield
    if "db" in request.fixturenames:
        assert list(measuring.drift()) == []
