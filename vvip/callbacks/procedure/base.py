"""Columns, document, roles and state of a callback, and what its steps share."""

from __future__ import annotations

from datetime import datetime

from django_fsm import FSMField

from tenesa.accounts.roles import Role
from tenesa.workflow.step import START
from vvip.callbacks import contact
from vvip.callbacks.columns import CallbackColumns
from vvip.callbacks.states import HELD, State, Tier

TIER2 = {Role.AGENT_TIER2, Role.TEAM_LEADER, Role.SUPERVISOR}
LEADERS = {Role.TEAM_LEADER, Role.SUPERVISOR}
SYSTEM = {Role.SYSTEM}
LOKAL = "lokal: ADR-0032"


class CallbackBase(CallbackColumns):
    document = "W-26"
    revision = "00"
    prefix, page, waits_in = "CB", "callbacks:case", {State.QUEUED, *HELD}
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)

    class Meta:
        abstract = True

    def _leave(self) -> None:
        """Back in nobody's hands; what CTI and its call's area said while somebody had it counts now."""
        self.let_go()
        if self.area_id != self.call.area_id:
            self.move_to(self.call.area_id)
        if self.call.is_behind:
            self.raise_to(Tier.VVIP)

    def _escalate(self, how: str) -> None:
        self.how, self.problem_words, self.escalated_at = how, "", None

    def _write(self, at: datetime) -> None:
        """The customer is told by mail that nobody reached them; "" where no address is known is kept as well."""
        known = contact.mailbox_of(self) is not None  # type: ignore[arg-type]
        self.message_at = at
        self.message_to = contact.address_of(self) if known else ""  # type: ignore[arg-type]
