"""Effects on clocks that procedures share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenesa.timers.outgoing import StopTimer
from tenesa.workflow.case import Case
from tenesa.workflow.step import Outgoing, StepContext, effect


def stop(*names: str) -> Any:
    """An effect that stops the named clocks, or all of them."""

    @effect(_("clock stops"))
    def stops(case: Case, taken: StepContext) -> Iterable[Outgoing]:
        yield StopTimer(names)

    return stops
