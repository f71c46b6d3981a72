"""W-26 5.2.6 c, 5.3.4 c, d, 5.3.6: Tier 2 escalates; then it is solved, or the back-end is asked."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine
from vvip.callbacks import effects, forms, guards
from vvip.callbacks.procedure.base import LOKAL, SYSTEM, TIER2, CallbackBase
from vvip.callbacks.states import ALL, LIVE, State
from vvip.calls import forms as call_forms
from vvip.calls.states import Asked


class Escalation(CallbackBase):
    class Meta:
        abstract = True

    # --- 5.2.6 c, 5.3.4 c escalated ------------------------------------------------------------------------------
    @step(
        requirement="V-10",
        clause="W-26 5.2.6 c",
        label=_("Escalate as the list orders"),
        roles=TIER2,
        source=State.CONNECTED,
        target=None,
        form=forms.RequestForm,
        guards=[is_mine, guards.is_not_asked, guards.is_answered, guards.has_request],
        effects=[effects.escalate],
    )
    def escalate_by_request(self, *, how: str) -> None:
        self._escalate(how)

    @step(
        requirement="V-10",
        clause="W-26 5.3.4 c",
        label=_("Escalate by the SOP"),
        roles=TIER2,
        source=State.CONNECTED,
        target=None,
        form=forms.EscalateForm,
        guards=[is_mine, guards.is_not_asked, guards.is_answered, guards.is_by_sop],
        effects=[effects.escalate],
    )
    def escalate_by_sop(self, *, how: str) -> None:
        self._escalate(how)

    @step(
        requirement="V-10",
        clause="W-26 5.2.6 c, 5.3.4 c",
        label=_("The escalation arrived"),
        roles=SYSTEM,
        source=LIVE,
        target=None,
        effects=[effects.call_escalated],
    )
    def confirm_escalation(self, *, at: datetime) -> None:
        """Also after an appointment was made: nobody waits for an answer that has come."""
        self.escalated_at, self.problem_words = at, ""

    @step(
        requirement="X-04",
        clause=LOKAL,
        label=_("A system did not take it"),
        roles=SYSTEM,
        source=ALL,
        target=None,
    )
    def note_problem(self, *, note: str) -> None:
        self.problem_words = note

    @step(
        requirement="X-04",
        clause=LOKAL,
        label=_("The callback application says otherwise"),
        roles=SYSTEM,
        source=ALL,
        target=None,
    )
    def note_application(self, *, note: str) -> None:
        self.application = note

    @step(
        requirement="X-04",
        clause=LOKAL,
        label=_("The callback application knows it now"),
        roles=SYSTEM,
        source=ALL,
        target=None,
        effects=[effects.catch_up],
    )
    def catch_up(self) -> None: ...

    # --- solved, or to the back-end ------------------------------------------------------------------------------
    @step(
        requirement="V-11",
        clause=LOKAL,
        label=_("Solved"),
        roles=TIER2,
        source=State.CONNECTED,
        target=State.DONE,
        form=call_forms.SolveForm,
        guards=[is_mine, guards.is_not_asked, guards.class_is_taken],
        effects=[effects.completed, effects.call_solved, effects.stop_clocks],
    )
    def solve(self) -> None:
        self.let_go()

    @step(
        requirement="V-12b",
        clause="W-26 5.3.6",
        label=_("To the back-end"),
        roles=TIER2,
        source=State.CONNECTED,
        target=None,
        form=call_forms.BackendForm,
        guards=[is_mine, guards.is_not_asked, guards.class_is_taken, guards.is_special],
        effects=[effects.call_asks(Asked.BACKEND, _("the team leader is asked"))],
    )
    def ask_for_backend(self) -> None: ...

    @step(
        requirement="V-12",
        clause="W-26 5.3.4 d",
        label=_("Super emergency, and to the back-end"),
        roles=TIER2,
        source=State.CONNECTED,
        target=None,
        form=call_forms.BackendForm,
        guards=[is_mine, guards.is_not_asked, guards.is_unsolved_vvip],
        effects=[effects.call_asks(Asked.SUPER, _("the team leader is asked for a super emergency"))],
    )
    def ask_for_emergency(self) -> None: ...

    @step(
        requirement="V-12 V-12b",
        clause="W-26 5.3.4 d, 5.3.6",
        label=_("The back-end has it"),
        roles=SYSTEM,
        source=State.CONNECTED,
        target=State.DONE,
        effects=[effects.completed, effects.stop_clocks],
    )
    def hand_over(self) -> None:
        self.let_go()
