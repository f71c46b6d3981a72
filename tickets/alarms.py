"""Clocks that warn or are overdue reach the open pages: the case's own, and the lists that it stands in."""

from __future__ import annotations

from collections.abc import Sequence

from tenesa.timers.telling import Alarm
from tenesa.ui.live import publish, tell
from tickets.models import EmailCase

AT_MOST = 100  # cases told one by one; after a standstill of beat there may be thousands, and the board says so


def told(alarms: Sequence[Alarm]) -> None:
    mine = [alarm.case_id for alarm in alarms if alarm.procedure == EmailCase.procedure_name()]
    for case in EmailCase.objects.filter(pk__in=mine[:AT_MOST]):
        publish(case)
    if mine:
        tell("board")
