"""Clocks started and stopped without a step: what `perform` does with an effect's outgoing, for one of them."""

from __future__ import annotations

from typing import Any

from tenesa.audit.models import Event
from tenesa.workflow import prepared
from tenesa.workflow.step import Decides
from tickets.models import EmailCase


def put(outgoing: Any, case: EmailCase, event: Event) -> None:
    if not isinstance(outgoing, Decides):
        outgoing.write(case, event)
        return
    ahead = outgoing.ahead(case, event)
    row = prepared.run([*ahead.parts, (ahead.given, ahead.given_values)]) or ()
    for name, value in zip(ahead.columns, row, strict=True):
        setattr(case, name, value)
