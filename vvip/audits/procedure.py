"""W-26 4: a call that was drawn is judged by somebody who had nothing to do with it.

The document names the measure alone; how calls are drawn, judged and what becomes of an objection is `lokal`
(ADR-0036). What was judged is never changed: a correction is another audit in its place.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.timers.effects import stop
from tenesa.workflow.step import START, step
from tenesa.workspace.common_steps import note_step
from vvip.audits import effects, forms, guards
from vvip.audits.columns import LEADERS, AuditColumns
from vvip.audits.states import ALL, ANSWER, JUDGE, JUDGED, State

JUDGED_PEOPLE = {Role.AGENT_147, Role.AGENT_TIER2, Role.TEAM_LEADER, Role.SUPERVISOR}
SYSTEM = {Role.SYSTEM}
LOKAL = "lokal: ADR-0036"


class AuditProcedure(AuditColumns):
    document = "W-26"
    revision = "00"
    prefix, page, waits_in = "AU", "audits:case", (State.DRAWN, State.OBJECTED)
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)

    class Meta:
        abstract = True

    @step(
        requirement="X-12",
        clause="W-26 4",
        label=_("Drawn for an audit"),
        roles=SYSTEM,
        source=START,
        target=State.DRAWN,
        effects=[effects.judge_clock],
    )
    def draw(self) -> None:
        self.workers = self.people()  # type: ignore[attr-defined]
        self.educated_by_id, self.escalated_by_id = self.doers()  # type: ignore[attr-defined]

    @step(
        requirement="X-12",
        clause="W-26 4",
        label=_("Judge the call"),
        roles=LEADERS,
        source=State.DRAWN,
        target=State.DONE,
        form=forms.TickForm,
        guards=[guards.did_not_work],
        effects=[effects.keep_ticks, stop(JUDGE)],
    )
    def audit(self, *, ticks: dict[str, str], note: str, actor: User, at: datetime) -> None:
        self.workers, self.remark = self.people(), note  # type: ignore[attr-defined]
        self.judge(ticks, actor, at)

    @step(
        requirement="X-12",
        clause=LOKAL,
        label=_("Object"),
        roles=JUDGED_PEOPLE,
        source=State.DONE,
        target=State.OBJECTED,
        form=forms.ObjectionForm,
        guards=[guards.is_judged, guards.is_first],
        effects=[effects.answer_clock],
    )
    def raise_objection(self, *, reason: str) -> None:
        self.objection = reason

    @step(
        requirement="X-12",
        clause=LOKAL,
        label=_("The audit stands"),
        roles=LEADERS,
        source=State.OBJECTED,
        target=State.DONE,
        form=forms.NoteForm,
        guards=[guards.did_not_work, guards.is_not_auditor],
        effects=[stop(ANSWER)],
    )
    def keep(self, *, note: str) -> None:
        self.remark = note

    @step(
        requirement="X-12",
        clause=LOKAL,
        label=_("Judge it anew"),
        roles=LEADERS,
        source=JUDGED,
        target=State.SUPERSEDED,
        form=forms.CorrectForm,
        guards=[guards.did_not_work, guards.is_not_auditor],
        effects=[effects.open_replacement, stop(ANSWER)],
    )
    def correct(self, *, reason: str) -> None:
        self.remark = reason

    @step(
        requirement="X-12",
        clause=LOKAL,
        label=_("Stands in the place of an earlier audit"),
        roles=SYSTEM,
        source=START,
        target=State.DONE,
        effects=[effects.keep_ticks],
    )
    def replace(self, *, auditor: User, ticks: dict[str, str], note: str, at: datetime) -> None:
        self.workers, self.remark = self.people(), note  # type: ignore[attr-defined]
        self.judge(ticks, auditor, at)

    note = note_step(clause=LOKAL, roles=LEADERS, source=ALL)
