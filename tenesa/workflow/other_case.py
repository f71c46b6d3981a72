"""A step that moves another case in its own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tenesa.accounts.models import SYSTEM
from tenesa.workflow.perform import perform
from tenesa.workflow.step import OnOther

if TYPE_CHECKING:
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case


@dataclass(frozen=True)
class StepOn(OnOther):
    """A step of the system on another case, of this procedure or of another; where that case refuses, neither step is
    taken."""

    other: Case
    step: str
    inputs: Mapping[str, Any] = field(default_factory=dict)

    def write(self, case: Case, event: Event) -> None:
        perform(self.other, self.step, actor=SYSTEM, **self.inputs)
