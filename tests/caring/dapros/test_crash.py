"""A worker that is really killed while it reads a list: another goes on, nobody comes twice (requirements 8.1)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.utils import timezone

from caring.dapros import loading
from caring.dapros.models import DaprosBatch
from caring.models import Prospect
from caring.tasks import read_waiting_dapros
from tenesa.accounts.models import User
from tenesa.audit.verify import broken_links
from tests.caring import desk
from tests.caring.dapros.lists import PERIOD, text
from tests.caring.dapros.test_loading import hand_in, rows
from tests.journeys.desk import Worker, tidy
from tests.journeys.patience import eventually

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FIRST_CHUNK = 1 + loading.CHUNK  # the row at which it ends, below that of the heads


@pytest.fixture(autouse=True)
def _clean_cache() -> None:
    """The cache shares its Redis with the worker's queue, so here nobody empties it."""


@pytest.fixture
def worker(transactional_db: None) -> Iterator[Worker]:
    tidy()
    made = Worker(beat=False).start()
    yield made
    made.stop()
    tidy()


def test_a_killed_worker_is_followed_from_the_chunk_that_was_not_kept(
    novita: User, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is held in its second chunk by a customer whom somebody else is just entering, and killed there."""
    with monkeypatch.context() as patched:
        patched.setattr(loading, "nudge", lambda _pk: None)
        batch = hand_in(novita, text(rows(7_500)), name="dapros.csv")
    with transaction.atomic():
        desk.prospect(fastel="122055507000", period=PERIOD, bills={"2026-11": 1}, total=1, oldest_month=PERIOD)
        loading.nudge(batch.pk)
        eventually(lambda: _held(batch), seconds=180, what=worker.log)
        worker.kill()
        transaction.set_rollback(True)
    eventually(lambda: not _held(batch), what="PostgreSQL to let go of the dead worker")
    assert counts(batch) == ("READING", loading.CHUNK, FIRST_CHUNK)
    assert read_waiting_dapros() == "0 lists of prospects wait"  # it may still be alive
    DaprosBatch.objects.update(claimed_at=timezone.now() - 2 * loading.SILENT)
    worker.start()
    assert read_waiting_dapros() == "1 lists of prospects wait"
    eventually(lambda: counts(batch)[0] == "DONE", seconds=180, what=worker.log)
    assert counts(batch) == ("DONE", 7_500, 7_501)
    assert Prospect.objects.count() == 7_500
    assert list(broken_links()) == []


def counts(batch: DaprosBatch) -> tuple[str, int, int]:
    found: tuple[str, int, int] = DaprosBatch.objects.values_list("status", "taken", "position").get(pk=batch.pk)
    return found


def _held(batch: DaprosBatch) -> bool:
    """The first chunk is kept, and the worker waits for our transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction it would stay as it was
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock' AND query LIKE 'COPY%')"
        )
        waits = bool(cursor.fetchone()[0])
    return waits and counts(batch)[2] == FIRST_CHUNK
