"""What a step of a result says about its promise: made, confirmed, given up, judged. Rows in the step's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from caring.offers import catalogue
from caring.promises.models import Promise, PromiseLine
from tenesa.commitments import outgoing as commitments
from tenesa.workflow.errors import NotNow

KIND = "payment"  # of the platform's dated commitment, which tracks the next line that is due
GRACE_DAYS = 1  # a payment of the day after the due day counts (8.1)
AGAIN_AT_MOST = 2


def end_of(due: date) -> datetime:
    """When a line is over: the end of the day after it, in the house's zone."""
    day = due + timedelta(days=GRACE_DAYS + 1)
    return timezone.make_aware(datetime.combine(day, time()))


@dataclass(frozen=True)
class Made:
    """The lines by the offer; a live promise of the customer for the period gives way. Raises NotNow after the last."""

    def write(self, case: Any, event: Any) -> None:
        live = Promise.objects.select_for_update().filter(
            ncli=case.payer_key, period=case.period, state__in=Promise.LIVE
        )
        before = live.first()
        again = 0
        if before is not None:
            again = before.again + 1
            _settle(before, Promise.State.SUPERSEDED, event.at)
            commitments.Extended(KIND).write(before.result, event)
        else:
            broken = Promise.objects.filter(ncli=case.payer_key, period=case.period).order_by("-id").first()
            again = broken.again + 1 if broken is not None else 0
        if again > AGAIN_AT_MOST:
            raise NotNow([_("This customer has promised %(n)d times already for this period.") % {"n": again}])
        made = Promise.objects.create(
            result=case, ncli=case.payer_key, period=case.period, made_on=case.day, again=again
        )
        lines = catalogue.lines_of(case.prospect, case.offer, case.promised_on)
        PromiseLine.objects.bulk_create(PromiseLine(promise=made, due=due, amount=amount) for due, amount in lines)


@dataclass(frozen=True)
class Confirmed:
    """From now on it is watched: the commitment of the platform runs to its next line."""

    def write(self, case: Any, event: Any) -> None:
        promise = Promise.objects.select_for_update().filter(result=case, state=Promise.State.UNCONFIRMED).first()
        if promise is None:
            return
        promise.state = Promise.State.OPEN
        promise.save(update_fields=["state"])
        watch_next(case, promise, event)


@dataclass(frozen=True)
class Unmade:
    """Another result stands in the place of this one."""

    def write(self, case: Any, event: Any) -> None:
        promise = Promise.objects.select_for_update().filter(result=case, state__in=Promise.LIVE).first()
        if promise is not None:
            _settle(promise, Promise.State.SUPERSEDED, event.at)
            commitments.Extended(KIND).write(case, event)


@dataclass(frozen=True)
class Settled:
    """What the payments say: the promise is settled, or its next line watched."""

    state: str  # of Promise.State; OPEN: a line was kept, and more are to come
    paid: int

    def write(self, case: Any, event: Any) -> None:
        promise = Promise.objects.select_for_update().get(result=case)
        promise.paid, promise.asked_at = self.paid, event.at
        promise.save(update_fields=["paid", "asked_at"])
        if self.state == Promise.State.OPEN:
            watch_next(case, promise, event)
        elif promise.state in Promise.LIVE:
            _settle(promise, Promise.State(self.state), event.at)
            commitments.Settled(KIND).write(case, event)


def watch_next(case: Any, promise: Promise, event: Any) -> None:
    """The commitment to the first line that is not over yet; the last one where all are."""
    dues = list(promise.lines.values_list("due", flat=True))
    ahead = [due for due in dues if end_of(due) > event.at]
    if ahead:
        commitments.Promise(KIND, end_of(min(ahead))).write(case, event)


def _settle(promise: Promise, state: Promise.State, at: datetime) -> None:
    promise.state, promise.settled_at = state, at
    promise.save(update_fields=["state", "settled_at"])
