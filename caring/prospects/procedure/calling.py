"""P-01 5.2, 8 langkah 2: the call, and what came of it."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from caring.prospects import contact, effects, fault_reports, forms, guards
from caring.prospects.procedure.base import AGENTS, ANSWERED, LOKAL, OWES, REACHED, ProspectBase
from caring.prospects.states import HELD, JUDGED, LEASE, Excluded, State
from caring.tree import Reason
from tenesa.accounts.models import User
from tenesa.contact import line
from tenesa.workflow.step import step
from tenesa.workspace.ownership import is_mine


class Calling(ProspectBase):
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
    def choose_number(self, *, number: str, actor: User, at: datetime) -> None:
        if number not in self.phones:
            self.learn_number(number, actor, at)
        self.number_called = number

    @step(
        requirement="C-04",
        clause=LOKAL,
        label=_("Note a new number"),
        roles=AGENTS,
        source=HELD,
        target=None,
        form=forms.NewNumberForm,
        guards=[is_mine],
    )
    def note_number(self, *, number: str, actor: User, at: datetime) -> None:
        """Told in the call; it is offered for the next one, by the contact rules."""
        self.learn_number(number, actor, at)

    @step(
        requirement="C-08",
        clause="P-01 8 langkah 2",
        label=_("Hand over a fault report"),
        roles=AGENTS,
        source=[State.IN_CALL, *JUDGED],
        target=None,
        form=forms.FaultForm,
        guards=[guards.is_callers],
        effects=[fault_reports.hand_over],
    )
    def report_fault(self, *, number: str) -> None:
        """To the desk that repairs; the number of its case stands on this page."""

    @step(
        requirement="C-04",
        clause="P-01 3, 6.7",
        label=_("Dial"),
        roles=AGENTS,
        source=State.PICKED,
        target=State.IN_CALL,
        guards=[is_mine, guards.bills_are_read, guards.owes, guards.may_call, line.is_free(contact.PURPOSE)],
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
        guards=ANSWERED,
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
        requirement="C-08",
        clause=LOKAL,
        label=_("A relative says: the customer is deceased"),
        roles=AGENTS,
        source=State.IN_CALL,
        target=State.EXCLUDED,
        form=forms.DeathForm,
        guards=[*ANSWERED, guards.is_other],
        effects=[effects.keep_attempt, effects.open_result, effects.stop_clocks, effects.rescore],
    )
    def note_death(self, *, receiver: str, relation: str, note: str, at: datetime) -> None:
        """Without a payer confirmed, so that whoever answered hears of no debt."""
        self._called(at, note)
        self.receiver, self.relation, self.at, self.excluded_why = receiver, relation, None, Excluded.DECEASED

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
        self.attempts, self.remark, self.touched_at = self.attempts + 1, note, at
