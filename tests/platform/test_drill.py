"""The drill of `make drill`, short: everything that reads mail is killed while mail arrives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.drill import Drill
from tests.journeys.desk import tidy

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.timeout(900), pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    """The cache shares its Redis with the worker's queue, so it is emptied before and after, and not by others."""
    tidy()
    yield
    tidy()


def test_it_loses_and_doubles_nothing_in_ten_seconds_of_kills() -> None:
    assert Drill(mails=100, seconds=10, seed=7).run() == []
