"""Deadlines that have passed: take their step, or mark them breached."""

from __future__ import annotations

import logging
from typing import cast

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from tenesa.accounts.models import SYSTEM
from tenesa.timers.models import Timer
from tenesa.workflow.case import Case
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import perform

logger = logging.getLogger(__name__)
BATCH = 500


def fire_due() -> int:
    """Fire every deadline that is due, each in its own transaction; return how many fired."""
    due = Timer.objects.filter(state=Timer.State.RUNNING, breached=False, due_at__lte=timezone.now())
    fired = 0
    for pk in due.order_by("due_at").values_list("pk", flat=True)[:BATCH]:
        try:
            fired += _fire(pk)
        except Exception:
            logger.exception("timer %s failed; it stays due", pk)
    return fired


@transaction.atomic
def _fire(pk: int) -> bool:
    timer = Timer.objects.select_for_update(skip_locked=True).filter(pk=pk, state=Timer.State.RUNNING).first()
    if timer is None or timer.breached:
        return False
    timer.breached = True
    if not timer.step:  # a clock that only counts goes on running, marked as breached
        timer.save(update_fields=["breached"])
        return True
    timer.state, timer.ended_at = Timer.State.FIRED, timezone.now()
    timer.save()
    try:
        with transaction.atomic():
            case = cast("Case", apps.get_model(timer.procedure)(pk=timer.case_id))
            perform(case, timer.step, actor=SYSTEM)
    except Refusal as refusal:
        logger.info("timer %s refused: %s", timer, refusal)
        Timer.objects.filter(pk=pk).update(note=str(refusal)[:300])
    return True
