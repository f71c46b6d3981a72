"""IN.OCC.TELK.W-26 5.2.6, 5.3.4: Tier 2 takes a callback, analyses, reaches the customer, escalates.

Every step that moves the matter moves the call with it, in the same transaction. Order of the queue, lease, hours,
attempts and end are `lokal` (requirements 7.1; ADR-0032).
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.step import START, step
from tenesa.workspace.common_steps import note_step
from tenesa.workspace.ownership import TakeOverForm, is_mine
from vvip.callbacks import effects, forms, guards
from vvip.callbacks.columns import CallbackColumns
from vvip.callbacks.states import ALL, HELD, HIGHEST_BY_WAITING, LEASED, LIVE, WAITING, State
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
        effects=[effects.enter],
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
        effects=[effects.rise_clock],
    )
    def join(self, *, call: str) -> None:
        self.calls += 1
        self._rise()

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
        self._rise()

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
        verdict = self.may_call(at)  # type: ignore[attr-defined]
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

    # --- 5.2.6 a, 5.3.4 a taken ----------------------------------------------------------------------------------
    @step(
        requirement="V-07",
        clause="W-26 5.2.6, 5.3.4",
        label=_("Take the callback"),
        roles=TIER2,
        source=State.QUEUED,
        target=State.CLAIMED,
        guards=[guards.is_ready, guards.has_room, guards.is_not_promised, guards.may_call],
        effects=[effects.held_clocks, effects.claimed, effects.call_taken],
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
    def analyse(self, *, identification: str, analysis: str) -> None:
        self.identification, self.analysis = identification, analysis

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
    def start_dial(self) -> None:
        self.dial = f"callback:{self.pk}:dial:{self.version + 1}"

    @step(
        requirement="V-09",
        clause="W-26 5.2.6, 5.3.4",
        label=_("The customer answered"),
        roles=TIER2,
        source=State.DIALLING,
        target=State.CONNECTED,
        form=forms.ConnectedForm,
        guards=[is_mine],
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
        guards=[is_mine],
        effects=[effects.keep_attempt, effects.call_waits, effects.rescheduled, effects.waiting_clocks],
    )
    def miss(self, *, note: str, at: datetime) -> None:
        """After the last attempt of the first round it waits once more, after that the team leader decides."""
        rule = effects.rule()
        self.let_go()
        self.attempts, self.remark, self.at = self.attempts + 1, note, at + rule.gap
        if self.attempts >= rule.attempts:
            self.with_leader, self.round, self.attempts = self.round >= settings.W26["rounds"], self.round + 1, 0

    @step(
        requirement="V-18",
        clause=LOKAL,
        label=_("Appointment"),
        roles=TIER2,
        source=[State.CLAIMED, State.DIALLING, State.CONNECTED],
        target=State.SCHEDULED,
        form=forms.AppointmentForm,
        guards=[is_mine, guards.is_not_asked],
        effects=[effects.call_waits, effects.rescheduled, effects.waiting_clocks],
    )
    def appoint(self, *, at: datetime, mine: bool, note: str, actor: User) -> None:
        self.let_go()
        self.at, self.remark, self.promised_to = at, note, actor if mine else None

    # --- 5.2.6 c, 5.3.4 c escalated ------------------------------------------------------------------------------
    @step(
        requirement="V-10",
        clause="W-26 5.2.6",
        label=_("Escalate as the list orders"),
        roles=TIER2,
        source=State.CONNECTED,
        target=None,
        form=forms.EscalateForm,
        guards=[is_mine, guards.is_not_asked, guards.has_request],
        effects=[effects.escalate],
    )
    def escalate_by_request(self, *, how: str) -> None:
        self.how, self.problem_words = how, ""

    @step(
        requirement="V-10",
        clause="W-26 5.3.4",
        label=_("Escalate by the SOP"),
        roles=TIER2,
        source=State.CONNECTED,
        target=None,
        form=forms.EscalateForm,
        guards=[is_mine, guards.is_not_asked, guards.is_by_sop],
        effects=[effects.escalate],
    )
    def escalate_by_sop(self, *, how: str) -> None:
        self.how, self.problem_words = how, ""

    @step(
        requirement="V-10",
        clause="W-26 5.2.6, 5.3.4",
        label=_("The escalation arrived"),
        roles=SYSTEM,
        source=State.CONNECTED,
        target=None,
        effects=[effects.call_escalated],
    )
    def confirm_escalation(self, *, at: datetime) -> None:
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
        guards=[is_mine],
        effects=[effects.call_waits, effects.waiting_clocks],
    )
    def give_back(self, *, note: str, at: datetime) -> None:
        self.remark = note
        self._back(at)

    @step(
        requirement="V-17",
        clause=LOKAL,
        label=_("Whoever held it has gone"),
        roles=SYSTEM,
        source=LEASED,
        target=State.QUEUED,
        guards=[guards.is_abandoned],
        effects=[effects.call_waits, effects.waiting_clocks],
    )
    def lose_lease(self, *, at: datetime) -> None:
        self.abandons += 1
        self._back(at)

    @step(
        requirement="V-19",
        clause=LOKAL,
        label=_("Call once more"),
        roles=LEADERS,
        source=State.RETRY_WAIT,
        target=State.QUEUED,
        form=forms.LeaderForm,
        guards=[guards.is_with_leader],
        effects=[effects.waiting_clocks],
    )
    def call_again(self, *, note: str, at: datetime) -> None:
        self.with_leader, self.remark = False, note
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
        effects=[effects.completed, effects.call_expired, effects.stop_clocks],
    )
    def close_unreached(self, *, note: str) -> None:
        self.remark, self.with_leader = note, False

    @step(
        requirement="V-19",
        clause=LOKAL,
        label=_("The callback expired"),
        roles=SYSTEM,
        source=WAITING,
        target=State.EXPIRED,
        guards=[guards.is_over],
        effects=[effects.completed, effects.call_expired, effects.stop_clocks],
    )
    def expire(self) -> None:
        self.with_leader = False

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
        form=TakeOverForm,
    )
    def take_over(self, *, owner: User) -> None:
        self.owner = owner

    note = note_step(clause=LOKAL, roles=TIER2, source=ALL)

    # --- what follows from a step --------------------------------------------------------------------------------
    def _back(self, at: datetime) -> None:
        """Into the queue with the place that it had."""
        due = self.due_at
        self.wait(at)
        self.due_at = min(due, self.due_at) if due else self.due_at

    def _rise(self) -> None:
        """One tier up, never above VVIP by waiting or calling; a super emergency stays one."""
        if self.tier > HIGHEST_BY_WAITING:
            self.tier -= 1
