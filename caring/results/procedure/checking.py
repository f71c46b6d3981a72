"""P-01 8 langkah 5: the team leader lays our result beside both applications."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caring.results import effects, forms, guards
from caring.results.procedure.base import AGENTS, LEADERS, LOKAL, QC, SYSTEM, ResultBase
from caring.results.states import ALL, CHECKED, Ended, State
from tenesa.workflow.step import step
from tenesa.workspace.common_steps import note_step


class Checking(ResultBase):
    class Meta:
        abstract = True

    @step(
        requirement="C-18",
        clause="P-01 8 langkah 5",
        label=_("Differs between the applications"),
        roles={*LEADERS, *SYSTEM},
        source=CHECKED,
        target=State.TL_MISMATCH,
        form=forms.AskReinputForm,
        effects=[effects.reinput_clock],
    )
    def find_mismatch(self, *, difference: str, by: date) -> None:
        self.difference, self.reinput_by = difference[:300], by

    @step(
        requirement="C-18",
        clause="P-01 8 langkah 5",
        label=_("To be entered again"),
        roles={*LEADERS, *SYSTEM},
        source=State.TL_MISMATCH,
        target=State.REINPUT,
        form=forms.AskReinputForm,
        effects=[effects.reinput_clock],
    )
    def ask_reinput(self, *, difference: str, by: date) -> None:
        self.difference, self.reinput_by = difference[:300], by

    @step(
        requirement="C-19",
        clause="P-01 8 langkah 5",
        label=_("Checked: final"),
        roles={*LEADERS, *SYSTEM},
        source=CHECKED,
        target=State.FINAL,
        guards=[guards.is_through_qc],
        effects=[effects.stop_clocks],
    )
    def finalise(self) -> None:
        self.ended_how = Ended.CHECKED

    @step(
        requirement="C-20",
        clause="P-01 6.8",
        label=_("What became of the promise"),
        roles=SYSTEM,
        source=ALL,
        target=None,
        guards=[guards.is_promise],
        effects=[effects.judge_promise],
    )
    def judge_promise(self, *, verdict: str, paid: int) -> None: ...

    @step(
        requirement="C-20",
        clause=LOKAL,
        label=_("Remind of the promise"),
        roles=SYSTEM,
        source=ALL,
        target=None,
        guards=[guards.is_promise],
        effects=[effects.remind],
    )
    def remind(self, *, at: datetime) -> None:
        self.reminded_on = timezone.localdate(at)

    @step(
        requirement="C-20",
        clause="P-01 6.8",
        label=_("Ask I-payment about the promise"),
        roles={*SYSTEM, *LEADERS},
        source=ALL,
        target=None,
        guards=[guards.is_promise],
        effects=[effects.ask_payments],
    )
    def ask_payments(self) -> None: ...

    note = note_step(clause=LOKAL, roles={*AGENTS, *LEADERS, *QC}, source=ALL)
