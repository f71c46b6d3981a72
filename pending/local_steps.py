"""Steps that W-02 does not name: notes, mails in free words, help from a leader or a unit, another owner (ADR-0029)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from pending import effects, guards
from pending.columns import PendingColumns
from pending.guards import is_mine
from pending.states import ENDED, LIVE, State
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.escalation import request
from tenesa.escalation.services import look_again
from tenesa.workflow.step import Step, StepContext, step
from tenesa.workspace.areas import OF_AREAS, area_step
from tenesa.workspace.common_steps import note_step, take_back_step
from tenesa.workspace.message import MessageForm

AGENTS = {Role.AGENT_EMAIL, Role.TEAM_LEADER, Role.SUPERVISOR}
LEADERS = {Role.TEAM_LEADER, Role.SUPERVISOR}
SYSTEM = {Role.SYSTEM}
LOKAL = "lokal: ADR-0029"
TAKEN_UP = [state for state in LIVE if state != State.RECEIVED]  # somebody works on it, or did until it was held


class LocalSteps(PendingColumns):
    class Meta:
        abstract = True

    note = note_step(clause=LOKAL, roles=AGENTS, source=list(State))
    change_area = area_step(
        requirement="X-01", clause=OF_AREAS, roles=AGENTS, source=LIVE, guards=[guards.is_mine_or_free]
    )

    # --- mails in free words -------------------------------------------------------------------------------------
    @step(
        requirement="E-30",
        clause=LOKAL,
        label=_("Write to the customer"),
        roles=AGENTS,
        source=list(State),
        target=None,
        form=MessageForm,
        guards=[guards.is_mine_or_free, guards.has_mailbox],
        effects=[effects.mail("reply", _("mail to the customer"), undo=True)],
    )
    def write(self) -> None: ...

    take_back = take_back_step(clause=LOKAL, roles=AGENTS, source=list(State))

    # --- help ----------------------------------------------------------------------------------------------------
    @step(
        requirement="X-11",
        clause=LOKAL,
        label=_("Escalate"),
        roles=AGENTS,
        source=TAKEN_UP,
        target=None,
        form=request.HelpForm,
        guards=[is_mine, request.is_not_being_decided],
        effects=[request.ask_for_help],
    )
    def escalate(self) -> None: ...

    @step(
        requirement="X-11",
        clause=LOKAL,
        label=_("News of the escalation"),
        roles=SYSTEM,
        source=list(State),
        target=None,
    )
    def note_escalation(self, *, decision: str) -> None: ...

    # --- another owner -------------------------------------------------------------------------------------------
    @step(
        requirement="X-17",
        clause=LOKAL,
        label=_("Take over"),
        roles=LEADERS,
        source=TAKEN_UP,
        target=None,
        form=request.NewOwnerForm,
    )
    def take_over(self, *, owner: User) -> None:
        self.owner = owner

    @step(
        requirement="X-17", clause=LOKAL, label=_("The case changes hands"), roles=SYSTEM, source=TAKEN_UP, target=None
    )
    def change_hands(self, *, owner: User, decision: str) -> None:
        self.owner = owner

    # --- what follows from a step --------------------------------------------------------------------------------
    def after_step(self, step: Step, taken: StepContext) -> None:
        super().after_step(step, taken)
        if self.state in ENDED:  # type: ignore[attr-defined]
            look_again(self)
