"""Columns, document, roles and state of a prospect, and what its steps share."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from caring.prospects import guards
from caring.prospects.columns import ProspectColumns
from caring.prospects.states import OPEN, State
from tenesa.accounts.roles import Role
from tenesa.workflow.step import START
from tenesa.workspace.ownership import is_mine

AGENTS = {Role.AGENT_CARING, Role.TEAM_LEADER}
LEADERS = {Role.TEAM_LEADER, Role.SUPERVISOR}
SYSTEM = {Role.SYSTEM}
LOKAL = "lokal: ADR-0037"
ANSWERED = [is_mine, guards.is_dialled, guards.may_be_answered]
REACHED = [*ANSWERED, guards.is_payer]
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
    withdrawal: models.ForeignKey[Any, Any] = models.ForeignKey(
        "caring.Withdrawal", models.PROTECT, related_name="+", verbose_name=_("withdrawn with"), null=True,
        db_index=False,
    )  # fmt: skip
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
        agreed = self.at is not None or self.recalled() is not None  # type: ignore[attr-defined]
        return State.FOLLOW_UP if agreed else State.AVAILABLE
