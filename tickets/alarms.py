"""Clocks that warn or are overdue reach the open pages: the case's own, and the lists that it stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from types import SimpleNamespace

from django.db import connection

from tenesa.timers.telling import Alarm
from tenesa.ui.live import publish, tell
from tickets.concerns import lists_of
from tickets.models import EmailCase

PLACE = ("desk_id", "state", "owner_id", "awaits", "triage", "urgent_for")  # what decides where a case is listed
_PLACES = f"SELECT DISTINCT {', '.join(PLACE)} FROM {EmailCase._meta.db_table} WHERE id = ANY (%s)"  # noqa: S608
AT_MOST = 50  # cases told one by one; of more, as after a standstill of beat, only the lists hear


def told(alarms: Sequence[Alarm]) -> None:
    mine = [alarm.case_id for alarm in alarms if alarm.procedure == EmailCase.procedure_name()]
    if 0 < len(mine) <= AT_MOST:
        for case in EmailCase.objects.filter(pk__in=mine):
            publish(case)
    elif mine:
        lists: dict[str, set[str]] = defaultdict(set)
        with connection.cursor() as cursor:
            cursor.execute(_PLACES, [mine])
            for row in cursor.fetchall():
                lists[row[0]].update(lists_of(SimpleNamespace(**dict(zip(PLACE, row, strict=True)))))
        for desk, words in lists.items():
            tell("case", *sorted(words), desk=desk)
    if mine:
        tell("board")
