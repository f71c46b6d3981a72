"""Clocks that warn or are overdue reach the open pages: the case's own, and the lists that it stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tenesa.timers.telling import Alarm
from tenesa.ui.live import publish, tell
from tickets.concerns import lists_of
from tickets.models import EmailCase

AT_MOST = 50  # cases told one by one; of more, as after a standstill of beat, only the lists hear


def told(alarms: Sequence[Alarm]) -> None:
    mine = [alarm.case_id for alarm in alarms if alarm.procedure == EmailCase.procedure_name()]
    cases = EmailCase.objects.filter(pk__in=mine)
    if 0 < len(mine) <= AT_MOST:
        for case in cases:
            publish(case)
    elif mine:
        lists: dict[str, set[str]] = defaultdict(set)
        for case in cases.only("state", "owner", "awaits", "triage", "urgent_for", "desk"):
            lists[case.desk_id].update(lists_of(case))
        for desk, words in lists.items():
            tell("case", *sorted(words), desk=desk)
    if mine:
        tell("board")
