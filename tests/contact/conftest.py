from __future__ import annotations

import pytest
from pytest_django import Settings

import tenesa.settings
from tests.pending.conftest import nossa, seat, ujang

__all__ = ["nossa", "seat", "ujang"]


@pytest.fixture(autouse=True)
def hours(settings: Settings) -> None:
    """The hours of the product."""
    settings.CONTACT = tenesa.settings.CONTACT
