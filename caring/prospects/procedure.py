"""OB.IN.OCC.TELK.P-01 5.1, 5.2, 8 steps 1 - 3: a prospect is picked, its bills are read, the customer is called.

Steps 1 to 3 of clause 8 did not survive in the document; they are restored from clauses 3, 5.1 and 5.2 and public
sources (AMB-27) and marked so. Attempts, hours, order of the queue and leases are `lokal` (requirements 8.1; ADR-0037).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from caring.prospects import contact, effects, forms, guards
from caring.prospects.columns import ProspectColumns
from caring.prospects.states import ALL, HELD, LEASE, OPEN, WAITING, Excluded, State
from caring.tree import Reason
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.step import START, step
from tenesa.workspace.common_steps import note_step
from tenesa.workspace.ownership import TakeOverForm, is_mine, is_ready

AGENTS = {Role.AGENT_CARING, Role.TEAM_LEADER}
LEADERS = {Role.TEAM_LEADER, Role.SUPERVISOR}
SYSTEM = {Role.SYSTEM}
LOKAL = "lokal: ADR-0037"
REACHED = [is_mine, guards.is_dialled, guards.is_payer]
OWES = [*REACHED, guards.owes]


class ProspectBase(ProspectColumns):
    document = "P-01"
    revision = "00"
    prefix, page, waits_in = "PR", "prospects:case", OPEN
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)
    batch: models.ForeignKey[Any, Any] = models.ForeignKey(
        "caring.DaprosBatch",
        models.PROTECT,
        related_name="prospects",
        verbose_name=_("list"),
        null=True,
        db_index=False,
    )
    recall: models.ForeignKey[Any, Any] = models.ForeignKey(
        "caring.CaringResult", models.PROTECT, related_name="+", verbose_name=_("to be called again"), null=True,
        db_index=False,
    )  # fmt: skip

    class Meta:
        abstract = True

    def _waits(self) -> str:
        """Where it goes from a call or a pick that ended nothing."""
        if self.is_paid:
            self.ready = False
            return State.PAID
        return State.FOLLOW_UP if self.at is not None else State.AVAILABLE


class Picking(ProspectBase):
    """5.1, step 1: the list, and who picks what of it."""

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
        label=_("Whoever held it has gone"),
        roles=SYSTEM,
        source=HELD,
        target=[State.AVAILABLE, State.FOLLOW_UP, State.PAID],
        guards=[guards.is_abandoned],
        effects=[effects.recall_paid, effects.released, effects.appointment_clock],
    )
    def lose_lease(self, *, at: datetime) -> str:
        return self._back(at)

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
        target=State.PICKED,
        form=TakeOverForm,
        effects=[effects.pick_clock],
    )
    def take_over(self, *, owner: User, at: datetime) -> None:
        self.hold(owner, at)


class Bills(ProspectBase):
    """6.8: what I-payment tells; who has paid hears of no debt."""

    class Meta:
        abstract = True

    @step(
        requirement="C-03",
        clause="P-01 6.8",
        label=_("Read the bills again"),
        roles=AGENTS,
        source=HELD,
        target=None,
        guards=[is_mine],
        effects=[effects.read_bills],
    )
    def read_systems(self) -> None:
        self.bills_problem = ""

    @step(
        requirement="C-03",
        clause="P-01 6.8",
        label=_("Bills read"),
        roles=SYSTEM,
        source=OPEN,
        target=None,
        then=["find_beyond", "rebucket"],
        effects=[effects.rescore],
    )
    def note_bills(self, *, bills: dict[str, int], isolated: bool, at: datetime, problem: str = "") -> None:
        """What is unpaid by month; the campaign follows from the oldest. With a problem the list's figures stand."""
        self.bills_problem = problem[:300]
        if not problem:
            self.bills_read_at, self.isolated = at, isolated
            self.owe(bills)  # type: ignore[attr-defined]

    @step(
        requirement="C-03",
        clause="P-01 6.8",
        label=_("Paid"),
        roles=SYSTEM,
        source=OPEN,
        target=[State.PAID, State.IN_CALL],
        effects=[effects.recall_paid, effects.released, effects.stop_clocks],
    )
    def find_paid(self, *, at: datetime) -> str:
        """Whoever is speaking ends the call first, without a word of debt: every call has its result (5.3)."""
        self.owe({})  # type: ignore[attr-defined]
        self.bills_read_at, self.bills_problem = at, ""
        if self.state == State.IN_CALL:
            return State.IN_CALL
        self.owner, self.lease_until, self.ready = None, None, False
        return State.PAID

    @step(
        requirement="C-01",
        clause="P-01 6.1, 6.2",
        label=_("More than two months are due"),
        roles=SYSTEM,
        source=OPEN,
        target=State.EXCLUDED,
        guards=[guards.is_beyond],
        effects=[effects.recall_left, effects.released, effects.stop_clocks],
    )
    def find_beyond(self) -> None:
        self.excluded_why = Excluded.BEYOND
        self.owner, self.lease_until, self.ready = None, None, False

    @step(
        requirement="C-01",
        clause="P-01 6.1, 6.2",
        label=_("Into the other campaign"),
        roles=SYSTEM,
        source=OPEN,
        target=None,
        guards=[guards.is_elsewhere],
    )
    def rebucket(self) -> None:
        """A part was paid, or a month has ended (8.1)."""
        self.campaign = self.bucket_now()  # type: ignore[attr-defined]


class Calling(ProspectBase):
    """5.2, step 2: the call, and what came of it."""

    class Meta:
        abstract = True

    @step(
        requirement="C-04",
        clause=LOKAL,
        label=_("Another number"),
        roles=AGENTS,
        source=HELD,
        target=None,
        form=forms.NumberForm,
        guards=[is_mine, guards.is_not_dialled],
    )
    def choose_number(self, *, number: str) -> None:
        self.number_called = number
        if number not in self.phones:
            self.phones = [*self.phones, number]

    @step(
        requirement="C-04",
        clause="P-01 3, 6.7",
        label=_("Dial"),
        roles=AGENTS,
        source=State.PICKED,
        target=State.IN_CALL,
        guards=[is_mine, guards.bills_are_read, guards.owes, guards.may_call],
        effects=[effects.dial],
    )
    def start_dial(self, *, at: datetime) -> None:
        self.dial, self.dialled_at, self.lease_until = uuid4(), at, at + LEASE
        self.number_called = contact.number_of(self)  # type: ignore[arg-type]

    @step(
        requirement="C-05",
        clause="P-01 5.2",
        label=_("The payer speaks"),
        roles=AGENTS,
        source=State.IN_CALL,
        target=None,
        form=forms.PayerForm,
        guards=[is_mine, guards.is_dialled],
    )
    def confirm_payer(self, *, receiver: str, relation: str, at: datetime) -> None:
        """From here on the page shows what is owed."""
        self.receiver, self.relation, self.payer_confirmed_at = receiver, relation, at

    @step(
        requirement="C-09",
        clause="P-01 5.2, 5.3, 8 langkah 2, 8 langkah 3",
        label=_("Agree"),
        roles=AGENTS,
        source=State.IN_CALL,
        target=State.DONE_AGREE,
        form=forms.AgreeForm,
        guards=OWES,
        effects=[effects.keep_attempt, effects.open_result, effects.stop_clocks, effects.rescore],
    )
    def agree(self, *, note: str, at: datetime) -> None:
        self._called(at, note)
        self.at = None

    @step(
        requirement="C-08",
        clause="P-01 5.3, 8 langkah 3",
        label=_("Decline"),
        roles=AGENTS,
        source=State.IN_CALL,
        target=[State.DONE_DECLINE, State.EXCLUDED],
        form=forms.DeclineForm,
        guards=OWES,
        effects=[effects.keep_attempt, effects.open_result, effects.stop_clocks, effects.rescore],
    )
    def decline(self, *, reason: str, note: str, at: datetime) -> str:
        self._called(at, note)
        self.at = None
        if reason == Reason.DECEASED:
            self.excluded_why = Excluded.DECEASED
            return State.EXCLUDED
        return State.DONE_DECLINE

    @step(
        requirement="C-07",
        clause="P-01 5.3",
        label=_("Follow up"),
        roles=AGENTS,
        source=State.IN_CALL,
        target=[State.FOLLOW_UP, State.PAID],
        form=forms.FollowUpForm,
        guards=REACHED,
        effects=[
            effects.keep_attempt,
            effects.open_result,
            effects.recall_paid,
            effects.appointment_clock,
            effects.rescore,
        ],
    )
    def follow_up(
        self, *, reason: str, call_at: datetime | None, mine: bool, note: str, actor: User, at: datetime
    ) -> str:
        """A payment that was told of is asked again once it can be read, and is not judged until then."""
        self._called(at, note)
        if self.is_paid:
            self.at = None
            return State.PAID
        self.at = call_at
        self.wait_until(call_at or contact.asks_again_at(at), at)
        self.promised_to = actor if mine and call_at else None
        return State.FOLLOW_UP

    @step(
        requirement="C-06",
        clause="P-01 5.3",
        label=_("Not reached"),
        roles=AGENTS,
        source=State.IN_CALL,
        target=[State.AVAILABLE, State.FOLLOW_UP, State.EXHAUSTED, State.PAID],
        form=forms.NotReachedForm,
        guards=[is_mine, guards.is_dialled],
        effects=[
            effects.keep_attempt,
            effects.open_result,
            effects.recall_left,
            effects.recall_paid,
            effects.released,
            effects.appointment_clock,
            effects.rescore,
        ],
    )
    def miss(self, *, reason: str, note: str, at: datetime) -> str:
        """The next attempt by the reason; after the last one, or without a number left, it is exhausted."""
        number = self.number_called
        self._called(at, note)
        self.phones = contact.left_after(self.phones, number, reason)
        next_at = contact.retry_at(self, reason, at)  # type: ignore[arg-type]
        if not self.is_paid and (not self.phones or next_at is None):
            self.ready = False
            return State.EXHAUSTED
        self.wait_until(next_at or at, at)
        return self._waits()

    def _called(self, at: datetime, note: str) -> None:
        self.owner, self.lease_until, self.ready = None, None, False
        self.attempts, self.remark, self.touched_at = self.attempts + 1, note[:300], at
        self.dial, self.dialled_at = None, None


class Ending(ProspectBase):
    """Excluded, called again, back on the list; `lokal`."""

    class Meta:
        abstract = True

    @step(
        requirement="C-03",
        clause="P-01 8 langkah 1",
        label=_("Exclude"),
        roles=LEADERS,
        source=[*WAITING, State.PICKED, State.EXHAUSTED],
        target=State.EXCLUDED,
        form=forms.ExcludeForm,
        effects=[effects.recall_left, effects.released, effects.stop_clocks],
    )
    def exclude(self, *, why: str, note: str) -> None:
        self.excluded_why, self.remark = why, note
        self.owner, self.lease_until, self.ready = None, None, False

    @step(
        requirement="C-06",
        clause=LOKAL,
        label=_("Back onto the list"),
        roles=LEADERS,
        source=[State.EXCLUDED, State.EXHAUSTED, State.DONE_DECLINE, State.PAID],
        target=State.AVAILABLE,
        form=forms.GiveBackForm,
        guards=[guards.may_return],
        effects=[effects.rescore],
    )
    def readmit(self, *, note: str, at: datetime) -> None:
        self.excluded_why, self.remark, self.at = Excluded.NOT, note, None
        self.let_go(at)

    @step(
        requirement="C-16",
        clause="P-01 8 langkah 4",
        label=_("To be called again"),
        roles=SYSTEM,
        source=[State.DONE_AGREE, State.DONE_DECLINE, *WAITING],
        target=State.FOLLOW_UP,
        effects=[effects.appointment_clock, effects.rescore],
    )
    def call_again(self, *, result: Any, agent: User, at: datetime) -> None:
        """By the same agent; it comes first in their queue."""
        self.recall, self.promised_to, self.at = result, agent, at
        self.wait_until(at, at)
        self.forget_call()

    @step(
        requirement="C-20",
        clause="P-01 6.8",
        label=_("The promise was not kept"),
        roles=SYSTEM,
        source=State.DONE_AGREE,
        target=State.AVAILABLE,
    )
    def take_up(self, *, at: datetime) -> None:
        """Called again, and among the first: the score counts a broken promise most."""
        self.at = None
        self.let_go(at)

    note = note_step(clause=LOKAL, roles={*AGENTS, *LEADERS}, source=ALL)


class ProspectProcedure(Picking, Bills, Calling, Ending):
    class Meta:
        abstract = True
