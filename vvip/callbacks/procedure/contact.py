"""W-26 5.2.6 a - c, 5.3.4 a - c: Tier 2 takes the callback, analyses it and calls the customer."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.contact import line
from tenesa.contact.kinds import NUMBER_ENDED
from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine, is_ready
from vvip.callbacks import contact, effects, forms, guards
from vvip.callbacks.procedure.base import LOKAL, SYSTEM, TIER2, CallbackBase
from vvip.callbacks.states import HELD, LEASE, State, Tier


class Contact(CallbackBase):
    class Meta:
        abstract = True

    # --- 5.2.6 a, 5.3.4 a taken ----------------------------------------------------------------------------------
    @step(
        requirement="V-07",
        clause="W-26 5.2.6 a, 5.3.4 a",
        label=_("Take the callback"),
        roles=TIER2,
        source=State.QUEUED,
        target=State.CLAIMED,
        guards=[is_ready, guards.has_room, guards.is_not_promised, guards.may_call],
        effects=[effects.only_so_many, effects.held_clocks, effects.claimed, effects.call_taken],
    )
    def claim(self, *, actor: User, at: datetime) -> None:
        self.hold(actor, at)

    # --- 5.2.6 b, 5.3.4 b analysed -------------------------------------------------------------------------------
    @step(
        requirement="V-08",
        clause="W-26 5.2.6 b, 5.3.4 b",
        label=_("Read the systems again"),
        roles=TIER2,
        source=HELD,
        target=None,
        guards=[is_mine],
        effects=[effects.read_all],
    )
    def read_systems(self) -> None: ...

    @step(
        requirement="V-04",
        clause="W-26 5.3.2",
        label=_("CTI says VVIP meanwhile"),
        roles=SYSTEM,
        source=HELD,
        target=None,
    )
    def hear_class(self) -> None:
        """Who holds it goes on as they were until they take the new class."""

    @step(
        requirement="V-04",
        clause="W-26 5.3.2",
        label=_("Take the new class: VVIP"),
        roles=TIER2,
        source=HELD,
        target=None,
        guards=[is_mine, guards.has_new_class],
        effects=[effects.call_sees_class],
    )
    def take_class(self) -> None:
        self.raise_to(Tier.VVIP)

    @step(
        requirement="V-08",
        clause="W-26 5.2.6 b, 5.3.4 b",
        label=_("Identify and analyse"),
        roles=TIER2,
        source=State.CLAIMED,
        target=None,
        form=forms.AnalysisForm,
        guards=[is_mine],
        effects=[effects.call_analysed],
    )
    def analyse(self, *, identification: str, analysis: str, at: datetime) -> None:
        self.identification, self.analysis = identification, analysis
        self.lease_until = self.dial_by = at + LEASE

    # --- 5.2.6 c, 5.3.4 c contacted ------------------------------------------------------------------------------
    @step(
        requirement="V-09",
        clause="W-26 5.2.6 c, 5.3.4 c",
        label=_("Dial"),
        roles=TIER2,
        source=State.CLAIMED,
        target=State.DIALLING,
        guards=[is_mine, guards.is_analysed, guards.may_call, line.is_free(contact.PURPOSE)],
        effects=[effects.call_as_noted, effects.dial],
    )
    def start_dial(self, *, at: datetime) -> None:
        self.dial, self.dial_by, self.lease_until = uuid4(), None, at + LEASE

    @step(
        requirement="V-09",
        clause="W-26 5.2.6 c, 5.3.4 c",
        label=_("The customer answered"),
        roles=TIER2,
        source=State.DIALLING,
        target=State.CONNECTED,
        form=forms.ConnectedForm,
        guards=[is_mine, guards.is_dialled],
        effects=[effects.keep_attempt, effects.call_reached],
    )
    def connect(self, *, at: datetime) -> None:
        self.connected_at, self.lease_until = at, None

    @step(
        requirement="V-18",
        clause=LOKAL,
        label=_("Not reached"),
        roles=TIER2,
        source=State.DIALLING,
        target=State.RETRY_WAIT,
        form=forms.UnreachedForm,
        guards=[is_mine, guards.is_dialled],
        effects=[
            effects.keep_attempt,
            effects.call_waits,
            effects.rescheduled,
            effects.waiting_clocks,
            effects.tell_unreached,
        ],
    )
    def miss(self, *, result: str, note: str, at: datetime) -> None:
        """After the last attempt the customer is written to and a second round begins; after that, or where the number
        is wrong, the team leader decides."""
        rule = contact.rule()
        self._leave()
        self.attempts, self.remark, self.at = self.attempts + 1, note, at + rule.gap
        if result in NUMBER_ENDED:
            self.with_leader = True
        elif self.attempts >= rule.attempts:
            self.with_leader, self.round, self.attempts = self.round >= settings.W26["rounds"], self.round + 1, 0
            if self.message_at is None:
                self._write(at)

    @step(
        requirement="V-18",
        clause=LOKAL,
        label=_("Appointment"),
        roles=TIER2,
        source=[State.CLAIMED, State.CONNECTED],
        target=State.SCHEDULED,
        form=forms.AppointmentForm,
        guards=[is_mine, guards.is_not_asked],
        effects=[effects.call_waits, effects.rescheduled, effects.waiting_clocks],
    )
    def appoint(self, *, at: datetime, mine: bool, note: str, actor: User) -> None:
        """The time that the customer wants beats the hours of their zone."""
        self._leave()
        self.at, self.remark, self.promised_to = at, note, actor if mine else None
        self.wish_from, self.wish_to = at, at + forms.APPOINTMENT
