"""Every step of every procedure against the table written by hand, and each of its guards refusing alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from caring.models import CaringResult, Prospect
from segmentation.lists import ListEntry
from tenesa.accounts.models import SYSTEM, Actor, User
from tenesa.accounts.roles import Role
from tenesa.workflow.case import Case
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import perform
from tenesa.workflow.procedures import procedures
from tenesa.workflow.step import START, Guard, Step, steps_of
from tests.oracle.table import Row, read
from tests.oracle.world import everybody, placed
from tests.refusals import everything
from vvip.models import Audit, Callback, SpecialCase


def _states(model: Any) -> frozenset[str]:
    return frozenset(value for value, _label in model._meta.get_field("state").choices)


OWN_TABLE: dict[type[Case], str] = {  # where a document has several procedures
    ListEntry: "w26lists",
    SpecialCase: "w26calls",
    Callback: "w26callbacks",
    Audit: "w26audit",
    Prospect: "p01prospects",
    CaringResult: "p01results",
}
TABLES = {model: OWN_TABLE.get(model, model.document.lower().replace("-", "")) for model in procedures().values()}
ORACLE = {model: read(table, _states(model)) for model, table in TABLES.items()}
STEPS = [(model, name) for model in TABLES for name in dict.fromkeys([*ORACLE[model], *steps_of(model)])]
GUARDED = [
    (model, name, place)
    for model in TABLES
    for name, row in ORACLE[model].items()
    for place in range(len(row.guards))
    if row.source
]


def test_every_table_has_its_procedure() -> None:
    assert {path.stem for path in Path(__file__).parent.glob("*.txt")} == set(TABLES.values())


@pytest.mark.parametrize(("model", "name"), STEPS)
def test_the_code_says_what_the_table_says(model: type[Case], name: str) -> None:
    assert name in ORACLE[model], "the code has a step of which the table knows nothing"
    assert name in steps_of(model), "the table has a step that the code lacks"
    assert _as_row(steps_of(model)[name]) == ORACLE[model][name]


def _as_row(step: Step) -> Row:
    with override("en"):
        guards = tuple(str(guard.label) for guard in step.guards)
    source = frozenset() if step.source == (START,) else frozenset(step.source)
    return Row(step.name, frozenset(map(str, step.roles)), source, frozenset(step.target), step.clause, guards)


@pytest.fixture
def people(db: None) -> dict[Role, User]:
    return everybody()


@pytest.fixture
def answer() -> Iterator[Callable[[Guard, str], None]]:
    """Let a guard answer with these words until the test ends."""
    before: list[tuple[Guard, Any]] = []

    def let(guard: Guard, words: str) -> None:
        before.append((guard, guard.refuses))
        object.__setattr__(guard, "refuses", lambda case, actor: words)

    yield let
    for guard, refuses in reversed(before):
        object.__setattr__(guard, "refuses", refuses)


@pytest.mark.parametrize(("model", "name", "place"), GUARDED)
def test_each_guard_refuses_alone(
    model: type[Case], name: str, place: int, people: dict[Role, User], answer: Callable[[Guard, str], None]
) -> None:
    """All others let pass: the one that refuses is asked, its words reach the person, and nothing has happened."""
    row = ORACLE[model][name]
    with override("en"):
        guards = {str(guard.label): guard for guard in steps_of(model)[name].guards}
    for label in row.guards:
        answer(guards[label], "ini sebabnya" if label == row.guards[place] else "")
    for state in sorted(row.source):
        case = placed(model, state, people)
        before = everything()
        for actor in _actors(row, people):
            with pytest.raises(NotNow) as refused:
                perform(case, name, actor=actor, data={})
            assert refused.value.reasons == ["ini sebabnya"]
        assert everything() == before


def _actors(row: Row, people: dict[Role, User]) -> list[Actor]:
    found: list[Actor] = [user for role, user in people.items() if role.value in row.roles]
    return [*found, SYSTEM] if "system" in row.roles else found
