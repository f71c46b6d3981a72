"""QCOs at the queue at once, on connections of their own (C-12: exclusive claim)."""

from __future__ import annotations

from collections import Counter

import pytest
from django.conf import settings

from caring.models import CaringResult
from caring.results import queue
from caring.results.states import State
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import perform
from tests.caring import desk, results
from tests.vvip.test_callback_race import at_once

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def waiting(agent: User, number: int) -> list[CaringResult]:
    return [results.made(State.QC_QUEUED, agent, prospect=desk.prospect()) for _one in range(number)]


def test_two_qcos_at_once_get_one_result_once() -> None:
    (one,) = waiting(desk.person("citra", Role.AGENT_CARING), 1)
    people = [desk.person(name, Role.QCO).pk for name in ("laras", "dian", "eka", "fajar")]

    def claim(pk: int) -> bool:
        try:
            perform(one, "claim", actor=User.objects.get(pk=pk))
        except NotNow:
            return False
        return True

    assert sum(at_once(*[lambda pk=pk: claim(pk) for pk in people])) == 1


def test_the_queue_gives_each_result_to_one() -> None:
    waiting(desk.person("citra", Role.AGENT_CARING), 8)
    people = [desk.person(name, Role.QCO).pk for name in ("laras", "dian")]

    def work(pk: int) -> list[int]:
        taken = [queue.claim_next(User.objects.get(pk=pk)) for _one in range(4)]
        return [one.pk for one in taken if one is not None]

    taken = Counter(pk for some in at_once(*[lambda pk=pk: work(pk) for pk in people]) for pk in some)
    assert len(taken) == 8
    assert set(taken.values()) == {1}


def test_one_qco_in_several_browsers_holds_no_more_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.CARING, "qc_open", 3)
    waiting(desk.person("citra", Role.AGENT_CARING), 8)
    laras = desk.person("laras", Role.QCO).pk

    def claim() -> bool:
        try:
            return queue.claim_next(User.objects.get(pk=laras)) is not None
        except NotNow:
            return False

    assert sum(at_once(*[claim] * 6)) == 3
    assert CaringResult.objects.filter(owner=laras).count() == 3
