"""Callbacks given back, left, expired or cancelled, and steps at any time; all `lokal`."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.workflow.step import step
from tenesa.workspace.common_steps import note_step
from tenesa.workspace.ownership import is_mine
from vvip.callbacks import effects, forms, guards
from vvip.callbacks.procedure.base import LEADERS, LOKAL, SYSTEM, TIER2, CallbackBase
from vvip.callbacks.states import ALL, HELD, LEASED, WAITING, State


class Ending(CallbackBase):
    class Meta:
        abstract = True

    # --- given back, left, over ----------------------------------------------------------------------------------
    @step(
        requirement="V-17",
        clause=LOKAL,
        label=_("Give back"),
        roles=TIER2,
        source=LEASED,
        target=State.QUEUED,
        form=forms.GiveBackForm,
        guards=[is_mine, guards.is_not_dialled],
        effects=[effects.call_waits, effects.rescheduled, effects.waiting_clocks],
    )
    def give_back(self, *, note: str) -> None:
        """It has the place again that it had, and rises by all that it waited."""
        self.remark = note
        self._leave()

    @step(
        requirement="V-17",
        clause=LOKAL,
        label=_("Not opened, or not worked on in time: back in the queue"),
        roles=SYSTEM,
        source=LEASED,
        target=State.QUEUED,
        guards=[guards.is_abandoned],
        effects=[effects.call_waits, effects.rescheduled, effects.waiting_clocks, effects.left_clock],
    )
    def lose_lease(self) -> None:
        self.abandons += 1
        self._leave()

    @step(
        requirement="V-17",
        clause=LOKAL,
        label=_("Whoever reached the customer has gone: to the team leader"),
        roles=SYSTEM,
        source=State.CONNECTED,
        target=None,
        guards=[guards.is_left],
        effects=[effects.passed_on_clock],
    )
    def pass_on(self) -> None:
        """The customer was reached: this is no item for the queue, and nothing of it is lost."""
        self.with_leader = True

    @step(
        requirement="V-19",
        clause=LOKAL,
        label=_("Call once more"),
        roles=LEADERS,
        source=State.RETRY_WAIT,
        target=State.QUEUED,
        form=forms.CallAgainForm,
        guards=[guards.is_with_leader],
        effects=[effects.rescheduled, effects.waiting_clocks],
    )
    def call_again(self, *, note: str, number: str, at: datetime) -> None:
        self.with_leader, self.remark, self.number_to_call = False, note, number
        self.wait(at)

    @step(
        requirement="V-19",
        clause=LOKAL,
        label=_("Close: the customer cannot be reached"),
        roles=LEADERS,
        source=State.RETRY_WAIT,
        target=State.EXPIRED,
        form=forms.LeaderForm,
        guards=[guards.is_with_leader],
        effects=[effects.completed, effects.call_expired, effects.stop_clocks, effects.tell_unreached],
    )
    def close_unreached(self, *, note: str, at: datetime) -> None:
        self.remark, self.with_leader = note, False
        self._write(at)

    @step(
        requirement="V-19",
        clause=LOKAL,
        label=_("The callback expired"),
        roles=SYSTEM,
        source=WAITING,
        target=State.EXPIRED,
        guards=[guards.is_over],
        effects=[effects.completed, effects.call_expired, effects.stop_clocks, effects.tell_unreached],
    )
    def expire(self, *, at: datetime) -> None:
        self.with_leader = False
        self._write(at)

    @step(
        requirement="V-20",
        clause=LOKAL,
        label=_("Cancelled"),
        roles=SYSTEM,
        source=WAITING,
        target=State.CANCELLED,
        effects=[effects.completed, effects.stop_clocks],
    )
    def cancel(self, *, note: str) -> None:
        self.remark, self.with_leader = note, False
        self.let_go()

    # --- any time ------------------------------------------------------------------------------------------------
    @step(
        requirement="X-17",
        clause=LOKAL,
        label=_("Take over"),
        roles=LEADERS,
        source=HELD,
        target=None,
        form=forms.TakeOverTier2Form,
        effects=[effects.only_so_many, effects.held_clocks, effects.claimed, effects.call_changes_hands],
    )
    def take_over(self, *, owner: User, at: datetime) -> None:
        """Also what a person who has gone left behind; the lease begins anew."""
        leased, dialled = self.state in LEASED, self.dial is not None
        self.hold(owner, at)
        if not leased:
            self.lease_until = None
        if not leased or dialled:
            self.dial_by = None

    @step(
        requirement="V-07 X-17",
        clause=LOKAL,
        label=_("Give to an agent"),
        roles=LEADERS,
        source=State.QUEUED,
        target=State.CLAIMED,
        form=forms.AssignTier2Form,
        guards=[guards.may_call],
        effects=[effects.only_so_many, effects.held_clocks, effects.claimed, effects.call_taken],
    )
    def assign(self, *, owner: User, at: datetime) -> None:
        """Out of turn; also what another agent has promised. The lease runs as if they had taken it."""
        self.hold(owner, at)

    @step(
        requirement="V-20",
        clause=LOKAL,
        label=_("The customer wrote"),
        roles=SYSTEM,
        source=ALL,
        target=None,
    )
    def hear_customer(self, *, at: datetime) -> None:
        self.wrote_at = at

    note = note_step(clause=LOKAL, roles=TIER2, source=ALL)
