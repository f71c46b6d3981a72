"""Several agents at the queue at once, on connections of their own (V-07: exclusive claim; requirements 7.1)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.errors import NotNow
from tests import claim_drill
from tests.vvip import desk
from tests.vvip.callbacks import waiting
from vvip.callbacks import queue
from vvip.models import Callback

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
T = TypeVar("T")


def at_once(*works: Callable[[], T]) -> list[T]:
    barrier = Barrier(len(works))

    def one(work: Callable[[], T]) -> T:
        barrier.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [made.result() for made in [pool.submit(one, work) for work in works]]


def test_each_is_taken_and_completed_once_and_none_of_a_better_place_passed_over() -> None:
    people = claim_drill.prepare(8, 60, seed=7)
    logs = at_once(*[lambda pk=pk: claim_drill.work(pk) for pk in people])
    assert claim_drill.wrong([one for log in logs for one in log]) == []


def test_one_agent_in_several_browsers_holds_no_more_than_three() -> None:
    tio = desk.person("tio", Role.AGENT_TIER2)
    for _one in range(8):
        waiting()

    def claim() -> bool:
        try:
            return queue.claim_next(User.objects.get(pk=tio.pk)) is not None
        except NotNow:
            return False

    assert sum(at_once(*[claim] * 6)) == 3
    assert Callback.objects.filter(owner=tio).count() == 3
