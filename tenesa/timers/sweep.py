"""Clocks whose moment has come: warn, mark as overdue, or take their step (X-05).

Whatever happens to a clock moves the moment at which it is looked at again (`Timer.look_at`), also a failure; so the
sweep never meets the same clock twice and nothing waits behind one that fails.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from tenesa.accounts.models import SYSTEM
from tenesa.timers.alerts import Alarm, Duty, listeners
from tenesa.timers.models import Mark, Timer
from tenesa.workflow.case import Case
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import perform

logger = logging.getLogger(__name__)
BATCH = 1000
SECONDS = 30.0  # after which a sweep leaves the rest to the next one
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
Kind = Mark.Kind

_DUE = """
    SELECT look_at, id, step <> '' AND due_at <= %(now)s FROM timers_timer
     WHERE look_at <= %(now)s AND (look_at, id) > (%(after)s, %(last)s) ORDER BY look_at, id LIMIT %(limit)s"""
_CLAIM = """
    SELECT id, procedure, case_id, name, due_at <= %(now)s FROM timers_timer
     WHERE id = ANY (%(ids)s) AND look_at <= %(now)s FOR UPDATE SKIP LOCKED"""
_MARK = """
    UPDATE timers_timer SET warned_at = %(now)s WHERE id = ANY (%(warned)s);
    UPDATE timers_timer SET breached = true WHERE id = ANY (%(late)s);
    INSERT INTO timers_mark (timer_id, kind, at, told)
    SELECT id, kind, %(now)s, told::jsonb
      FROM unnest(%(ids)s::bigint[], %(kinds)s::text[], %(told)s::text[]) AS new (id, kind, told)"""


def fire_due(*, now: datetime | None = None, batch: int = BATCH, seconds: float = SECONDS) -> int:
    """Look at every clock whose moment has come, in batches; return how many warned, ran over or took their step."""
    now, ends, done = now or timezone.now(), time.monotonic() + seconds, 0
    last: tuple[datetime, int] = (datetime.min.replace(tzinfo=now.tzinfo), 0)
    while time.monotonic() < ends:
        with connection.cursor() as cursor:
            cursor.execute(_DUE, {"now": now, "after": last[0], "last": last[1], "limit": batch})
            found = cursor.fetchall()
        if not found:
            break
        last = found[-1][0], found[-1][1]
        done += _safely(_mark, [pk for _at, pk, acts in found if not acts], now)
        for pk in (pk for _at, pk, acts in found if acts):
            done += _safely(_fire, [pk], now)
    return done


def _safely(work: Any, ids: list[int], now: datetime) -> int:
    """Do it; what fails is looked at again later, and ever more rarely."""
    if not ids:
        return 0
    try:
        return int(work(ids, now))
    except Exception:
        logger.exception("%d clocks failed and stay due, the first is %s", len(ids), ids[0])
        _later(ids, now)
        return 0


def _later(ids: list[int], now: datetime) -> None:
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"now": timezone.now(), "least": FIRST_PAUSE, "most": LONGEST_PAUSE, "ids": ids}
        cursor.execute(
            "UPDATE timers_timer SET retry_at = %(now)s + GREATEST(%(least)s, LEAST(%(most)s, %(now)s - due_at))"
            " WHERE id = ANY (%(ids)s)",
            values,
        )


def _mark(ids: list[int], now: datetime) -> int:
    """Warn of many clocks, or mark them overdue, in one transaction; those that somebody else holds wait."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, {"ids": ids, "now": now})
            rows = cursor.fetchall()
        duty = Duty((procedure, case_id) for _pk, procedure, case_id, _name, _late in rows)
        alarms = [
            Alarm(procedure, case_id, name, late, duty.told(procedure, case_id))
            for _pk, procedure, case_id, name, late in rows
        ]
        values: dict[str, Any] = {
            "now": now,
            "ids": [row[0] for row in rows],
            "warned": [row[0] for row in rows if not row[4]],
            "late": [row[0] for row in rows if row[4]],
            "kinds": [str(Kind.BREACHED if row[4] else Kind.WARNED) for row in rows],
            "told": [json.dumps(alarm.told) for alarm in alarms],
        }
        with connection.cursor() as cursor:
            cursor.execute(_MARK, values)
        transaction.on_commit(lambda: _tell(alarms))
    return len(rows)


@transaction.atomic
def _fire(ids: list[int], now: datetime) -> bool:
    """Take the step of one clock. The case is locked before its clock, as every step does."""
    found = Timer.objects.filter(pk=ids[0]).values_list("procedure", "case_id").first()
    if found is None:
        return False
    case = _locked(*found)
    timer = Timer.objects.select_for_update(skip_locked=True).filter(pk=ids[0], look_at__lte=now).first()
    if case is None or timer is None:
        return False
    told = Duty([found]).told(*found) if timer.goes_on else []
    if timer.goes_on:
        timer.breached = True
    else:
        timer.state, timer.ended_at = Timer.State.FIRED, now
    timer.save(update_fields=["breached", "state", "ended_at"])
    Mark.objects.create(timer=timer, kind=Kind.BREACHED if timer.goes_on else Kind.FIRED, at=now, told=told)
    try:
        with transaction.atomic():
            perform(case, timer.step, actor=SYSTEM)
    except Refusal as refusal:
        logger.info("timer %s refused: %s", timer, refusal)
        Timer.objects.filter(pk=timer.pk).update(note=str(refusal)[:300])
    if told:
        alarm = Alarm(timer.procedure, timer.case_id, timer.name, overdue=True, told=told)
        transaction.on_commit(lambda: _tell([alarm]))
    return True


def _locked(procedure: str, case_id: int) -> Case | None:
    """The case, or None where a step is being taken on it just now: its clock comes with the next sweep."""
    cases = apps.get_model(procedure)._base_manager.filter(pk=case_id)
    return cast("Case | None", cases.select_for_update(skip_locked=True, of=("self",)).first())


def _tell(alarms: Sequence[Alarm]) -> None:
    for listener in listeners:
        try:
            listener(alarms)
        except Exception:
            logger.exception("%d alarms not told", len(alarms))
