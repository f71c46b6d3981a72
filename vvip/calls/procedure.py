"""IN.OCC.TELK.W-26 5.2, 5.3 at the 147 desk: report, confirmation of data, lists, way out, or the agent's own analysis.

What Tier 2 does is `vvip.callbacks.procedure`, whose steps move the call by its steps of the system. What the document
leaves open - who is asked what, the end of a super emergency, a call that comes to nothing - is `lokal` (ADR-0031).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from segmentation import classes
from segmentation.models import Customer, Service
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.knowledge.models import Version
from tenesa.workflow.step import START, step
from tenesa.workspace.common_steps import note_step
from tenesa.workspace.ownership import TakeOverForm, is_mine
from vvip.calls import effects, forms, guards
from vvip.calls.columns import CallColumns
from vvip.calls.duty import is_there
from vvip.calls.states import (
    AFTER_CHECK,
    ALL,
    AT_TIER1,
    AT_TIER2,
    BEFORE_CHECK,
    OPEN,
    REACHED,
    Asked,
    Category,
    Outcome,
    State,
)

TIER1 = {Role.AGENT_147, Role.TEAM_LEADER, Role.SUPERVISOR}
DESK = TIER1 | {Role.AGENT_TIER2}
LEADERS = {Role.TEAM_LEADER, Role.SUPERVISOR}
SYSTEM = {Role.SYSTEM}
LOKAL = "lokal: ADR-0031"


class CallProcedure(CallColumns):
    document = "W-26"
    revision = "00"
    prefix, page, waits_in = "SK", "calls:case", AT_TIER1
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)

    class Meta:
        abstract = True

    # --- 5.2.1, 5.2.2, 5.3.1 reported ----------------------------------------------------------------------------
    @step(
        requirement="V-01",
        clause="W-26 5.2.1, 5.2.2, 5.3.1",
        label=_("Record a call"),
        roles=TIER1 | {Role.API_CLIENT},
        source=START,
        target=State.REPORTED,
        form=forms.ReportForm,
        effects=[effects.handling_clock, effects.read_category, effects.read_customer],
    )
    def record(
        self,
        *,
        actor: User,
        at: datetime,
        internet_number: str = "",
        phone_number: str = "",
        ticket_number: str = "",
        caller_number: str = "",
        topic: str = "",
        report: str = "",
        call_id: str = "",
        channel: str = "",
        category: str = "",
    ) -> None:
        self.internet_number, self.phone_number, self.ticket_number = internet_number, phone_number, ticket_number
        self.caller_number, self.topic, self.report = caller_number, topic, report
        self.call_id, self.channel = call_id, channel
        if category:
            self.category, self.category_at = category, at

    @step(
        requirement="V-01",
        clause=LOKAL,
        label=_("Take the call"),
        roles=TIER1,
        source=AT_TIER1,
        target=None,
        guards=[guards.is_ready, guards.is_free],
    )
    def take(self, *, actor: User, at: datetime) -> None:
        self._hold(actor, at)

    @step(
        requirement="V-01",
        clause="W-26 5.2.1",
        label=_("Write down the report"),
        roles=TIER1,
        source=AT_TIER1,
        target=None,
        form=forms.NoteReportForm,
        guards=[is_mine],
    )
    def note_report(self, *, topic: str, report: str) -> None:
        self.topic, self.report = topic, report

    @step(
        requirement="V-01",
        clause="W-26 5.2.2",
        label=_("Say which customer it is"),
        roles=TIER1,
        source=BEFORE_CHECK,
        target=None,
        form=forms.CustomerForm,
        guards=[is_mine],
        effects=[effects.read_customer],
    )
    def choose_customer(self, *, customer: Customer, service: Service | None) -> None:
        self.customer, self.service = customer, service

    @step(
        requirement="V-04",
        clause="W-26 5.3.2",
        label=_("CTI says the category"),
        roles=SYSTEM,
        source=OPEN,
        target=None,
        effects=[effects.raise_callback],
    )
    def keep_category(self, *, category: str, at: datetime) -> None:
        """What comes after the check of the lists still counts, also when the customer waits for the callback."""
        if self.category != Category.VVIP:  # the higher class counts, whichever came first
            self.category = category
        self.category_at = at
        if self.state in AFTER_CHECK and not self.is_super_emergency:
            self.see_class(classes.class_of(customer=self.customer, at=at), at)

    # --- 5.2.3 data confirmed ------------------------------------------------------------------------------------
    @step(
        requirement="V-02 V-04",
        clause="W-26 5.2.3",
        label=_("Confirm the data"),
        roles=TIER1,
        source=State.REPORTED,
        target=State.VERIFYING,
        guards=[is_mine, guards.has_report, guards.has_customer],
    )
    def start_verification(self) -> None: ...

    @step(
        requirement="V-02 V-04",
        clause="W-26 5.2.3, 5.2.4, 5.3.2",
        label=_("The data match: check the lists"),
        roles=TIER1,
        source=State.VERIFYING,
        target=State.LIST_CHECKED,
        form=forms.ConfirmForm,
        guards=[is_mine, guards.has_customer],
        effects=[effects.read_all],
    )
    def confirm_identity(self, *, asked: list[str], matched: list[str], at: datetime) -> None:
        self.questions_asked, self.questions_matched, self.verified_at = asked, matched, at
        self.see_class(classes.class_of(customer=self.customer, at=at), at)

    @step(
        requirement="V-03",
        clause=LOKAL,
        label=_("The data do not match"),
        roles=TIER1,
        source=State.VERIFYING,
        target=State.VERIFY_FAILED,
        form=forms.FailForm,
        guards=[is_mine],
        then=["close"],
    )
    def fail_verification(self, *, asked: list[str], matched: list[str], note: str) -> None:
        self.questions_asked, self.questions_matched, self.remark = asked, matched, note
        self.outcome = Outcome.UNVERIFIED

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
        guards=[guards.is_ready, guards.is_not_held],
        effects=[effects.cancel_callback, effects.back_at_desk],
        then=["close"],
    )
    def help_now(self, *, analysis: str, solution: str, actor: User, at: datetime) -> str:
        self._hold(actor, at)
        self.analysis = analysis
        return self._solved(solution) if solution else State.T1_ANALYSED

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
        clause="W-26 5.3.4, 5.3.6",
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
        clause="W-26 5.3.4",
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
        clause="W-26 5.2.8, 5.3.4, 5.3.6",
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
        if self.owner is not None and self.came_from == State.T1_ANALYSED:
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
        effects=[effects.answered, effects.callback_again, effects.back_at_desk, effects.end_question],
        then=["close"],
    )
    def take_result(self, *, answer: str, solved: bool) -> str:
        self.backend_answer = answer
        if solved:
            return self._solved(answer)
        if self.tier2 is None or self.waiting_callback() is not None:  # type: ignore[attr-defined]
            self.owner, self.lease_until = None, None  # whoever owned an emergency of Tier 2 is none of this desk
            return State.T1_ANALYSED
        return State.T2_PICKED if is_there(self.tier2) else State.CALLBACK_QUEUED

    # --- super emergency: news and end (requirements 7.1) --------------------------------------------------------
    @step(
        requirement="V-12",
        clause=LOKAL,
        label=_("Tell the customer the news"),
        roles=DESK,
        source=[*AT_TIER2, State.BACKEND_WAIT_APPROVAL, State.BACKEND, State.SOLVED],
        target=None,
        form=forms.NewsForm,
        guards=[guards.is_emergency, guards.owns_emergency],
        effects=[effects.news_told, effects.end_question],
    )
    def tell_news(self, *, at: datetime) -> None:
        self.news_due = at + timedelta(minutes=settings.W26["news_minutes"])

    @step(
        requirement="V-12",
        clause=LOKAL,
        label=_("The news are late: to the team leader"),
        roles=SYSTEM,
        source=[*AT_TIER2, State.BACKEND_WAIT_APPROVAL, State.BACKEND],
        target=None,
        guards=[guards.is_emergency],
        effects=[effects.news_missed],
    )
    def miss_news(self) -> None: ...

    @step(
        requirement="V-12",
        clause=LOKAL,
        label=_("Name another owner of the super emergency"),
        roles=LEADERS,
        source=[*AT_TIER2, State.BACKEND_WAIT_APPROVAL, State.BACKEND],
        target=None,
        form=TakeOverForm,
        guards=[guards.is_emergency],
    )
    def name_owner(self, *, owner: User) -> None:
        self.emergency_owner = owner
        if self.state == State.BACKEND:
            self.owner = owner

    @step(
        requirement="V-22",
        clause=LOKAL,
        label=_("End the super emergency"),
        roles=LEADERS,
        source=ALL,
        target=None,
        form=forms.ReasonForm,
        guards=[guards.is_emergency],
        effects=[effects.emergency_off],
    )
    def end_emergency(self) -> None:
        self._end_emergency()

    @step(
        requirement="V-22",
        clause=LOKAL,
        label=_("The super emergency is over"),
        roles=SYSTEM,
        source=State.CLOSED,
        target=None,
        guards=[guards.is_emergency],
        effects=[effects.emergency_off],
    )
    def end_by_time(self) -> None:
        self._end_emergency()

    # --- 5.2.6, 5.3.4 what Tier 2 does, by the steps of the callback ---------------------------------------------
    @step(
        requirement="V-07",
        clause="W-26 5.2.6, 5.3.4",
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
        requirement="V-08",
        clause="W-26 5.2.6, 5.3.4",
        label=_("Tier 2 has analysed it"),
        roles=SYSTEM,
        source=[State.T2_PICKED, State.T2_ANALYSED],
        target=State.T2_ANALYSED,
    )
    def tier2_analyses(self, *, analysis: str) -> None:
        self.analysis = analysis

    @step(
        requirement="V-09",
        clause="W-26 5.2.6, 5.3.4",
        label=_("Tier 2 has reached the customer"),
        roles=SYSTEM,
        source=State.T2_ANALYSED,
        target=State.T2_CONTACTED,
    )
    def tier2_reaches(self) -> None: ...

    @step(
        requirement="V-10",
        clause="W-26 5.2.6, 5.3.4",
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
    def back_in_queue(self) -> None: ...

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

    # --- any time ------------------------------------------------------------------------------------------------
    @step(
        requirement="V-01",
        clause=LOKAL,
        label=_("The caller hung up"),
        roles=TIER1,
        source=[*BEFORE_CHECK, State.LIST_CHECKED],
        target=State.CLOSED,
        form=forms.ReasonForm,
        guards=[is_mine],
        effects=[effects.stop_clocks],
    )
    def drop(self, *, note: str) -> None:
        self.remark, self.outcome = note, Outcome.DROPPED
        self.owner, self.lease_until = None, None

    @step(
        requirement="X-17",
        clause=LOKAL,
        label=_("Release"),
        roles=TIER1 | SYSTEM,
        source=AT_TIER1,
        target=None,
        guards=[is_mine],
    )
    def release(self) -> None:
        self.owner, self.lease_until = None, None

    @step(
        requirement="X-17",
        clause=LOKAL,
        label=_("Take over"),
        roles=LEADERS,
        source=AT_TIER1,
        target=None,
        form=TakeOverForm,
    )
    def take_over(self, *, owner: User, at: datetime) -> None:
        self._hold(owner, at)

    @step(
        requirement="X-11",
        clause=LOKAL,
        label=_("A decision was made"),
        roles=SYSTEM,
        source=OPEN,
        target=None,
    )
    def note_escalation(self) -> None: ...

    note = note_step(clause=LOKAL, roles=DESK, source=ALL)

    # --- what follows from a step --------------------------------------------------------------------------------
    def _hold(self, owner: User, at: datetime) -> None:
        self.owner, self.lease_until = owner, at + (self.lease or timedelta())

    def _let_go(self, note: str) -> None:
        self.owner, self.lease_until, self.remark = None, None, note

    def _solved(self, solution: str) -> str:
        self.solution, self.outcome = solution, Outcome.SOLVED
        return State.SOLVED

    def _end_emergency(self) -> None:
        self.is_super_emergency, self.emergency_owner, self.news_due = False, None, None
        self.tier = max(self.tier, 1)  # that of a VVIP
