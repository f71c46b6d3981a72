"""IN.OCC.TELK.W-26 5.2.6, 5.3.4: Tier 2 takes a callback, analyses, reaches the customer, escalates.

Every step that moves the matter moves the call with it, in the same transaction. Order of the queue, lease, hours,
attempts and end are `lokal` (requirements 7.1; ADR-0032).
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.contact.kinds import Result
from tenesa.workflow.step import START, step
from tenesa.workspace.common_steps import note_step
from tenesa.workspace.ownership import is_mine
from vvip.callbacks import contact, effects, forms, guards
from vvip.callbacks.columns import CallbackColumns
from vvip.callbacks.states import ALL, HELD, LEASE, LEASED, LIVE, WAITING, State, Tier
from vvip.calls import forms as call_forms
from vvip.calls.states import Asked

TIER2 = {Role.AGENT_TIER2, Role.TEAM_LEADER, Role.SUPERVISOR}
LEADERS = {Role.TEAM_LEADER, Role.SUPERVISOR}
SYSTEM = {Role.SYSTEM}
LOKAL = "lokal: ADR-0032"


class CallbackProcedure(CallbackColumns):
    document = "W-26"
    revision = "00"
    prefix, page, waits_in = "CB", "callbacks:case", {State.QUEUED, *HELD}
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)

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

    # --- 5.2.6 a, 5.3.4 a taken ----------------------------------------------------------------------------------
    @step(
        requirement="V-07",
        clause="W-26 5.2.6, 5.3.4",
        label=_("Take the callback"),
        roles=TIER2,
        source=State.QUEUED,
        target=State.CLAIMED,
        guards=[guards.is_ready, guards.has_room, guards.is_not_promised, guards.may_call],
        effects=[effects.only_so_many, effects.held_clocks, effects.claimed, effects.call_taken],
    )
    def claim(self, *, actor: User, at: datetime) -> None:
        self.hold(actor, at)

    # --- 5.2.6 b, 5.3.4 b analysed -------------------------------------------------------------------------------
    @step(
        requirement="V-08",
        clause="W-26 5.2.6, 5.3.4",
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
        clause="W-26 5.2.6, 5.3.4",
        label=_("Dial"),
        roles=TIER2,
        source=State.CLAIMED,
        target=State.DIALLING,
        guards=[is_mine, guards.is_analysed, guards.may_call],
        effects=[effects.dial],
    )
    def start_dial(self, *, at: datetime) -> None:
        self.dial, self.dial_by, self.lease_until = uuid4(), None, at + LEASE

    @step(
        requirement="V-09",
        clause="W-26 5.2.6, 5.3.4",
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
        self.let_go()
        self.attempts, self.remark, self.at = self.attempts + 1, note, at + rule.gap
        if result == Result.WRONG_NUMBER:
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
        self.let_go()
        self.at, self.remark, self.promised_to = at, note, actor if mine else None
        self.wish_from, self.wish_to, self.any_hour = at, at + forms.APPOINTMENT, True

    # --- 5.2.6 c, 5.3.4 c escalated ------------------------------------------------------------------------------
    @step(
        requirement="V-10",
        clause="W-26 5.2.6",
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
        clause="W-26 5.3.4",
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
        clause="W-26 5.2.6, 5.3.4",
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
        guards=[is_mine, guards.is_not_asked],
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
        guards=[is_mine, guards.is_not_asked, guards.is_special],
        effects=[effects.call_asks(Asked.BACKEND, _("the team leader is asked"))],
    )
    def ask_for_backend(self) -> None: ...

    @step(
        requirement="V-12",
        clause="W-26 5.3.4",
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
        clause="W-26 5.3.4, 5.3.6",
        label=_("The back-end has it"),
        roles=SYSTEM,
        source=State.CONNECTED,
        target=State.DONE,
        effects=[effects.completed, effects.stop_clocks],
    )
    def hand_over(self) -> None:
        self.let_go()

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
        self.let_go()

    @step(
        requirement="V-17",
        clause=LOKAL,
        label=_("Whoever held it has gone"),
        roles=SYSTEM,
        source=LEASED,
        target=State.QUEUED,
        guards=[guards.is_abandoned],
        effects=[effects.call_waits, effects.rescheduled, effects.waiting_clocks, effects.left_clock],
    )
    def lose_lease(self) -> None:
        self.abandons += 1
        self.let_go()

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

    # --- what follows from a step --------------------------------------------------------------------------------
    def _escalate(self, how: str) -> None:
        self.how, self.problem_words, self.escalated_at = how, "", None

    def _write(self, at: datetime) -> None:
        """The customer is told by mail that nobody reached them; "" where no address is known is kept as well."""
        known = contact.mailbox_of(self) is not None  # type: ignore[arg-type]
        self.message_at = at
        self.message_to = contact.address_of(self) if known else ""  # type: ignore[arg-type]
