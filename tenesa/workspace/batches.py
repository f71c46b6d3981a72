"""Steps on many cases at once in the background: what was asked for is a row, each case another, taken once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.mail.models import OutboundMail
from tenesa.redis_link import wake
from tenesa.workflow.case import Case
from tenesa.workflow.errors import KeyReused, Refusal
from tenesa.workflow.perform import perform
from tenesa.workflow.procedures import procedures
from tenesa.workflow.repeated import hashed
from tenesa.workflow.step import Step
from tenesa.workspace.delivery import Delivery, delivery_of_mail
from tenesa.workspace.models import Batch, BatchItem
from tenesa.workspace.step_names import TAKE_BACK

logger = logging.getLogger(__name__)
TASK = "tenesa.workspace.tasks.run_batch"
AT_A_TIME = 30  # seconds that one task works; the next one goes on
STALE = timedelta(minutes=3)  # whoever took a case and was not heard of since has died
OF_THE_PAGE = ("case", "step", "token", "csrfmiddlewaretoken")


def start(procedure: type[Case], step: Step, user: User, cases: Sequence[Any], asked: QueryDict) -> Batch:
    """Store what is wanted, once a token, and wake a worker. Raises KeyReused where the token stands for another."""
    data = {name: asked.getlist(name) for name in asked if name not in OF_THE_PAGE}
    token, name = asked.get("token", "")[:64], procedure.procedure_name()
    wanted = {"procedure": name, "step": step.name, "data": data, "about": asked.get("about", "")[:200]}
    with transaction.atomic():
        batch, made = Batch.objects.get_or_create(by=user, token=token, defaults=wanted)
        if made:
            rows = [BatchItem(batch=batch, procedure=name, case_id=case.pk) for case in cases]
            BatchItem.objects.bulk_create(rows)
        elif (batch.step, batch.data) != (step.name, data) or batch.case_ids() != {case.pk for case in cases}:
            raise KeyReused
        transaction.on_commit(partial(wake, TASK, batch.pk))
    return batch


def sweep() -> int:
    """Wake a worker for each batch in which nobody works; how many."""
    due = Batch.objects.filter(items__in=_free()).distinct().order_by("pk").values_list("pk", flat=True)[:20]
    for pk in due:
        wake(TASK, pk)
    return len(due)


def _free() -> Any:
    state = BatchItem.State
    abandoned = Q(state=state.TAKEN, claimed_at__lt=timezone.now() - STALE)
    return BatchItem.objects.filter(Q(state=state.WAITING) | abandoned)


def run(pk: int) -> int:
    """Take the step on the cases that wait, one transaction each; how many. A refusal holds up no other case."""
    batch = Batch.objects.select_related("by").get(pk=pk)
    began, count = monotonic(), 0
    while item := _claim(batch):
        _take(batch, item)
        count += 1
        if monotonic() - began > AT_A_TIME:
            wake(TASK, batch.pk)
            break
    return count


def _claim(batch: Batch) -> BatchItem | None:
    """The next case, for this worker alone."""
    with transaction.atomic():
        item: BatchItem | None = (
            _free().filter(batch=batch).order_by("pk").select_for_update(skip_locked=True).first()
        )  # fmt: skip
        if item is not None:
            item.state, item.claimed_at = BatchItem.State.TAKEN, timezone.now()
            item.save(update_fields=["state", "claimed_at"])
    return item


def _take(batch: Batch, item: BatchItem) -> None:
    """The key of the case and the batch makes a second try of a worker that died the same request."""
    model, key = procedures()[batch.procedure], f"batch:{batch.pk}"
    item.state, item.done_at = BatchItem.State.DONE, timezone.now()
    try:
        perform(model._default_manager.get(pk=item.case_id), batch.step, actor=batch.by, data=_data(batch), key=key)
    except Refusal as refusal:
        item.state, item.reason = BatchItem.State.REFUSED, refusal.words[:500]
    except Exception:
        logger.exception("batch %s, case %s", batch.pk, item.case_id)
        item.state, item.reason = BatchItem.State.REFUSED, _("That did not work and nothing was changed.")
    else:
        events = Event.objects.filter(procedure=batch.procedure, case_id=item.case_id, key=hashed(key))
        item.seq = events.values_list("seq", flat=True).first()
    item.save(update_fields=["state", "done_at", "reason", "seq"])


def take_back(batch: Batch, user: User) -> tuple[int, int]:
    """Take no further case, and the step back wherever its mail is still held; on how many it was, and was no longer
    possible. It is the person's own last step on each case, so nobody else can."""
    state = BatchItem.State
    batch.items.filter(state=state.WAITING).update(
        state=state.REFUSED, done_at=timezone.now(), reason=_("Taken back before it was this case's turn.")
    )
    model = procedures()[batch.procedure]
    lines_of = lines(batch, model._default_manager.in_bulk(batch.case_ids()))
    sent = [line for line in lines_of if line.mail and not line.taken_back]
    return (kept := sum(_taken_back(line.case, user) for line in sent)), len(sent) - kept


def _taken_back(case: Case, user: User) -> bool:
    try:
        perform(case, TAKE_BACK, actor=user)
    except Refusal:
        return False
    return True


def _data(batch: Batch) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in batch.data.items():
        data.setlist(name, values)
    return data


@dataclass(frozen=True)
class Line:
    """One case of a batch: what came of it, and the mail that its customer was sent."""

    item: BatchItem
    case: Any
    mail: OutboundMail | None

    @property
    def taken_back(self) -> bool:
        return self.mail is not None and self.mail.status == OutboundMail.Status.CANCELLED

    @property
    def delivery(self) -> Delivery | None:
        return delivery_of_mail(self.mail) if self.mail else None


def lines(batch: Batch, cases: Mapping[int, Any]) -> list[Line]:
    """Of those cases that the reader sees, in the order of asking."""
    items = [item for item in batch.items.order_by("pk") if item.case_id in cases]
    mine = OutboundMail.objects.filter(procedure=batch.procedure, case_id__in=[item.case_id for item in items])
    seqs = [item.seq for item in items if item.seq]
    mails = {(one.case_id, one.event.seq): one for one in mine.filter(event__seq__in=seqs).select_related("event")}
    return [Line(item, cases[item.case_id], mails.get((item.case_id, item.seq or 0))) for item in items]
