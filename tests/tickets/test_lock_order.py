"""Two cases in one transaction are locked in the order of their numbers: nobody meets a deadlock."""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from tenesa.accounts.models import User
from tenesa.workflow import locks
from tenesa.workflow.perform import perform
from tests import factories
from tests.journeys.patience import eventually
from tests.platform.test_perform import in_threads
from tests.ui.test_frame import signed_in
from tickets.models import EmailCase
from tickets.states import State

pytestmark = pytest.mark.django_db(transaction=True)
WHY = {"reason": "Laporan yang sama."}


@pytest.fixture
def pair(rini: User, dewi: User) -> list[EmailCase]:
    return [perform(factories.opened(), "take", actor=user) for user in (rini, dewi)]


def waits() -> bool:
    """Does some other connection wait for a row?"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock')"
        )
        return bool(cursor.fetchone()[0])


def test_merging_two_cases_into_each_other_at_once_does_one_and_refuses_the_other(
    pair: list[EmailCase], rini: User, dewi: User
) -> None:
    people = (rini, dewi)
    for _round in range(5):
        for one, user in zip(pair, people, strict=True):
            factories.put(one, State.ASSIGNED, owner=user, merged_into=None)

        def merge(number: int) -> Any:
            mine, other = pair[number], pair[1 - number]
            return perform(mine, "merge", actor=people[number], data={"into": other.number, **WHY})

        outcomes = in_threads(2, merge)
        assert sorted(type(one).__name__ for one in outcomes) in (
            ["EmailCase", "InvalidInput"],
            ["EmailCase", "NotNow"],
        ), outcomes
        assert EmailCase.objects.filter(state=State.MERGED).count() == 1


def test_the_lower_number_is_locked_first_whichever_case_is_merged(
    pair: list[EmailCase], rini: User, dewi: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []
    real = locks._lock

    def watched(places: Collection[tuple[str, int]]) -> None:
        if places:
            asked.append(sorted(pk for _procedure, pk in places))
        real(places)

    monkeypatch.setattr(locks, "_lock", watched)
    low, high = pair
    perform(high, "merge", actor=dewi, data={"into": low.number, **WHY})
    assert asked == [[low.pk, high.pk]]
    perform(EmailCase.objects.get(pk=high.pk), "unmerge", actor=dewi, data=WHY)
    assert asked == [[low.pk, high.pk]] * 2
    perform(low, "merge", actor=rini, data={"into": high.number, **WHY})
    assert len(asked) == 2  # the higher one comes after this one, and its own step locks it


def test_the_page_meets_no_deadlock_with_a_batch_that_locks_otherwise(pair: list[EmailCase], dewi: User) -> None:
    """A batch of mails locks the cases as the mails come; whichever PostgreSQL ends, the person's step is taken."""
    (low, high), held = pair, threading.Event()

    def batch(_number: int) -> str:
        try:
            with transaction.atomic():
                list(EmailCase.objects.select_for_update().filter(pk=high.pk))
                held.set()
                eventually(waits, what="the page to wait")
                list(EmailCase.objects.select_for_update().filter(pk=low.pk))
        except OperationalError:
            return "ended"
        return "done"

    def page(_number: int) -> int:
        client = signed_in(dewi)
        held.wait()
        return client.post(f"/cases/{high.pk}/steps/merge/", {"into": low.number, **WHY}).status_code

    outcomes = in_threads(2, lambda number: (batch, page)[number](number))
    assert outcomes[1] == 302, outcomes
    assert EmailCase.objects.get(pk=high.pk).state == State.MERGED
