"""The queue of Tier 2: who is called next (V-07; ADR-0032)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from tenesa.accounts.models import User
from tenesa.contact import rules
from tenesa.workflow.claiming import Queue
from vvip.callbacks import contact
from vvip.callbacks.states import State
from vvip.models import Callback

PLACE = ("tier", "due_at")  # then the number; with an index of this order
Key = tuple[int, frozenset[Any], frozenset[str]]  # whose, where they work, zones whose hours it is


def claim_next(user: User, *, but: Collection[int] = ()) -> Callback | None:
    """V-07: the first item of the queue that nobody else is taking; None where nothing may be called now.

    Items of a zone whose hours are over stay where they are; one that another desk has just tried, or whose wished
    time is over, goes back to wait for its moment. Raises NotYourStep, NotNow.
    """
    return _queue.take_first(user, _claim_or_postpone, held_back={State.SCHEDULED}, but=but)


def _claim_or_postpone(callback: Callback) -> str:
    verdict = contact.verdict_now(callback)
    return "claim" if verdict.allowed or verdict.next_at is None else "postpone"


def _key(user: User) -> Key:
    return user.pk, frozenset(user.places), rules.open_zones(contact.PURPOSE, timezone.now())


def _cases(user: User, key: Key) -> QuerySet[Callback]:
    mine = Q(promised_to=None) | Q(promised_to=user.pk)
    may_be_called = Q(wish_from__isnull=False) | Q(zone__in=key[2])  # a wish beats the hours of the zone
    cases = Callback.objects.visible_to(user).filter(mine, may_be_called, state=State.QUEUED)
    return cases.select_related("customer").order_by(*PLACE, "pk")


_queue = Queue(_key, _cases)


def waiting(user: User) -> QuerySet[Callback]:
    """What this person may call now, in the order in which it is taken."""
    return _cases(user, _key(user))


def only_tier2() -> str:
    """Why Tier 1 claims no callback (requirements 13)."""
    return gettext("Callbacks are taken by Tier 2.")
