"""W-02: every step x role x state, generated from the procedure; refused means nothing happened."""

from __future__ import annotations

from typing import Any

import pytest

from pending.models import PendingRequest
from pending.states import State
from tenesa.accounts.models import Membership, User
from tenesa.accounts.roles import HUMAN_ROLES, Role
from tenesa.workflow.step import START, steps_of
from tests import factories
from tests.pending.desk import again, ahead, asked
from tests.refusals import is_not_there, refuses_other_roles, refuses_other_states, refuses_what_is_missing

pytestmark = pytest.mark.django_db
STEPS = [name for name, step in steps_of(PendingRequest).items() if START not in step.source]


@pytest.fixture
def people(db: None) -> dict[Role, User]:
    """One person a role. The unit asks by page and by REST: of units only who asked knows of a request."""
    found: dict[Role, User] = {
        role: factories.person(f"orang-{role.value}", role) for role in HUMAN_ROLES if role != Role.API_CLIENT
    }
    unit = found[Role.TELKOM_UNIT]
    Membership.objects.create(user=unit, team=unit.memberships.get().team, role=Role.API_CLIENT)
    return {**found, Role.API_CLIENT: unit}


def placed(state: str, request: PendingRequest) -> PendingRequest:
    """A request in a state without its steps: only for tests of what is refused there."""
    columns: dict[str, Any] = {"state": state, "until": ahead(hours=2), "answer": "AGREED", "attempts_made": 1}
    columns |= {"connected_at": ahead(hours=-1), "owner": None}
    if state in {"REFUSED", "RETURNING", "RETURNED"}:
        columns |= {"answer": "REFUSED", "said": "tidak"}
    PendingRequest.objects.filter(pk=request.pk).update(**columns)
    return again(request)


@pytest.mark.parametrize("name", STEPS)
def test_it_refuses_every_role_that_the_step_does_not_name(name: str, people: dict[Role, User]) -> None:
    refuses_other_roles(asked(people[Role.TELKOM_UNIT]), name, people)


@pytest.mark.parametrize("state", State.values)
def test_it_refuses_every_step_from_another_state_and_whatever_is_missing(state: str, people: dict[Role, User]) -> None:
    request = placed(state, asked(people[Role.TELKOM_UNIT]))
    refuses_other_states(request, state, people)
    refused = refuses_what_is_missing(request, state, people, lambda: placed(state, request))
    assert refused or state in {State.EXTENDED, State.REJECTED}


def test_another_unit_and_another_desk_do_not_know_of_it(ujang: User, asep: User, asing: User) -> None:
    request = asked(ujang)
    for stranger in (asep, asing):
        is_not_there(request, stranger)
