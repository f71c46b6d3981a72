"""A case of any procedure in any state, without its steps: only for tests of what is refused there."""

from __future__ import annotations

from collections.abc import Mapping

from pending.models import PendingRequest
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.case import Case
from tests.pending import test_refusal_matrix as holds
from tests.pending.desk import asked
from tests.platform import test_escalation as escalations
from tests.tickets import test_refusal_matrix as mails
from tests.workspace import worked
from tests.workspace.sample.procedure import Visit
from tickets.models import EmailCase

People = Mapping[Role, User]


def placed(model: type[Case], state: str, people: People) -> Case:
    agent = people[Role.AGENT_EMAIL]
    if model is EmailCase:
        return mails.placed(state)
    if model is PendingRequest:
        return holds.placed(state, asked(people[Role.TELKOM_UNIT]))
    if model is Visit:
        return worked.placed(state)
    return escalations.placed(state, agent, people[Role.TEAM_LEADER])
