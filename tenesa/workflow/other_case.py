"""A step that moves another case in its own transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tenesa.workflow.perform import perform_beside
from tenesa.workflow.step import OnOther

if TYPE_CHECKING:
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case


@dataclass(frozen=True)
class StepOn(OnOther):
    """A step of the system on another case, of this procedure or of another; where that case refuses, neither step is
    taken. With `where` it is left out unless the other, read under its lock, is in one of these states; `other` is only
    a reference then and need not be read."""

    other: Case
    step: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    where: Collection[str] = ()

    def write(self, case: Case, event: Event) -> None:
        perform_beside(self.other, self.step, where=self.where, **self.inputs)
