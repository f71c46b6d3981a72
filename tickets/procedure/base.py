"""What every section of the procedure has: its document, its roles, the state, and what follows from each step."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django_fsm import FSMField

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.step import START, Step, StepContext
from tenesa.workspace.message import MessageForm
from tickets.columns import EmailColumns
from tickets.states import AT_THE_DESK, ENDED, FOR_THE_LEADER, WAITING_FOR_TAKER, State, handling_of

WORKERS = {Role.AGENT_EMAIL, Role.TEAM_LEADER, Role.SUPERVISOR}
LEADERS = {Role.TEAM_LEADER, Role.SUPERVISOR}
SYSTEM = {Role.SYSTEM}
LEASE = timedelta(minutes=30)


class EmailProcedure(EmailColumns):
    document = "W-05"
    revision = "00"
    prefix, page = "TN", "cases:case"
    lease = LEASE
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)

    class Meta:
        abstract = True

    def after_step(self, step: Step, taken: StepContext) -> None:
        """Lease, unread mark, first answer and whether somebody has to act (lokal: ADR-0004)."""
        super().after_step(step, taken)
        writes = step.form is not None and issubclass(step.form, MessageForm)
        if isinstance(taken.actor, User):
            if writes and self.answered_at is None:
                self.answered_at = taken.at
            if self.owner_id == taken.actor.pk and step.name not in {"take", "pick_up", "note"}:
                self.unread_by = ""
        self.handling_level = handling_of(self.state, self.segment, self.handling_level)
        at_the_desk = self.owner_id is not None and self.state in AT_THE_DESK
        self.lease_until = taken.at + LEASE if at_the_desk else None
        self.needs_action = self.state not in ENDED and (
            self.unread or bool(self.triage) or self.state in {*AT_THE_DESK, *WAITING_FOR_TAKER, *FOR_THE_LEADER}
        )

    # --- the case's own rows, given by the model --------------------------------------------------------------------
    if TYPE_CHECKING:

        def set_lines(self, product_ids: list[str], incident: str) -> None: ...

        def keep_lines(self, product_ids: list[str]) -> None: ...

        def link_incident(self, product_id: str, number: str, *, opened_here: bool) -> None: ...

        def known_product_ids(self) -> list[str]: ...
