"""Refused means nothing happened: every step x role x state, generated from the procedure itself."""

from __future__ import annotations

from typing import Any

import pytest

from tenesa.accounts.models import User
from tenesa.accounts.roles import HUMAN_ROLES, Role
from tenesa.workflow.errors import UnknownStep
from tenesa.workflow.perform import perform
from tenesa.workflow.step import steps_of
from tests import factories
from tests.refusals import (
    is_not_there,
    refuses_other_roles,
    refuses_other_states,
    refuses_what_is_missing,
)
from tickets.models import EmailCase, State

STEPS = steps_of(EmailCase)
VALID = {  # columns that the database asks for in a state
    State.FORWARDED: {"educated_at": "2026-01-01T00:00Z", "forwarded_at": "2026-01-01T00:00Z"},
    State.RECOVERED_INFORMED: {"cause": "putus", "repair": "sambung"},
    State.ESCALATED: {"reason": "perlu bantuan"},
}
VALID[State.FORWARDED]["posted_at"] = "2026-01-01T00:00Z"


def placed(state: str) -> EmailCase:
    """A case in a state, with what the database asks for there."""
    columns: dict[str, Any] = dict(VALID.get(State(state), {}))
    if state == State.MERGED:
        columns["merged_into"] = factories.opened()
    return factories.put(factories.opened(), state, **columns)


@pytest.fixture
def people(db: None) -> dict[Role, User]:
    return {role: factories.person(f"orang-{role.value}", role) for role in HUMAN_ROLES}


@pytest.mark.parametrize("name", STEPS)
def test_it_refuses_every_role_that_the_step_does_not_name(name: str, people: dict[Role, User]) -> None:
    refuses_other_roles(factories.opened(), name, people)


@pytest.mark.parametrize("state", State.values)
def test_it_refuses_every_step_from_another_state(state: str, people: dict[Role, User]) -> None:
    refuses_other_states(placed(state), state, people)


@pytest.mark.parametrize("state", State.values)
def test_it_writes_nothing_when_guards_or_inputs_refuse(state: str, people: dict[Role, User]) -> None:
    case = placed(state)
    restore = lambda: factories.put(case, state, owner=None, **VALID.get(State(state), {}))  # noqa: E731
    assert refuses_what_is_missing(case, state, people, restore) or state in {State.VOID}


def test_it_answers_404_for_a_case_of_another_desk(asing: User) -> None:
    is_not_there(factories.opened(), asing)


def test_it_answers_404_for_a_step_that_the_procedure_does_not_have(people: dict[Role, User]) -> None:
    with pytest.raises(UnknownStep):
        perform(factories.opened(), "delete", actor=people[Role.TEAM_LEADER])
