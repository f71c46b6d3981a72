"""W-26 5.2.6, 5.3.4: what Tier 2 does, moved by the steps of the callback (`vvip.callbacks.procedure`)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.workflow.step import step
from vvip.calls import effects
from vvip.calls.procedure.base import LOKAL, SYSTEM, CallBase
from vvip.calls.states import AT_TIER2, REACHED, Outcome, State


class Tier2(CallBase):
    class Meta:
        abstract = True

    # --- 5.2.6, 5.3.4 what Tier 2 does, by the steps of the callback ---------------------------------------------
    @step(
        requirement="V-07",
        clause="W-26 5.2.6 a, 5.3.4 a",
        label=_("Tier 2 has taken it"),
        roles=SYSTEM,
        source=State.CALLBACK_QUEUED,
        target=State.T2_PICKED,
    )
    def tier2_takes(self, *, agent: User) -> None:
        self.tier2 = agent

    @step(
        requirement="X-17",
        clause=LOKAL,
        label=_("Somebody else of Tier 2 has it"),
        roles=SYSTEM,
        source=[*AT_TIER2, State.BACKEND_WAIT_APPROVAL],
        target=None,
    )
    def tier2_changes(self, *, agent: User) -> None:
        self.tier2 = agent

    @step(
        requirement="V-04",
        clause="W-26 5.3.2",
        label=_("Tier 2 takes the new class"),
        roles=SYSTEM,
        source=[*AT_TIER2, State.BACKEND_WAIT_APPROVAL],
        target=None,
    )
    def tier2_sees_class(self, *, at: datetime) -> None:
        self._see_class(at)

    @step(
        requirement="V-08",
        clause="W-26 5.2.6 b, 5.3.4 b",
        label=_("Tier 2 has analysed it"),
        roles=SYSTEM,
        source=[State.T2_PICKED, State.T2_ANALYSED],
        target=State.T2_ANALYSED,
    )
    def tier2_analyses(self, *, analysis: str) -> None:
        self.analysis = analysis

    @step(
        requirement="V-09",
        clause="W-26 5.2.6 c, 5.3.4 c",
        label=_("Tier 2 has reached the customer"),
        roles=SYSTEM,
        source=State.T2_ANALYSED,
        target=State.T2_CONTACTED,
    )
    def tier2_reaches(self) -> None: ...

    @step(
        requirement="V-10",
        clause="W-26 5.2.6 c, 5.3.4 c",
        label=_("Tier 2 has escalated it"),
        roles=SYSTEM,
        source=REACHED,
        target=State.T2_ESCALATED,
    )
    def tier2_escalates(self) -> None: ...

    @step(
        requirement="V-11",
        clause=LOKAL,
        label=_("Tier 2 has solved it"),
        roles=SYSTEM,
        source=REACHED,
        target=State.SOLVED,
        then=["close"],
    )
    def tier2_solves(self, *, solution: str) -> None:
        self._solved(solution)

    @step(
        requirement="V-17 V-18",
        clause=LOKAL,
        label=_("Back in the queue of Tier 2"),
        roles=SYSTEM,
        source=AT_TIER2,
        target=State.CALLBACK_QUEUED,
    )
    def back_in_queue(self, *, at: datetime) -> None:
        self._catch_up(at)

    @step(
        requirement="V-19",
        clause=LOKAL,
        label=_("The callback expired"),
        roles=SYSTEM,
        source=State.CALLBACK_QUEUED,
        target=State.CLOSED,
        effects=[effects.stop_clocks, effects.end_question],
    )
    def callback_expired(self, *, note: str) -> None:
        self.remark, self.outcome = note, Outcome.UNREACHED
