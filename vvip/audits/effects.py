"""What the steps of an audit set going: the ticks, and the audit that takes the place of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import SYSTEM, User
from tenesa.timers.outgoing import StartTimer
from tenesa.workflow.perform import open_case
from tenesa.workflow.step import AddRow, Outgoing, StepContext, effect
from vvip.audits.states import ANSWER, JUDGE

if TYPE_CHECKING:
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case
    from vvip.audits.models import Audit


@effect(_("clock: judge the call"))
def judge_clock(audit: Audit, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer(JUDGE)


@effect(_("clock: answer the objection"))
def answer_clock(audit: Audit, taken: StepContext) -> Iterable[Outgoing]:
    yield StartTimer(ANSWER)


@effect(_("the verdict of each criterion is kept"))
def keep_ticks(audit: Audit, taken: StepContext) -> Iterable[Outgoing]:
    for tick in audit.ticks_with(taken.inputs["ticks"], taken.at):
        yield AddRow(tick)


@dataclass(frozen=True)
class Replacement:
    """The audit that stands in the place of this one."""

    auditor: User
    ticks: Mapping[str, str]
    note: str

    def write(self, case: Case, event: Event) -> None:
        audit: Any = case
        open_case(audit.successor(), "replace", actor=SYSTEM, auditor=self.auditor, ticks=self.ticks, note=self.note)


@effect(_("another audit stands in its place"))
def open_replacement(audit: Audit, taken: StepContext) -> Iterable[Outgoing]:
    if isinstance(taken.actor, User):
        yield Replacement(taken.actor, taken.inputs["ticks"], taken.inputs["note"])
