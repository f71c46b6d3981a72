"""P-05 5.6 and 5.9: a case is taken over, handed back, asked for, and escalated.

How an escalation is decided is a procedure of its own, `tenesa.escalation`; here is what it does to an e-mail case.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.escalation import request
from tenesa.escalation.services import look_again
from tenesa.workflow.step import Step, StepContext, step
from tenesa.workspace.ownership import AssignForm, is_mine
from tickets import clocks, forms, guards
from tickets.procedure.base import LEADERS, SYSTEM, WORKERS, EmailProcedure
from tickets.states import ENDED, OPEN, WAITING_FOR_TAKER, WORKED_ON, State, Unread

LOKAL = "lokal: ADR-0013"
LEAVES_REQUESTS_MOOT = {"take_over", "hand_back", "release", "tell_recovery"}  # and every step that ends the case


class Ownership(EmailProcedure):
    class Meta:
        abstract = True

    # --- 5.6 taken over ------------------------------------------------------------------------------------------
    @step(
        requirement="E-35 X-17",
        clause="P-05 5.6",
        activity="7.4",
        label=_("Take over"),
        roles=LEADERS,
        source=[*WORKED_ON, State.ESCALATED],
        target=None,
        form=request.NewOwnerForm,
    )
    def take_over(self, *, owner: User) -> None:
        self._pass_to(owner)
        self.has_news(Unread.COLLEAGUE)

    @step(
        requirement="E-35 E-02",
        clause="P-05 5.6",
        activity="7.4",
        label=_("Give to an agent"),
        roles=LEADERS,
        source=WAITING_FOR_TAKER,
        target=State.ASSIGNED,
        form=AssignForm,
        guards=[guards.is_triaged],
        effects=[clocks.segment_check],
    )
    def assign(self, *, owner: User) -> None:
        self.owner = owner

    @step(
        requirement="E-35 X-17",
        clause="P-05 5.6",
        activity="7.4",
        label=_("Hand back to the former owner"),
        roles=WORKERS,
        source=WORKED_ON,
        target=None,
        form=forms.ReasonForm,
        guards=[is_mine, guards.was_taken_over, guards.former_owner_is_here],
    )
    def hand_back(self) -> None:
        self.owner, self.taken_from = self.taken_from, None
        self.has_news(Unread.COLLEAGUE)

    @step(
        requirement="X-17",
        clause=LOKAL,
        activity="7.4",
        label=_("Ask to take over"),
        roles=WORKERS,
        source=WORKED_ON,
        target=None,
        form=forms.ReasonForm,
        guards=[guards.is_held_by_another, request.nobody_asks, guards.is_ready],
        effects=[request.ask_for_case],
    )
    def ask_for_case(self) -> None: ...

    @step(
        requirement="X-17",
        clause=LOKAL,
        activity="7.4",
        label=_("The case changes hands"),
        roles=SYSTEM,
        source=[*WORKED_ON, State.ESCALATED],
        target=None,
    )
    def change_hands(self, *, owner: User, decision: str) -> None:
        self._pass_to(owner)
        self.has_news(Unread.COLLEAGUE)

    # --- 5.9, 5.6 escalated --------------------------------------------------------------------------------------
    @step(
        requirement="E-18 E-38",
        clause="P-05 5.9",
        activity="7.8",
        label=_("Escalate"),
        roles=WORKERS,
        source=WORKED_ON,
        target=State.ESCALATED,
        form=request.HelpForm,
        guards=[is_mine],
        effects=[request.ask_for_help],
    )
    def escalate(self, *, reason: str) -> None:
        self.state_before, self.reason = self.state, reason

    @step(
        requirement="E-18 E-38",
        clause="P-05 5.9",
        activity="7.8",
        label=_("News of the escalation"),
        roles=SYSTEM,
        source=OPEN,
        target=None,
    )
    def note_escalation(self, *, decision: str) -> None: ...

    @step(
        requirement="E-18 E-38",
        clause="P-05 5.6",
        activity="7.8",
        label=_("Return from escalation"),
        roles=LEADERS | SYSTEM,
        source=State.ESCALATED,
        target=WORKED_ON,
        form=forms.ReturnForm,
        guards=[request.is_not_being_decided],
    )
    def return_escalation(self) -> str:
        self.has_news(Unread.COLLEAGUE)
        return self.state_before

    @step(
        requirement="E-35",
        clause="P-05 5.6",
        activity="7.4 7.8",
        label=_("Taken over from escalation"),
        roles=SYSTEM,
        source=State.ESCALATED,
        target=WORKED_ON,
    )
    def take_escalated(self, *, owner: User, decision: str) -> str:
        self._pass_to(owner)
        return self.state_before

    # --- what follows --------------------------------------------------------------------------------------------
    def after_step(self, step: Step, taken: StepContext) -> None:
        super().after_step(step, taken)
        if self.owner_id is None:
            self.taken_from = None
        if step.name in LEAVES_REQUESTS_MOOT or self.state in ENDED:
            look_again(self)

    def _pass_to(self, owner: User) -> None:
        """The former owner is kept, for the way back."""
        if self.owner_id != owner.pk:
            self.taken_from, self.owner = self.owner, owner
