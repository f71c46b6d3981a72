"""The platform's queue: in order, exclusive, its statements written once for a key (`tenesa.workflow.claiming`)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import QuerySet

from tenesa.accounts.models import User
from tenesa.workflow import claiming
from tenesa.workflow.claiming import Queue
from tests import factories
from tickets.models import EmailCase
from tickets.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked() -> list[int]:
    """Whose cases were asked for, that is for whom a statement was written."""
    return []


@pytest.fixture
def queue(asked: list[int]) -> Queue[EmailCase, int]:
    def cases(user: User, _key: int) -> QuerySet[EmailCase]:
        asked.append(user.pk)
        return EmailCase.objects.visible_to(user).filter(state=State.NEW).select_related("desk").order_by("pk")

    return Queue(lambda user: user.pk, cases)


def take(_case: EmailCase) -> str:
    return "take"


def test_each_is_taken_once_in_the_order_and_then_there_is_none(
    queue: Queue[EmailCase, int], rini: User, dewi: User, asked: list[int]
) -> None:
    made = [factories.opened() for _one in range(4)]
    assert [queue.take_first(who, take) for who in (rini, dewi, rini, dewi, rini)] == [*made, None]
    assert asked == [rini.pk, dewi.pk]


def test_what_is_selected_beside_it_is_read_with_it(
    queue: Queue[EmailCase, int], rini: User, django_assert_num_queries: Any
) -> None:
    made = factories.opened()
    found = queue.take_first(rini, take)
    assert found is not None
    with django_assert_num_queries(0):
        assert found.desk.pk == made.desk_id


def test_it_keeps_only_so_many_statements(
    queue: Queue[EmailCase, int], rini: User, dewi: User, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "WRITTEN", 1)
    made = [factories.opened() for _one in range(3)]
    assert [queue.take_first(who, take) for who in (rini, dewi, rini)] == made
    assert asked == [rini.pk, dewi.pk, rini.pk]


def test_who_meets_only_cases_that_are_held_back_gets_none(
    queue: Queue[EmailCase, int], rini: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claiming, "HELD_BACK", 2)
    made = [factories.opened() for _one in range(3)]
    assert queue.take_first(rini, take, held_back={State.ASSIGNED}) is None
    states = [EmailCase.objects.get(pk=case.pk).state for case in made]
    assert states == [State.ASSIGNED, State.ASSIGNED, State.NEW]
