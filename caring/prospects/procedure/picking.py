"""P-01 5.1, 8 langkah 1: the list, and who picks what of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from caring.prospects import contact, effects, forms, guards
from caring.prospects.procedure.base import AGENTS, LEADERS, LOKAL, SYSTEM, ProspectBase
from caring.prospects.states import HELD, OPEN, WAITING, State
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.step import START, step
from tenesa.workspace.ownership import TakeOverForm, is_mine, is_ready


class Picking(ProspectBase):
    class Meta:
        abstract = True

    @step(
        requirement="C-01",
        clause="P-01 6.4",
        label=_("Onto the list of prospects"),
        roles={*SYSTEM, *LEADERS, Role.API_CLIENT},
        source=START,
        target=[State.AVAILABLE, State.EXCLUDED],
    )
    def load(self) -> str:
        return State.EXCLUDED if self.excluded_why else State.AVAILABLE

    @step(
        requirement="C-02",
        clause="P-01 5.1, 8 langkah 1",
        label=_("Pick the prospect"),
        roles=AGENTS,
        source=WAITING,
        target=State.PICKED,
        guards=[is_ready, guards.has_room, guards.is_due, guards.is_not_promised, guards.is_of_team, guards.may_call],
        effects=[effects.only_so_many, effects.picked, effects.read_bills, effects.pick_clock],
    )
    def pick(self, *, actor: User, at: datetime) -> None:
        self.hold(actor, at)
        self.bills_read_at, self.bills_problem = None, ""

    @step(
        requirement="C-02",
        clause=LOKAL,
        label=_("Later: the customer may not be called now"),
        roles=AGENTS,
        source=WAITING,
        target=None,
        guards=[guards.may_not_call],
        effects=[effects.keep_refusal],
    )
    def postpone(self, *, at: datetime) -> None:
        self.wait_until(contact.verdict_now(self).next_at or at, at)  # type: ignore[arg-type]

    @step(
        requirement="C-06",
        clause=LOKAL,
        label=_("No number is left"),
        roles=AGENTS,
        source=WAITING,
        target=State.EXHAUSTED,
        guards=[guards.has_no_number],
        effects=[effects.recall_left, effects.released, effects.stop_clocks],
    )
    def drop(self) -> None:
        """Another case has shown that the last of them is dead; nobody waits behind it in the queue."""
        self.ready = False

    @step(
        requirement="C-02",
        clause=LOKAL,
        label=_("Give back"),
        roles=AGENTS,
        source=State.PICKED,
        target=[State.AVAILABLE, State.FOLLOW_UP, State.PAID],
        form=forms.GiveBackForm,
        guards=[is_mine, guards.is_not_dialled],
        effects=[effects.recall_paid, effects.released, effects.appointment_clock],
    )
    def give_back(self, *, note: str, at: datetime) -> str:
        self.remark = note
        return self._back(at)

    @step(
        requirement="C-02",
        clause=LOKAL,
        label=_("Not opened, or not worked on in time: back in the queue"),
        roles=SYSTEM,
        source=HELD,
        target=[State.AVAILABLE, State.FOLLOW_UP, State.PAID],
        guards=[guards.is_abandoned, guards.is_not_dialled],
        effects=[effects.recall_paid, effects.released, effects.appointment_clock],
    )
    def lose_lease(self, *, at: datetime) -> str:
        return self._back(at)

    @step(
        requirement="C-05",
        clause=LOKAL,
        label=_("The result of the call was not entered"),
        roles=SYSTEM,
        source=State.IN_CALL,
        target=None,
        guards=[guards.is_abandoned, guards.is_dialled],
        effects=[effects.result_clock],
    )
    def miss_result(self) -> None:
        """Every call has its result (5.3): it stays with whoever made it, or whom a leader gives it to."""
        self.lease_until = None

    def _back(self, at: datetime) -> str:
        self.let_go(at)
        return self._waits()

    @step(
        requirement="C-02",
        clause=LOKAL,
        label=_("Give to a team"),
        roles=LEADERS,
        source=OPEN,
        target=None,
        form=forms.QuotaForm,
    )
    def give_to_team(self, *, team: Any) -> None:
        """Who had promised to call need not be there any more."""
        self.team, self.promised_to = team, None

    @step(
        requirement="X-17",
        clause=LOKAL,
        label=_("Give to somebody else"),
        roles=LEADERS,
        source=HELD,
        target=[State.PICKED, State.IN_CALL],
        form=TakeOverForm,
        effects=[effects.pick_clock],
    )
    def take_over(self, *, owner: User, at: datetime) -> str:
        """With a call that was made the new owner says what came of it; it stays the call of whoever made it."""
        if self.state == State.IN_CALL and contact.dialled(self) is not None:  # type: ignore[arg-type]
            self.pass_call(owner, at)
            return State.IN_CALL
        self.hold(owner, at)
        return State.PICKED
