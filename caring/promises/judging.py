"""Promises that are asked about, judged and reminded of (C-20; 8.1). Run by beat, and by I-payment's answer."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from caring.models import CaringResult, Promise, Prospect
from caring.promises import rules
from caring.promises.rules import Judgement
from caring.promises.writing import KIND
from caring.tree import Reason
from tenesa.accounts.models import SYSTEM
from tenesa.commitments.models import Commitment
from tenesa.contact import rules as contact_rules
from tenesa.contact.facts import confirmed_holidays
from tenesa.contact.kinds import Purpose
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import perform

logger = logging.getLogger(__name__)
BATCH = 500
REMINDS_FROM = 9  # o'clock, in the house's zone
LATE = timedelta(days=1)  # a question that had no answer by then is asked anew


@dataclass(frozen=True)
class Payment:
    """As I-payment tells it."""

    amount: int
    value_date: date
    posted_on: date


def judge(result: CaringResult, told: Sequence[dict[str, Any]]) -> Judgement | None:
    """What the payments say of the result's live promise today; None where it has none."""
    promise = Promise.objects.filter(result=result, state=Promise.State.OPEN).first()
    if promise is None:
        return None
    payments = [
        Payment(int(one["amount"]), date.fromisoformat(one["value_date"]), date.fromisoformat(one["posted_on"]))
        for one in told
    ]
    lines = list(promise.lines.values_list("due", "amount"))
    return rules.judge(lines, payments, promise.made_on, timezone.localdate(), _told_on(result.prospect))


def _told_on(prospect: Prospect) -> date | None:
    """When the customer last said that it is paid."""
    told = prospect.results.filter(reason=Reason.TOLD_PAID).order_by("-pk").first()
    return told.day if told else None


def ask_about_due() -> int:
    """I-payment is asked about every promise whose day has come, and again where no answer came for a day."""
    now, name = timezone.now(), CaringResult.procedure_name()
    due = Commitment.objects.filter(procedure=name, kind=KIND, state=Commitment.State.OPEN, until__lte=now)
    silent = Commitment.objects.filter(
        procedure=name, kind=KIND, state=Commitment.State.EXPIRED, until__lte=now - LATE
    ).exclude(case_id__in=CaringResult.objects.filter(changed_at__gt=now - LATE).values("pk"))
    pks = [*due.order_by("until", "id").values_list("case_id", flat=True)[:BATCH]]
    pks += silent.order_by("until", "id").values_list("case_id", flat=True)[: BATCH - len(pks)]
    return sum(_taken(pk, "ask_payments") for pk in pks)


def remind() -> int:
    """Whoever is to pay tomorrow is told once, by mail, from nine o'clock on and in the hours of calls where they live;
    today as well of what is due until the next day on which customers are contacted."""
    if timezone.localtime().hour < REMINDS_FROM:
        return 0
    today, now = timezone.localdate(), timezone.now()
    until = rules.next_day_of_contact(today, confirmed_holidays())
    due = CaringResult.objects.filter(
        promise__state=Promise.State.OPEN, promise__lines__due__gt=today, promise__lines__due__lte=until,
        prospect__zone__in=contact_rules.open_zones(Purpose.CARING, now),
    )  # fmt: skip
    fresh = due.exclude(reminded_on=today).exclude(prospect__email="").order_by("pk").distinct()
    return sum(_taken(pk, "remind") for pk in fresh.values_list("pk", flat=True)[:BATCH])


def _taken(pk: int, step: str) -> bool:
    try:
        perform(CaringResult.objects.get(pk=pk), step, actor=SYSTEM)
    except Refusal as refusal:
        logger.info("result %s: %s not taken: %s", pk, step, refusal)
        return False
    return True
