"""Clocks started and stopped without a step: what `perform` does with an effect's outgoing, for one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tenesa.audit.models import Event
from tenesa.timers import targets
from tenesa.timers.external_clock import follow
from tenesa.timers.models import Mark
from tenesa.workflow import rows
from tenesa.workflow.step import Decides
from tickets.models import EmailCase


def put(outgoing: Any, case: EmailCase, event: Event) -> None:
    if not isinstance(outgoing, Decides):
        outgoing.write(case, event)
        return
    ahead = outgoing.ahead(case, event)
    row = rows.run([*ahead.parts, (ahead.given, ahead.given_values)]) or ()
    for name, value in zip(ahead.columns, row, strict=True):
        setattr(case, name, value)


def moved(case: EmailCase, name: str, *moves: tuple[Mark.Kind, datetime]) -> None:
    """A clock as another system keeps it: these moves are its whole history."""
    goal = targets.goal(case.procedure_name(), name, case.desk_id, case.segment)
    follow(case, name, moves, goal, note="INC", at=moves[-1][1])
