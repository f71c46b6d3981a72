"""W-26 5.2.7: neither listed nor VVIP; the agent analyses and solves it. How a call is closed is `lokal`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine
from vvip.calls import effects, forms, guards
from vvip.calls.procedure.base import LOKAL, SYSTEM, TIER1, CallBase
from vvip.calls.states import State


class OwnAnalysis(CallBase):
    class Meta:
        abstract = True

    # --- 5.2.7 not listed ----------------------------------------------------------------------------------------
    @step(
        requirement="V-13",
        clause="W-26 5.2.7",
        label=_("Analyse the case"),
        roles=TIER1,
        source=State.LIST_CHECKED,
        target=State.T1_ANALYSED,
        form=forms.AnalysisForm,
        guards=[is_mine, guards.is_not_listed],
    )
    def analyse(self, *, analysis: str) -> None:
        self.analysis = analysis

    @step(
        requirement="V-13",
        clause="W-26 5.2.7",
        label=_("Read the systems again"),
        roles=TIER1,
        source=[State.LIST_CHECKED, State.WAYOUT_READ, State.T1_ANALYSED],
        target=None,
        guards=[is_mine],
        effects=[effects.read_all],
    )
    def read_systems(self) -> None: ...

    @step(
        requirement="V-16",
        clause="W-26 5.1.1",
        label=_("Ask to lift the isolation"),
        roles=TIER1,
        source=[State.LIST_CHECKED, State.WAYOUT_READ, State.T1_ANALYSED],
        target=None,
        guards=[is_mine, guards.is_about_isolation, guards.may_be_unisolated],
        effects=[effects.ask_unisolation],
    )
    def ask_unisolation(self) -> None: ...

    @step(
        requirement="V-11",
        clause=LOKAL,
        label=_("Solved"),
        roles=TIER1,
        source=State.T1_ANALYSED,
        target=State.SOLVED,
        form=forms.SolveForm,
        guards=[is_mine],
        effects=[effects.handled],
        then=["close"],
    )
    def solve(self, *, solution: str) -> None:
        self._solved(solution)

    @step(
        requirement="V-03 V-11",
        clause=LOKAL,
        label=_("The call is closed"),
        roles=SYSTEM,
        source=[State.SOLVED, State.VERIFY_FAILED],
        target=State.CLOSED,
        effects=[effects.stop_clocks, effects.end_question],
    )
    def close(self) -> None:
        self.owner, self.lease_until = None, None
