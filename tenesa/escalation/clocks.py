"""The clocks of an escalation that run."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from tenesa.timers.models import Timer

PROCEDURE = "escalation.escalation"


def running(of: Any, **which: Any) -> QuerySet[Timer]:
    """Those of one escalation, by its key or by an expression that gives it."""
    return Timer.objects.filter(procedure=PROCEDURE, case_id=of, state=Timer.State.RUNNING, **which)
