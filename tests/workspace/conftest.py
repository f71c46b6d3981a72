from __future__ import annotations

import pytest

from tenesa.workspace.desk import desks
from tests.workspace.rooms import Room
from tests.workspace.worked import people


@pytest.fixture(params=desks(), ids=lambda desk: desk.slug)
def room(request: pytest.FixtureRequest, db: None) -> Room:
    """Every desk in turn."""
    return Room(request.param, people())
