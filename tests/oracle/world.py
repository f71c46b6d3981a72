"""A case of any procedure in any state, without its steps: only for tests of what is refused there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from caring.models import CaringResult, Prospect
from pending.models import PendingRequest
from segmentation.lists import ListEntry
from tenesa.accounts.models import Membership, User
from tenesa.accounts.roles import HUMAN_ROLES, Role
from tenesa.escalation.models import Escalation
from tenesa.workflow.case import Case
from tests import factories
from tests.caring import desk as caring
from tests.caring import results
from tests.pending import desk as holds
from tests.platform import test_escalation as escalations
from tests.segmentation import entries
from tests.vvip import audits, callbacks
from tests.vvip import desk as calls
from tests.workspace import worked
from tests.workspace.sample.procedure import Visit
from tickets.models import EmailCase, State
from vvip.models import Audit, Callback, SpecialCase

People = Mapping[Role, User]
VALID: Mapping[str, Mapping[str, Any]] = {  # columns that the database asks for in a state of a mail case
    State.FORWARDED: dict.fromkeys(("educated_at", "forwarded_at", "posted_at"), "2026-01-01T00:00Z"),
    State.RECOVERED_INFORMED: {"cause": "putus", "repair": "sambung"},
    State.ESCALATED: {"reason": "perlu bantuan"},
}


def everybody() -> dict[Role, User]:
    """One person a role; of units only who asked knows of a request, whether by page or by REST."""
    found = factories.person_each(role for role in HUMAN_ROLES if role != Role.API_CLIENT)
    unit = found[Role.TELKOM_UNIT]
    Membership.objects.create(user=unit, team=unit.memberships.get().team, role=Role.API_CLIENT)
    return {**found, Role.API_CLIENT: unit}


def placed(model: type[Case], state: str, people: People) -> Case:
    return PLACED[model](state, people)


def _mail(state: str) -> EmailCase:
    columns = dict(VALID.get(state, {}))
    if state == State.MERGED:
        columns["merged_into"] = factories.opened()
    return factories.put(factories.opened(), state, **columns)


PLACED: Mapping[type[Case], Callable[[str, People], Case]] = {
    Audit: lambda state, people: audits.placed(state, people[Role.TEAM_LEADER].places[0][1]),
    EmailCase: lambda state, _people: _mail(state),
    PendingRequest: lambda state, people: holds.placed(state, holds.asked(people[Role.TELKOM_UNIT])),
    Escalation: lambda state, people: escalations.placed(state, people[Role.AGENT_EMAIL], people[Role.TEAM_LEADER]),
    ListEntry: lambda state, _people: entries.placed(state),
    SpecialCase: lambda state, people: calls.placed(state, people[Role.AGENT_147]),
    Callback: lambda state, _people: callbacks.placed(state),
    Prospect: lambda state, _people: caring.placed(state),
    CaringResult: lambda state, _people: results.placed(state),
    Visit: lambda state, _people: worked.placed(state),
}
