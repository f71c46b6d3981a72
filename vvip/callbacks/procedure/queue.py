"""W-26 5.2.6, 5.3.4: a callback enters the queue of Tier 2; how it is ordered there is `lokal`."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.workflow.step import START, step
from tenesa.workspace.areas import OF_AREAS
from vvip.callbacks import contact, effects, guards
from vvip.callbacks.procedure.base import LOKAL, SYSTEM, TIER2, CallbackBase
from vvip.callbacks.states import LIVE, State, Tier


class Queue(CallbackBase):
    class Meta:
        abstract = True

    # --- 5.2.6, 5.3.4 in the queue -------------------------------------------------------------------------------
    @step(
        requirement="V-06",
        clause="W-26 5.2.6, 5.3.4",
        label=_("Into the queue of Tier 2"),
        roles=SYSTEM,
        source=START,
        target=[State.QUEUED, State.SCHEDULED],
        effects=[effects.enter, effects.waiting_clocks],
    )
    def enqueue(self, *, ready_at: datetime, at: datetime) -> str:
        if ready_at <= at:
            self.wait(at)
            return State.QUEUED
        self.at = ready_at
        return State.SCHEDULED

    @step(
        requirement="V-15",
        clause=LOKAL,
        label=_("The back-end answered: tell the customer"),
        roles=SYSTEM,
        source=START,
        target=State.CLAIMED,
        effects=[effects.enter, effects.claimed],
    )
    def resume(self, *, owner: User, at: datetime) -> None:
        self.hold(owner, at)

    @step(
        requirement="V-06",
        clause=LOKAL,
        label=_("The customer called again"),
        roles=SYSTEM,
        source=LIVE,
        target=None,
        effects=[effects.place_clocks],
    )
    def join(self, *, call: str, tier: int = Tier.HIGH_SPEED) -> None:
        self.calls += 1
        self.raise_to(tier)
        self.stand()

    @step(
        requirement="V-04",
        clause=LOKAL,
        label=_("The customer is of a higher class"),
        roles=SYSTEM,
        source=LIVE,
        target=None,
        effects=[effects.place_clocks],
    )
    def raise_tier(self, *, tier: int) -> None:
        self.raise_to(tier)

    @step(
        requirement="V-22",
        clause=LOKAL,
        label=_("The super emergency is over: its own place again"),
        roles=SYSTEM,
        source=LIVE,
        target=None,
        effects=[effects.place_clocks],
    )
    def leave_emergency(self, *, tier: int) -> None:
        self.place_again(min(tier, Tier.HIGH_SPEED))

    @step(
        requirement="X-01",
        clause=OF_AREAS,
        label=_("Its call was moved to another area"),
        roles=SYSTEM,
        source=LIVE,
        target=None,
    )
    def follow_call(self, *, area: str) -> None:
        """Whoever holds it does not lose it under their hands: then it moves when they let it go."""
        if self.owner is None or self.owner.sees(self.desk_id, area or None):
            self.move_to(area or None)

    @step(
        requirement="V-07",
        clause=LOKAL,
        label=_("Waited long: next tier"),
        roles=SYSTEM,
        source=State.QUEUED,
        target=None,
        guards=[guards.may_rise],
        effects=[effects.rise_clock],
    )
    def rise(self) -> None:
        self.rises += 1
        self.stand()

    @step(
        requirement="V-18",
        clause=LOKAL,
        label=_("Its time has come"),
        roles=SYSTEM,
        source=[State.SCHEDULED, State.RETRY_WAIT],
        target=[State.QUEUED, State.SCHEDULED],
        guards=[guards.is_due, guards.has_attempts],
        effects=[effects.waiting_clocks],
    )
    def come_due(self, *, at: datetime) -> str:
        verdict = contact.verdict(self, at)  # type: ignore[arg-type]
        if verdict.allowed or verdict.next_at is None:
            self.wait(at)
            return State.QUEUED
        self.at = verdict.next_at
        return State.SCHEDULED

    @step(
        requirement="V-17",
        clause=LOKAL,
        label=_("Open to all"),
        roles=SYSTEM,
        source=State.QUEUED,
        target=None,
    )
    def open_to_all(self) -> None:
        self.promised_to = None

    @step(
        requirement="V-07",
        clause=LOKAL,
        label=_("Later: the customer may not be called now"),
        roles=TIER2,
        source=State.QUEUED,
        target=State.SCHEDULED,
        guards=[guards.may_not_call],
        effects=[effects.rescheduled, effects.waiting_clocks],
    )
    def postpone(self) -> None:
        """The hours are over, or another desk has just tried: nobody waits behind it meanwhile."""
        self.at = contact.verdict_now(self).next_at  # type: ignore[arg-type]
