"""Which result QC takes next: the oldest that is not one's own (C-12)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from caring.models import CaringResult
from caring.results.states import State
from tenesa.accounts.models import User
from tenesa.workflow.claiming import Queue

Key = tuple[int, frozenset[Any]]  # whose, and where they work


def claim_next(user: User, *, but: Collection[int] = ()) -> CaringResult | None:
    """The first result that waits for QC, that nobody else is taking and this person had nothing to do with; None
    where there is none. Raises NotYourStep, NotNow."""
    return _queue.take_first(user, lambda _result: "claim", but=but)


def _key(user: User) -> Key:
    return user.pk, frozenset(user.places)


def _cases(user: User, key: Key) -> QuerySet[CaringResult]:
    foreign = ~Q(workers__contains=[user.pk]) & ~Q(agent=user)
    arbiter = Q(appeal_open=False) | (~Q(qco=user) & ~Q(appealed_by=user))
    cases = CaringResult.objects.filter(user.place_filter(), foreign, arbiter, state=State.QC_QUEUED)
    return cases.order_by("opened_at", "pk")


_queue = Queue(_key, _cases)
