"""Columns, document, roles and state of a 147 call, and what its steps share."""

from __future__ import annotations

from datetime import datetime, timedelta

from django_fsm import FSMField

from segmentation import classes
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.step import START
from vvip.calls.columns import CallColumns
from vvip.calls.states import AT_TIER1, Outcome, State

TIER1 = {Role.AGENT_147, Role.TEAM_LEADER, Role.SUPERVISOR}
DESK = TIER1 | {Role.AGENT_TIER2}
LEADERS = {Role.TEAM_LEADER, Role.SUPERVISOR}
SYSTEM = {Role.SYSTEM}
LOKAL = "lokal: ADR-0031"


class CallBase(CallColumns):
    document = "W-26"
    revision = "00"
    prefix, page, waits_in = "SK", "calls:case", AT_TIER1
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)

    class Meta:
        abstract = True

    def _hold(self, owner: User, at: datetime) -> None:
        self.owner, self.lease_until = owner, at + (self.lease or timedelta())

    def _let_go(self, note: str) -> None:
        self.owner, self.lease_until, self.remark = None, None, note

    def _see_class(self, at: datetime) -> None:
        self.see_class(classes.class_of(customer=self.customer, at=at), at)

    def _catch_up(self, at: datetime) -> None:
        """Nobody is in the midst of it: what CTI said late counts, and that a super emergency is over."""
        if self.is_behind:
            self._see_class(at)
        elif self.tier == 0 and not self.is_super_emergency and self.customer is not None:
            over = classes.emergency_of(self.customer) is None
            self.tier = self.lasting_tier if over else self.tier

    def _solved(self, solution: str) -> str:
        self.solution, self.outcome = solution, Outcome.SOLVED
        return State.SOLVED

    def _end_emergency(self) -> None:
        self.is_super_emergency, self.emergency_owner, self.news_due = False, None, None
        self.tier = max(self.tier, self.lasting_tier)
