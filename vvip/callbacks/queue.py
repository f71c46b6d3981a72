"""The queue of Tier 2: who is called next (V-07; ADR-0032)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from tenesa.accounts.models import User
from tenesa.contact import rules
from tenesa.workflow.perform import perform_on_first
from tenesa.workflow.rows import Statement
from vvip.callbacks import contact
from vvip.callbacks.states import State
from vvip.models import Callback

PLACE = ("tier", "due_at")  # then the number; with an index of this order
Key = tuple[int, frozenset[Any], frozenset[str]]  # whose, where they work, zones whose hours it is
_queue: dict[Key, Statement[Callback]] = {}
KEPT = 1000  # statements in a process; then they are written anew
PASSED = 50  # items that the contact rules hold back, looked at by one claim


def claim_next(user: User) -> Callback | None:
    """V-07: the first item of the queue that nobody else is taking; None where nothing may be called now.

    Items of a zone whose hours are over stay where they are; one that another desk has just tried, or whose wished
    time is over, goes back to wait for its moment. Raises NotYourStep, NotNow.
    """
    for _one in range(PASSED):
        with transaction.atomic():
            found = perform_on_first(_queue_for(user), _claim_or_postpone, actor=user)
        if found is None or found.state != State.SCHEDULED:
            return found
    return None


def _claim_or_postpone(callback: Callback) -> str:
    verdict = contact.verdict_now(callback)
    return "claim" if verdict.allowed or verdict.next_at is None else "postpone"


def _queue_for(user: User) -> Statement[Callback]:
    zones_open = rules.open_zones(contact.PURPOSE, timezone.now())
    place = user.pk, frozenset(user.places), zones_open
    found = _queue.get(place)
    if found is None:
        mine = Q(promised_to=None) | Q(promised_to=user.pk)
        may_be_called = Q(wish_from__isnull=False) | Q(zone__in=zones_open)  # a wish beats the hours of the zone
        cases = Callback.objects.visible_to(user).filter(mine, may_be_called, state=State.QUEUED)
        found = Statement.first_free(cases.order_by(*PLACE, "pk"))
        if len(_queue) >= KEPT:
            _queue.clear()
        _queue[place] = found
    return found


def only_tier2() -> str:
    """Why Tier 1 claims no callback (requirements 13)."""
    return gettext("Callbacks are taken by Tier 2.")
