"""Several agents at the queue at once, on connections of their own (C-02: exclusive pick; C-12: exclusive claim)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection

from caring.models import CaringResult, Prospect
from caring.prospects import queue
from caring.results import queue as results
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import perform
from tests import pick_drill
from tests.caring import desk

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


def test_each_is_picked_and_ended_once_and_the_first_come_first() -> None:
    pick_drill.fill(200, seed=7)
    staff = pick_drill.people(8, seed=7)
    logs = at_once(*[lambda pk=pk: pick_drill.work(pk, 6) for pk in staff])
    assert pick_drill.wrong([one for log in logs for one in log], 48) == []


def test_two_at_one_prospect_one_has_it(citra: User) -> None:
    one, wati = desk.prospect(), desk.person("wati", Role.AGENT_CARING)

    def pick(agent: User) -> bool:
        try:
            return bool(perform(one, "pick", actor=agent).owner_id == agent.pk)
        except NotNow:
            return False

    assert sum(at_once(lambda: pick(citra), lambda: pick(wati))) == 1
    assert desk.again(one).version == 2


def test_one_agent_in_several_browsers_holds_no_more_than_allowed(citra: User) -> None:
    for _one in range(8):
        desk.prospect()

    def pick() -> bool:
        try:
            return queue.pick_next(User.objects.get(pk=citra.pk)) is not None
        except NotNow:
            return False

    assert sum(at_once(*[pick] * 6)) == Prospect.objects.filter(owner=citra).count() == 3


def test_two_qcos_at_one_result_one_has_it(citra: User, laras: User) -> None:
    desk.entered(desk.agreed(citra))
    hana = desk.person("hana", Role.QCO)
    found = at_once(lambda: results.claim_next(laras), lambda: results.claim_next(hana))
    assert sum(one is not None for one in found) == 1
    assert CaringResult.objects.get().owner in {laras, hana}
