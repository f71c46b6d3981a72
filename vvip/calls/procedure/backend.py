"""W-26 5.2.8, 5.3.4 d, 5.3.6: the back-end is asked through the team leader, and answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine
from vvip.calls import effects, forms, guards
from vvip.calls.duty import is_there
from vvip.calls.procedure.base import DESK, LOKAL, SYSTEM, TIER1, CallBase
from vvip.calls.states import REACHED, Asked, State


class Backend(CallBase):
    class Meta:
        abstract = True

    # --- 5.2.8, 5.3.4 d, 5.3.6 to the back-end -------------------------------------------------------------------
    @step(
        requirement="V-14",
        clause="W-26 5.2.8",
        label=_("To the back-end"),
        roles=TIER1,
        source=State.T1_ANALYSED,
        target=State.BACKEND_WAIT_APPROVAL,
        form=forms.BackendForm,
        guards=[is_mine],
        effects=[effects.ask_leader, effects.handled],
    )
    def ask_for_backend(self) -> None:
        self.ask_backend(Asked.BACKEND, State.T1_ANALYSED)

    @step(
        requirement="V-12b V-12",
        clause="W-26 5.3.4 d, 5.3.6",
        label=_("Tier 2 asks for the back-end"),
        roles=SYSTEM,
        source=REACHED,
        target=State.BACKEND_WAIT_APPROVAL,
        effects=[effects.ask_leader],
    )
    def tier2_asks(self, *, asked: str) -> None:
        self.ask_backend(Asked(asked), str(self.state))

    @step(
        requirement="V-12",
        clause="W-26 5.3.4 d",
        label=_("Super emergency"),
        roles=SYSTEM,
        source=State.BACKEND_WAIT_APPROVAL,
        target=State.SUPER_EMERGENCY,
        guards=[guards.asks_super],
        effects=[effects.emergency_on, effects.log_emergency],
        then=["hand_to_backend"],
    )
    def declare_emergency(self, *, decided_by: User | None, at: datetime) -> None:
        owner = self.tier2 or decided_by
        if owner is not None:
            self.begin_emergency(owner, at + timedelta(minutes=settings.W26["news_minutes"]))

    @step(
        requirement="V-12 V-12b V-14",
        clause="W-26 5.2.8, 5.3.4 d, 5.3.6",
        label=_("The back-end has it"),
        roles=SYSTEM,
        source=[State.BACKEND_WAIT_APPROVAL, State.SUPER_EMERGENCY],
        target=State.BACKEND,
        guards=[guards.is_declared],
        effects=[effects.backend_clock, effects.end_callback],
    )
    def hand_to_backend(self) -> None:
        """Whoever owns a super emergency keeps it in hand: its clocks warn them first."""
        self.owner, self.lease_until = self.emergency_owner, None

    @step(
        requirement="V-21",
        clause=LOKAL,
        label=_("The team leader returned it"),
        roles=SYSTEM,
        source=State.BACKEND_WAIT_APPROVAL,
        target=[State.T1_ANALYSED, *REACHED],
        effects=[effects.back_at_desk],
    )
    def return_to_agent(self, *, note: str, at: datetime) -> str:
        self.remark, self.asked = note, Asked.NOTHING
        if self.came_from == State.T1_ANALYSED:
            self._catch_up(at)
            if self.owner is not None:
                self._hold(self.owner, at)
        return self.came_from

    @step(
        requirement="V-15",
        clause=LOKAL,
        label=_("The back-end answered"),
        roles=DESK | {Role.API_CLIENT, Role.TELKOM_UNIT} | SYSTEM,
        source=State.BACKEND,
        target=[State.SOLVED, State.T2_PICKED, State.CALLBACK_QUEUED, State.T1_ANALYSED],
        form=forms.ResultForm,
        guards=[guards.has_customer_or_leads],
        effects=[effects.answered, effects.callback_again, effects.back_at_desk, effects.end_question],
        then=["close"],
    )
    def take_result(self, *, answer: str, solved: bool, at: datetime) -> str:
        """Tier 2 has the customer again: the agent who spoke with them last, or the queue where that agent has gone or
        holds as many as allowed (requirements 7.1)."""
        self.backend_answer = answer
        if solved:
            return self._solved(answer)
        self._catch_up(at)
        if self.tier2 is None or self.waiting_callback() is not None:  # type: ignore[attr-defined]
            self.owner, self.lease_until = None, None  # whoever owned an emergency of Tier 2 is none of this desk
            return State.T1_ANALYSED
        ready = is_there(self.tier2) and self.has_room(self.tier2)  # type: ignore[attr-defined]
        return State.T2_PICKED if ready else State.CALLBACK_QUEUED
