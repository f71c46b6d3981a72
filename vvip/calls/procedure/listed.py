"""W-26 5.2.5, 5.2.6, 5.3.3, 5.3.4: listed or VVIP; the way-out script is read, the callback entered."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.knowledge.models import Version
from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine, is_ready
from vvip.calls import effects, forms, guards
from vvip.calls.procedure.base import LOKAL, TIER1, CallBase
from vvip.calls.states import Outcome, State


class Listed(CallBase):
    class Meta:
        abstract = True

    # --- 5.2.5, 5.2.6, 5.3.3, 5.3.4 listed or VVIP ---------------------------------------------------------------
    @step(
        requirement="V-05",
        clause="W-26 5.2.5, 5.3.3",
        label=_("Read the way-out script"),
        roles=TIER1,
        source=[State.LIST_CHECKED, State.T1_ANALYSED],
        target=State.WAYOUT_READ,
        form=forms.WayOutForm,
        guards=[is_mine, guards.is_listed, guards.has_script, guards.knows_script],
    )
    def read_way_out(self, *, version: Version, opened_at: datetime, at: datetime) -> None:
        self.script, self.script_opened_at, self.script_read_at = version, opened_at, at

    @step(
        requirement="V-06",
        clause="W-26 5.2.6, 5.3.4",
        label=_("Enter the callback"),
        roles=TIER1,
        source=State.WAYOUT_READ,
        target=State.CALLBACK_QUEUED,
        form=forms.CallbackForm,
        guards=[is_mine, guards.nothing_waits],
        effects=[effects.open_callback, effects.handled],
    )
    def queue_callback(self, *, note: str) -> None:
        self._let_go(note)

    @step(
        requirement="V-06",
        clause=LOKAL,
        label=_("Join the callback that waits"),
        roles=TIER1,
        source=[State.LIST_CHECKED, State.WAYOUT_READ, State.T1_ANALYSED],
        target=State.CLOSED,
        guards=[is_mine, guards.something_waits],
        effects=[effects.join_callback, effects.stop_clocks],
    )
    def join_callback(self) -> None:
        self.outcome = Outcome.ATTACHED

    @step(
        requirement="V-20",
        clause=LOKAL,
        label=_("The customer called first: help now"),
        roles=TIER1,
        source=State.CALLBACK_QUEUED,
        target=[State.T1_ANALYSED, State.SOLVED],
        form=forms.InboundForm,
        guards=[is_ready, guards.is_not_held],
        effects=[effects.cancel_callback, effects.back_at_desk],
        then=["close"],
    )
    def help_now(
        self, *, asked: list[str], matched: list[str], analysis: str, solution: str, actor: User, at: datetime
    ) -> str:
        """Who is on the line now has to be the customer, as in the first call (5.2.3)."""
        self.questions_asked, self.questions_matched, self.verified_at = asked, matched, at
        self._hold(actor, at)
        self.analysis = analysis
        return self._solved(solution) if solution else State.T1_ANALYSED

    @step(
        requirement="V-03",
        clause=LOKAL,
        label=_("Somebody else calls: the data do not match"),
        roles=TIER1,
        source=State.CALLBACK_QUEUED,
        target=None,
        form=forms.FailForm,
        guards=[is_ready],
    )
    def refuse_caller(self) -> None:
        """Nothing is told to them; the customer is called back as promised."""
