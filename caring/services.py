"""Verbs around the steps of P-01: what comes back when somebody goes, and what the clock brings."""

from __future__ import annotations

import logging
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from caring import billing, scoring
from caring.billing_models import month_after
from caring.models import CaringResult, Prospect
from caring.prospects.states import HELD, OPEN, WAITING, Campaign, State
from caring.results.states import State as ResultState
from tenesa.accounts.models import SYSTEM, Actor, User
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import perform

logger = logging.getLogger(__name__)
DESK = "CARING"
BATCH = 500


def give_back(user: User) -> int:
    """Sign-off: prospects and results go back to their queues."""
    picked = Prospect.objects.filter(owner=user, state=State.PICKED)
    judging = CaringResult.objects.filter(owner=user, state=ResultState.QC_CLAIMED)
    note = gettext("Shift ended.")
    return sum(_taken(one, "give_back", actor=user, note=note) for one in [*picked, *judging])


def expire_leases() -> int:
    """What its holder has been silent about for too long goes back. Run by beat."""
    now = timezone.now()
    left = Prospect.objects.filter(lease_until__lt=now, state__in=HELD).order_by("pk")[:BATCH]
    judging = CaringResult.objects.filter(lease_until__lt=now, state=ResultState.QC_CLAIMED).order_by("pk")[:BATCH]
    return sum(_taken(one, "lose_lease") or _left_a_call(one) for one in [*left, *judging])


def _left_a_call(one: Any) -> bool:
    """A call that was made has a result still to be entered; it stays with its owner, and leaders see it."""
    return isinstance(one, Prospect) and one.state == State.IN_CALL and _taken(one, "miss_result")


def make_ready() -> int:
    """Prospects whose time has come may be picked again: set-wise, no step, as no state changes. Run by beat."""
    due = Prospect.objects.filter(state__in=WAITING, ready=False, owner=None, ready_at__lte=timezone.now())
    appointed = list(due.exclude(at=None).values_list("pk", flat=True)[:BATCH])
    found = due.update(ready=True)
    scoring.refresh(appointed)
    return found


def rebucket() -> int:
    """Open prospects that a month's end has moved go to the campaign of their oldest month, or beyond both (8.1). Which
    ones is asked set-wise; each moves by its step. Run by beat; returns how many have moved."""
    month = timezone.localdate().replace(day=1)
    policy = billing.policy_at(month)
    pranpc_from, ct0_from = (month_after(month, -months) for months in (policy.pranpc_months, policy.ct0_months))
    elsewhere = (
        Q(oldest_month__lt=ct0_from)
        | Q(campaign=Campaign.PRANPC, oldest_month__lt=pranpc_from)
        | Q(campaign=Campaign.CT0, oldest_month__gte=pranpc_from)
    )
    moved = Prospect.objects.filter(elsewhere, state__in=OPEN, period__lte=month).order_by("pk")
    found = last = 0
    while batch := list(moved.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        found += sum(_taken(one, "rebucket" if one.oldest_month >= ct0_from else "find_beyond") for one in batch)
    return found


def _taken(case: Any, step: str, *, actor: Actor = SYSTEM, **inputs: Any) -> bool:
    try:
        perform(case, step, actor=actor, **inputs)
    except Refusal as refusal:
        logger.info("%s: %s not taken: %s", case, step, refusal)
        return False
    return True
