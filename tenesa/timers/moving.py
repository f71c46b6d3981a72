"""A calendar that changes moves the clocks that run by it: what they had left of their working time stays what it was.

Called by the signals of the calendar's rows, in the transaction that changes them, so it holds whoever edits them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from tenesa.timers import targets
from tenesa.timers.models import Calendar, Mark, Opening, SpecialDay, Timer
from tenesa.timers.outgoing import place
from tenesa.timers.working import Hours, NeverOpen, add_working, working_between
from tenesa.workflow.batched_on_commit import batched
from tenesa.workflow.case import Case
from tenesa.workflow.perform import announce

PLACE = ["urgent_at", "urgent_for", "warn_at"]
ROWS = 500  # written at once


def remember(instance: Calendar | Opening | SpecialDay, **_signal: Any) -> None:
    """Before the change: the hours by which the clocks were told when they are due."""
    instance.__dict__["_hours_before"] = targets.hours_now(_code(instance))


@transaction.atomic
def move(instance: Calendar | Opening | SpecialDay, **_signal: Any) -> None:
    before, after = instance.__dict__.pop("_hours_before", None), targets.hours_now(_code(instance))
    if before is None or after is None:
        return
    now = timezone.now()
    mine = Timer.objects.filter(calendar=_code(instance), state=Timer.State.RUNNING, breached=False, due_at__gt=now)
    cases = list(_locked(mine.values_list("procedure", "case_id").distinct()))
    moved = [timer for timer in mine.select_for_update().order_by("pk") if _moves(timer, before, after, now)]
    Timer.objects.bulk_update(moved, ["due_at", "warn_at"], batch_size=ROWS)
    Mark.objects.bulk_create(
        (Mark(timer=one, kind=Mark.Kind.MOVED, at=now, due_at=one.due_at, warn_at=one.warn_at) for one in moved),
        batch_size=ROWS,
    )
    of = {(timer.procedure, timer.case_id) for timer in moved}
    _place([case for case in cases if (case.procedure_name(), case.pk) in of])


def _code(instance: Calendar | Opening | SpecialDay) -> str:
    return str(instance.pk if isinstance(instance, Calendar) else instance.calendar_id)


def _locked(found: Any) -> Iterator[Case]:
    """The cases before their clocks, as every step locks them."""
    wanted: dict[str, list[int]] = {}
    for procedure, case_id in found:
        wanted.setdefault(procedure, []).append(case_id)
    for procedure in sorted(set(wanted) & set(targets.clocks)):
        cases = apps.get_model(procedure)._base_manager.filter(pk__in=wanted[procedure])
        yield from cases.select_for_update(of=("self",)).order_by("pk")


def _moves(timer: Timer, before: Hours, after: Hours, now: datetime) -> bool:
    """Whether the clock is due or warns at another moment now; one that could never be due stays as it was."""
    try:
        due = add_working(after, now, working_between(before, now, timer.due_at))
        warn = timer.warn_at
        if warn and warn > now:
            warn = add_working(after, now, working_between(before, now, warn))
    except NeverOpen:
        return False
    changed = (due, warn) != (timer.due_at, timer.warn_at) and due > timer.started_at
    if changed:
        timer.due_at, timer.warn_at = due, warn
    return changed


def _place(cases: list[Case]) -> None:
    """Where the cases stand in the lists follows their clocks."""
    for case in cases:
        place(case)
        type(case)._base_manager.filter(pk=case.pk).update(**{name: getattr(case, name) for name in PLACE})

    def tell() -> None:
        with batched():
            for case in cases:
                announce(case)

    transaction.on_commit(tell)
