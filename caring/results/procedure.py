"""OB.IN.OCC.TELK.P-01 5.3, 8 steps 3 - 6: a result is entered into both applications, judged by QC and checked.

`Entry` is step 6 and clause 5.3, `Quality` step 4, `Checking` step 5. Appeals, leases and samples are `lokal`
(requirements 8.1; ADR-0037). What QC has judged never changes: a recall makes another result in its place.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from caring.prospects.states import State as Prospects
from caring.quality.models import Verdict
from caring.results import effects, forms, guards
from caring.results.columns import ResultColumns
from caring.results.states import ALL, CHECKED, OF_AGENT, OF_LEADER, OF_QC, Awaits, Ended, State
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.reporting.models import Sample
from tenesa.workflow.step import START, step
from tenesa.workspace.common_steps import note_step
from tenesa.workspace.ownership import is_mine, is_ready

AGENTS = {Role.AGENT_CARING, Role.TEAM_LEADER}
LEADERS = {Role.TEAM_LEADER, Role.SUPERVISOR}
QC = {Role.QCO}
SYSTEM = {Role.SYSTEM}
LOKAL = "lokal: ADR-0037"
NOT_CALLED = {Prospects.PAID, Prospects.EXCLUDED, Prospects.EXHAUSTED}


class ResultBase(ResultColumns):
    document = "P-01"
    revision = "00"
    prefix, page, waits_in = "HC", "results:case", (*OF_LEADER, *OF_QC, *OF_AGENT)
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)

    class Meta:
        abstract = True


class Entry(ResultBase):
    """5.3 and step 6: the result of every call is entered into both applications."""

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


class Quality(ResultBase):
    """Step 4: QC validates a sample; what does not fit is returned and called again."""

    class Meta:
        abstract = True

    @step(
        requirement="C-11",
        clause="P-01 8 langkah 4",
        label=_("Drawn for QC"),
        roles=SYSTEM,
        source=State.ENTERED,
        target=State.QC_QUEUED,
        guards=[guards.is_for_qc],
        effects=[effects.judge_clock],
    )
    def draw_for_qc(self) -> None: ...

    @step(
        requirement="C-11",
        clause="P-01 8 langkah 4",
        label=_("Not in the sample"),
        roles=SYSTEM,
        source=State.ENTERED,
        target=None,
        guards=[guards.is_promise, guards.is_not_for_qc],
        effects=[effects.confirm_promise],
    )
    def confirm_unsampled(self) -> None: ...

    @step(
        requirement="C-11",
        clause=LOKAL,
        label=_("Drawn at random for QC"),
        roles=SYSTEM,
        source=State.ENTERED,
        target=State.QC_QUEUED,
        guards=[guards.is_undrawn],
        effects=[effects.judge_clock],
    )
    def draw_at_random(self, *, sample: Sample) -> None:
        self.sampled, self.sample = True, sample

    @step(
        requirement="C-12",
        clause="P-01 9.3",
        label=_("Take for QC"),
        roles=QC,
        source=State.QC_QUEUED,
        target=State.QC_CLAIMED,
        guards=[is_ready, guards.did_not_work, guards.is_other_arbiter, guards.has_room],
        effects=[effects.only_so_many, effects.fetch_recording],
    )
    def claim(self, *, actor: User, at: datetime) -> None:
        self.owner, self.lease_until = actor, self.kept_until(at)

    @step(
        requirement="C-12",
        clause="P-01 9.3",
        label=_("Recording found"),
        roles=SYSTEM,
        source=OF_QC,
        target=None,
    )
    def note_recording(self, *, recording: str) -> None:
        if self.judged_version is None:  # what was judged stays as it was
            self.recording = self.recording or recording

    @step(
        requirement="C-12",
        clause=LOKAL,
        label=_("Put back into the queue"),
        roles=QC,
        source=State.QC_CLAIMED,
        target=State.QC_QUEUED,
        form=forms.NoteForm,
        guards=[is_mine],
    )
    def give_back(self) -> None:
        self._let_go()

    @step(
        requirement="C-12",
        clause=LOKAL,
        label=_("Whoever held it has gone"),
        roles=SYSTEM,
        source=State.QC_CLAIMED,
        target=State.QC_QUEUED,
        guards=[guards.is_abandoned],
    )
    def lose_lease(self) -> None:
        self._let_go()

    def _let_go(self) -> None:
        self.owner, self.lease_until = None, None

    @step(
        requirement="C-13",
        clause="P-01 8 langkah 4, 9.1",
        label=_("Approve"),
        roles=QC,
        source=State.QC_CLAIMED,
        target=State.APPROVED,
        form=forms.VerdictForm,
        guards=[is_mine, guards.did_not_work, guards.is_other_arbiter],
        effects=[
            effects.judged(Verdict.Decision.APPROVED, _("verdict: all six criteria are met (F-18)")),
            effects.tell_verdict,
            effects.confirm_promise,
            effects.stop_clocks,
        ],
    )
    def approve(self, *, actor: User, at: datetime) -> None:
        self._judge(actor, at, approved=True)
        self.return_class, self.recommendation, self.returned_at = "", "", None

    @step(
        requirement="C-14",
        clause="P-01 8 langkah 4, 9.2",
        label=_("Return"),
        roles=QC,
        source=State.QC_CLAIMED,
        target=State.RETURNED,
        form=forms.ReturnForm,
        guards=[is_mine, guards.did_not_work, guards.is_other_arbiter],
        effects=[
            effects.judged(Verdict.Decision.RETURNED, _("verdict: a criterion is not met (F-18)")),
            effects.tell_verdict,
            effects.follow_clock,
        ],
    )
    def return_to_agent(self, *, return_class: str, recommendation: str, actor: User, at: datetime) -> None:
        if not self.appeal_open:  # an appeal that is lost gives no new time
            self.returned_at = at
        self._judge(actor, at, approved=False)
        self.return_class, self.recommendation = return_class, recommendation

    @step(
        requirement="C-14",
        clause=LOKAL,
        label=_("Not valid"),
        roles=QC,
        source=State.QC_CLAIMED,
        target=State.FINAL,
        form=forms.ReturnForm,
        guards=[is_mine, guards.did_not_work, guards.is_other_arbiter, guards.may_be_not_valid],
        effects=[
            effects.judged(Verdict.Decision.NOT_VALID, _("verdict: not valid")),
            effects.tell_verdict,
            effects.unmake_promise,
            effects.stop_clocks,
        ],
    )
    def reject(self, *, return_class: str, recommendation: str, actor: User, at: datetime) -> None:
        self._judge(actor, at, approved=False)
        self.return_class, self.recommendation, self.ended_how = return_class, recommendation, Ended.NOT_VALID

    def _judge(self, qco: User, at: datetime, *, approved: bool) -> None:
        self._let_go()
        self.qco, self.judged_at, self.judged_version = qco, at, self.result_version
        self.approved, self.appeal_open = approved, False

    @step(
        requirement="C-15",
        clause="P-01 9.2",
        label=_("Appeal"),
        roles=AGENTS,
        source=State.RETURNED,
        target=State.QC_QUEUED,
        form=forms.ReasonForm,
        guards=[guards.is_own, guards.may_appeal, guards.did_not_score],
        effects=[effects.answer_clock],
    )
    def ask_again(self, *, reason: str, actor: User, at: datetime) -> None:
        self.appeal, self.appealed_at, self.appealed_by, self.appeal_open = reason, at, actor, True
        self.involve(actor)

    @step(
        requirement="C-15",
        clause="P-01 8 langkah 4, 9.2",
        label=_("Pass on: call again"),
        roles=LEADERS,
        source=State.RETURNED,
        target=[State.RECALL, State.FINAL],
        form=forms.NoteForm,
        effects=[effects.call_again, effects.follow_clock],
    )
    def pass_on(self, *, actor: User) -> str:
        """Whoever has paid, died or cannot be reached any more is not called again: the verdict stays."""
        self.involve(actor)
        if self.prospect.state not in NOT_CALLED:
            return State.RECALL
        self.ended_how = Ended.PAID if self.prospect.state == Prospects.PAID else Ended.LEFT
        return State.FINAL

    @step(
        requirement="C-16 C-17",
        clause="P-01 8 langkah 4",
        label=_("Called again: another result stands in its place"),
        roles=SYSTEM,
        source=State.RECALL,
        target=State.SUPERSEDED,
        effects=[effects.unmake_promise, effects.stop_clocks],
    )
    def supersede(self) -> None: ...

    @step(
        requirement="C-17",
        clause=LOKAL,
        label=_("Not reached again"),
        roles=SYSTEM,
        source=State.RECALL,
        target=State.FINAL,
        effects=[effects.unmake_promise, effects.stop_clocks],
    )
    def give_up_recall(self) -> None:
        self.ended_how = Ended.LEFT

    @step(
        requirement="C-17",
        clause=LOKAL,
        label=_("Paid meanwhile"),
        roles=SYSTEM,
        source=State.RECALL,
        target=State.FINAL,
        effects=[effects.confirm_promise, effects.stop_clocks],
    )
    def end_paid(self) -> None:
        """The verdict stays; there is nothing left to call about, and the payments judge what was promised."""
        self.ended_how = Ended.PAID


class Checking(ResultBase):
    """Step 5: the team leader lays our result beside both applications."""

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


class ResultProcedure(Entry, Quality, Checking):
    class Meta:
        abstract = True
