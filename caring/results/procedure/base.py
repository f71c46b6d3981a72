"""Columns, document, roles and state of a result, and what its steps share."""

from __future__ import annotations

from django_fsm import FSMField

from caring.prospects.states import State as Prospects
from caring.results.columns import ResultColumns
from caring.results.states import OF_AGENT, OF_LEADER, OF_QC, Ended, State
from tenesa.accounts.roles import Role
from tenesa.workflow.step import START

AGENTS = {Role.AGENT_CARING, Role.TEAM_LEADER}
LEADERS = {Role.TEAM_LEADER, Role.SUPERVISOR}
QC = {Role.QCO}
SYSTEM = {Role.SYSTEM}
LOKAL = "lokal: ADR-0037"
NOT_CALLED = {Prospects.PAID: Ended.PAID, Prospects.EXCLUDED: Ended.EXCLUDED, Prospects.EXHAUSTED: Ended.LEFT}


class ResultBase(ResultColumns):
    document = "P-01"
    revision = "00"
    prefix, page, waits_in = "HC", "results:case", (*OF_LEADER, *OF_QC, *OF_AGENT)
    state = FSMField(choices=State.choices, default=START, protected=True, editable=False)

    class Meta:
        abstract = True
