"""Clocks that warn or are overdue reach the open pages: the case's own, and the lists that it stands in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from types import SimpleNamespace

from tenesa.timers.alerts import Alarm
from tenesa.ui.live import publish, tell
from tenesa.workspace.desk import Desk, desks

AT_MOST = 50  # cases told one by one; of more, as after a standstill of beat, only the lists hear


def told(alarms: Sequence[Alarm]) -> None:
    mine = {desk: [one.case_id for one in alarms if one.procedure == desk.procedure] for desk in desks()}
    for desk, numbers in mine.items():
        if len(numbers) > AT_MOST:
            _tell_lists(desk, numbers)
            continue
        for case in desk.model._default_manager.filter(pk__in=numbers) if numbers else ():
            publish(case)
    if any(mine.values()):
        tell("board")


def _tell_lists(desk: Desk, numbers: Sequence[int]) -> None:
    """What decides where a case is listed is read once for all that are alike."""
    columns = ("desk_id", *desk.lists_by)
    alike = desk.model._default_manager.filter(pk__in=numbers).order_by().values_list(*columns).distinct()
    words: dict[str, set[str]] = defaultdict(set)
    for row in alike:
        words[row[0]].update(desk.lists_of(SimpleNamespace(**dict(zip(columns, row, strict=True)))))
    for place, lists in words.items():
        tell("case", *sorted(lists), desk=place)
