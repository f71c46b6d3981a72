"""P-01 8 langkah 4: QC validates a sample; what does not fit is returned and called again."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from caring.prospects.states import State as Prospects
from caring.quality.models import Verdict
from caring.results import effects, forms, guards
from caring.results.procedure.base import AGENTS, LEADERS, LOKAL, NOT_CALLED, QC, SYSTEM, ResultBase
from caring.results.states import OF_QC, Ended, State
from tenesa.accounts.models import User
from tenesa.reporting.models import Sample
from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine, is_ready


class Quality(ResultBase):
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
            self.recording = recording if self.recording in {"", self.call_id} else self.recording

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
        label=_("Not opened, or not worked on in time: back in the queue"),
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
        found = NOT_CALLED.get(Prospects(self.prospect.state))
        if found is None:
            return State.RECALL
        self.ended_how = found
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
        label=_("The customer is not called any more"),
        roles=SYSTEM,
        source=State.RECALL,
        target=State.FINAL,
        effects=[effects.unmake_promise, effects.stop_clocks],
    )
    def end_excluded(self, *, why: str) -> None:
        """`why` stays with the step: an exclusion may be lifted later."""
        self.ended_how = Ended.EXCLUDED

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
