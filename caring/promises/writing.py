"""What a step of a result says about its promise: made, confirmed, given up, judged. Rows in the step's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from caring.offers import catalogue
from caring.promises import rules
from caring.promises.models import Promise, PromiseLine
from tenesa.commitments import outgoing as commitments
from tenesa.workflow.errors import NotNow

KIND = "payment"  # of the platform's dated commitment, which runs until I-payment is asked next
ASKED_AT = time(8)  # on that day, in the house's zone
EVER = timedelta(days=3660)  # a promise that was kept is kept, whenever it is read


def asked_on(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, ASKED_AT))


@dataclass(frozen=True)
class Made:
    """The lines by the offer; a live promise of this line for the period gives way. Raises NotNow after the last."""

    def write(self, case: Any, event: Any) -> None:
        of_line = Promise.objects.filter(fastel=case.fastel, period=case.period)
        before = of_line.select_for_update().filter(state__in=Promise.LIVE).first()
        again = 0
        if before is not None:
            again = before.again + 1
            _settle(before, Promise.State.SUPERSEDED, event.at)
            commitments.Extended(KIND).write(before.result, event)
        else:
            broken = of_line.order_by("-id").first()
            again = broken.again + 1 if broken is not None else 0
        if case.supersedes_id and (told := Promise.objects.filter(result=case.supersedes_id).first()):
            again = told.again  # QC had it called again: the same promise, said once more
        if again and not rules.may_promise_again(again - 1):
            raise NotNow([_("This customer has promised %(n)d times already for this period.") % {"n": again}])
        made = Promise.objects.create(
            result=case, desk_id=case.desk_id, area_id=case.area_id, agent_id=case.agent_id, ncli=case.payer_key,
            fastel=case.fastel, period=case.period, made_on=case.day, again=again,
        )  # fmt: skip
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
        first: date = promise.lines.values_list("due", flat=True)[0]
        _watch(case, max(first, case.day) + rules.COUNTS_UNTIL, event)


@dataclass(frozen=True)
class Unmade:
    """Another result stands in the place of this one."""

    def write(self, case: Any, event: Any) -> None:
        promise = Promise.objects.select_for_update().filter(result=case, state__in=Promise.LIVE).first()
        if promise is not None:
            _settle(promise, Promise.State.SUPERSEDED, event.at)
            commitments.Extended(KIND).write(case, event)


@dataclass(frozen=True)
class Asked:
    """I-payment is being asked: until it answers the commitment waits, and is not asked about again."""

    def write(self, case: Any, event: Any) -> None:
        commitments.Expired(KIND).write(case, event)


@dataclass(frozen=True)
class Judged:
    """What the payments say: the promise is settled, or asked about again on a later day."""

    state: str  # of Promise.State; OPEN: not decided yet
    paid: int
    ask_on: date | None

    def write(self, case: Any, event: Any) -> None:
        promise = Promise.objects.select_for_update().get(result=case)
        promise.paid, promise.asked_at = self.paid, event.at
        promise.save(update_fields=["paid", "asked_at"])
        if promise.state != Promise.State.OPEN:
            return
        if self.ask_on is not None:
            _watch(case, self.ask_on, event)
        else:
            kept = self.state in {Promise.State.KEPT, Promise.State.PAID_BEFORE}
            _settle(promise, Promise.State(self.state), event.at)
            commitments.Settled(KIND, EVER if kept else timedelta()).write(case, event)


def _watch(case: Any, day: date, event: Any) -> None:
    commitments.Promise(KIND, max(asked_on(day), event.at)).write(case, event)


def _settle(promise: Promise, state: Promise.State, at: datetime) -> None:
    promise.state, promise.settled_at = state, at
    promise.save(update_fields=["state", "settled_at"])
