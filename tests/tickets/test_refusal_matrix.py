"""Refused means nothing happened: every step x role x state, generated from the procedure itself."""

from __future__ import annotations

from typing import Any

import pytest

from tenesa.accounts.models import User
from tenesa.accounts.roles import HUMAN_ROLES, Role
from tenesa.audit.models import Event
from tenesa.escalation.models import Escalation
from tenesa.mail.models import OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.timers.models import Mark, Timer
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep, Refusal, UnknownStep
from tenesa.workflow.perform import perform
from tenesa.workflow.step import steps_of
from tests import factories
from tickets.models import EmailCase, Expedite, Line, Note, State, ToolCheck

STEPS = steps_of(EmailCase)
WATCHED_TABLES = (
    EmailCase,
    Escalation,
    Line,
    Note,
    ToolCheck,
    Event,
    OutboundMail,
    ExternalCall,
    Timer,
    Mark,
    Expedite,
)
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


def everything() -> list[list[Any]]:
    """The content of every table that a step may touch."""
    tables: tuple[Any, ...] = WATCHED_TABLES
    return [list(model.objects.order_by("pk").values()) for model in tables]


@pytest.fixture
def people(db: None) -> dict[Role, User]:
    return {role: factories.person(f"orang-{role.value}", role) for role in HUMAN_ROLES}


@pytest.mark.parametrize("name", STEPS)
def test_it_refuses_every_role_that_the_step_does_not_name(name: str, people: dict[Role, User]) -> None:
    case, step = factories.opened(), STEPS[name]
    before = everything()
    for role, user in people.items():
        if role in step.by:
            continue
        with pytest.raises((NotYourStep, UnknownStep)) as refused:
            perform(case, name, actor=user, data={})
        assert refused.value.status in {403, 404}
    assert everything() == before


@pytest.mark.parametrize("state", State.values)
def test_it_refuses_every_step_from_another_state(state: str, people: dict[Role, User]) -> None:
    case = placed(state)
    before = everything()
    for name, step in STEPS.items():
        if state in step.source:
            continue
        actor = next((user for role, user in people.items() if role in step.by), None)
        if actor is None:
            continue
        with pytest.raises(NotNow) as refused:
            perform(case, name, actor=actor, data={})
        assert refused.value.status == 409
        assert refused.value.reasons[0]
    assert everything() == before


@pytest.mark.parametrize("state", State.values)
def test_it_writes_nothing_when_guards_or_inputs_refuse(state: str, people: dict[Role, User]) -> None:
    """Nobody holds the case and no input is given: whatever the step needs, it is missing."""
    case = placed(state)
    refused = 0
    for name, step in STEPS.items():
        for role in step.by & set(people):
            if state not in step.source or not (step.guards or step.asks):
                continue
            before = everything()
            try:
                perform(case, name, actor=people[role], data={})
            except (NotNow, InvalidInput):
                refused += 1
                assert everything() == before
            else:
                case = factories.put(case, state, owner=None, **VALID.get(State(state), {}))
    assert refused or state in {State.VOID}


def test_it_answers_404_for_a_case_of_another_desk(asing: User) -> None:
    case = factories.opened()
    before = everything()
    for name in STEPS:
        with pytest.raises(Refusal) as refused:
            perform(case, name, actor=asing, data={})
        assert refused.value.status in {403, 404}
    assert everything() == before


def test_it_answers_404_for_a_step_that_the_procedure_does_not_have(people: dict[Role, User]) -> None:
    with pytest.raises(UnknownStep):
        perform(factories.opened(), "delete", actor=people[Role.TEAM_LEADER])
