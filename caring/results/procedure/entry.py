"""P-01 5.3, 8 langkah 6: the result of every call is entered into both applications."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from caring.results import effects, forms, guards
from caring.results.procedure.base import AGENTS, LEADERS, LOKAL, SYSTEM, ResultBase
from caring.results.states import ALL, Awaits, State
from tenesa.accounts.models import User
from tenesa.workflow.step import START, step


class Entry(ResultBase):
    class Meta:
        abstract = True

    @step(
        requirement="C-05 C-08 C-09 X-03",
        clause="P-01 5.3, 8 langkah 3",
        label=_("Result of the call"),
        roles={*AGENTS, *SYSTEM},
        source=START,
        target=[State.DRAFT, State.ENTERING],
        effects=[effects.promise, effects.enter],
    )
    def record(self) -> str:
        return State.DRAFT if self.awaits else State.ENTERING

    @step(
        requirement="C-09 X-11",
        clause=LOKAL,
        label=_("Agree to it"),
        roles=LEADERS,
        source=State.DRAFT,
        target=State.ENTERING,
        form=forms.NoteForm,
        guards=[guards.may_agree],
        effects=[effects.enter],
    )
    def allow(self, *, actor: User) -> None:
        """The offer is above its limit, or the complaint is to be decided."""
        self.awaits = Awaits.NOTHING
        self.involve(actor)

    @step(
        requirement="C-09 X-11",
        clause=LOKAL,
        label=_("Do not agree: call again"),
        roles=LEADERS,
        source=State.DRAFT,
        target=State.RECALL,
        form=forms.ReasonForm,
        guards=[guards.may_agree],
        effects=[effects.call_again, effects.stop_clocks],
    )
    def refuse(self, *, reason: str, actor: User) -> None:
        self.recommendation, self.awaits = reason, Awaits.NOTHING
        self.involve(actor)

    @step(
        requirement="C-10",
        clause="P-01 5.3, 6.7",
        label=_("The softphone tells how the call went"),
        roles=SYSTEM,
        source=ALL,
        target=None,
        guards=[guards.lacks_log],
        effects=[effects.enter, effects.correct_log],
    )
    def note_call_log(self, *, duration: int = 0, recording: str = "") -> None:
        """What QC has judged stays as it was. Without a duration the softphone gave no answer: nobody waits longer."""
        self.log_awaited = False
        if self.judged_version is None:
            self.duration = duration or self.duration
            if recording and self.recording in {"", self.call_id}:
                self.recording = recording

    @step(
        requirement="C-10",
        clause="P-01 5.3, 8 langkah 6",
        label=_("One application has it"),
        roles=SYSTEM,
        source=State.ENTERING,
        target=None,
        then=["enter_done"],
    )
    def confirm_entry(self, *, system: str, reference: str) -> None:
        self.entered_in = sorted({*self.entered_in, system})
        if system == "mycx":
            self.mycx_ref = reference
        else:
            self.tamara_ref = reference

    @step(
        requirement="C-10",
        clause="P-01 5.3, 8 langkah 6",
        label=_("Both applications have it"),
        roles=SYSTEM,
        source=State.ENTERING,
        target=[State.ENTERED, State.APPROVED],
        guards=[guards.is_in_both],
        effects=[effects.stop_clocks],
        then=["draw_for_qc", "confirm_unsampled"],
    )
    def enter_done(self, *, at: datetime) -> str:
        """An unchanged re-send of what QC approved stays approved."""
        self.entered_at, self.entry_problem, self.difference, self.reinput_by = at, "", "", None
        return State.APPROVED if self.is_judged and self.approved else State.ENTERED

    @step(
        requirement="C-10",
        clause="P-01 5.3, 8 langkah 6",
        label=_("An application refused it"),
        roles=SYSTEM,
        source=State.ENTERING,
        target=State.REINPUT,
        effects=[effects.reinput_clock],
    )
    def note_refusal(self, *, problem: str) -> None:
        self.entry_problem = problem[:300]

    @step(
        requirement="C-10 C-18",
        clause="P-01 8 langkah 5, 8 langkah 6",
        label=_("Enter again"),
        roles=AGENTS,
        source=State.REINPUT,
        target=State.ENTERING,
        form=forms.ReinputForm,
        guards=[guards.is_own],
        effects=[effects.enter],
    )
    def reenter(self, *, reason: str, note: str, actor: User) -> None:
        """Changed content is a new version, which QC judges anew; an unchanged one is only sent again."""
        if (reason, note) != (self.reason, self.remark):
            self.reason, self.remark = reason, note
            self.result_version, self.entered_in = self.result_version + 1, []
            self.qco, self.approved = None, None
        elif self.difference:  # one of them holds something else: both are told again
            self.entered_in = []
        self.entry_problem = ""
        self.involve(actor)
