"""Every desk: each step x role x state, generated from its procedure; refused means that nothing happened."""

from __future__ import annotations

from typing import Any

import pytest

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.step import Step
from tenesa.workspace.desk import Desk, desks
from tests import factories
from tests.oracle.world import everybody, placed
from tests.refusals import is_not_there, refuses_other_roles, refuses_other_states, refuses_what_is_missing

pytestmark = pytest.mark.django_db
STATES = [(desk, state) for desk in desks() for state in desk.labels]
STEPS = [(desk, step) for desk in desks() for step in desk.steps.values() if not step.opens]
KEPT = {"id", "version", "chain"}


def _name(one: Any) -> str:
    return str(getattr(one, "slug", getattr(one, "name", one)))


@pytest.fixture
def people(db: None) -> dict[Role, User]:
    return everybody()


@pytest.mark.parametrize(("desk", "step"), STEPS, ids=_name)
def test_it_refuses_every_role_that_the_step_does_not_name(desk: Desk, step: Step, people: dict[Role, User]) -> None:
    refuses_other_roles(placed(desk.model, step.source[0], people), step.name, people)


@pytest.mark.parametrize(("desk", "state"), STATES, ids=_name)
def test_it_refuses_every_step_of_another_state(desk: Desk, state: str, people: dict[Role, User]) -> None:
    refuses_other_states(placed(desk.model, state, people), state, people)


@pytest.mark.parametrize(("desk", "state"), STATES, ids=_name)
def test_it_writes_nothing_when_guards_or_inputs_refuse(desk: Desk, state: str, people: dict[Role, User]) -> None:
    case, rows = placed(desk.model, state, people), desk.model._default_manager
    columns = {name: value for name, value in rows.filter(pk=case.pk).values().get().items() if name not in KEPT}

    def restore() -> Any:
        rows.filter(pk=case.pk).update(**columns)
        return rows.get(pk=case.pk)

    assert refuses_what_is_missing(case, state, people, restore)


@pytest.mark.parametrize("desk", desks(), ids=_name)
def test_it_is_not_there_for_another_desk_and_another_unit(desk: Desk, people: dict[Role, User], asing: User) -> None:
    case = placed(desk.model, next(iter(desk.labels)), people)
    is_not_there(case, asing)
    is_not_there(case, factories.person("asep", Role.TELKOM_UNIT, ready=False))
