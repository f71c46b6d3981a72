"""Rules of the house that no other tool checks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from pending import states as pending
from pending.models import PendingRequest
from tenesa.accounts.roles import Role
from tenesa.escalation import states as escalation
from tenesa.escalation.models import Escalation
from tenesa.workflow.case import Case
from tenesa.workflow.chart import edges
from tenesa.workflow.procedures import procedures
from tenesa.workflow.step import START, steps_of
from tickets.models import EmailCase, State

ROOT = Path(settings.BASE_DIR)
SOURCES = [
    path
    for app in ("tenesa", "segmentation", "tickets", "pending", "vvip", "caring")
    for path in sorted((ROOT / app).rglob("*.py"))
]
STEPS = steps_of(EmailCase)
PROCEDURES = list(procedures().values())
EVERY_STEP = [(procedure, name) for procedure in PROCEDURES for name in steps_of(procedure)]
CLAUSE = re.compile(
    r"(?:W-02|W-05|W-26|P-05|P-01|SV-01) {0}(?:, {0})*|lokal: (ADR-\d{{4}})".format(
        r"\d(?:\.\d{1,2}){0,2}(?: (?:[a-e]|langkah \d))?"
    )
)


def test_it_writes_state_nowhere_but_through_the_door() -> None:
    written = re.compile(r"\.update\([^)]*\bstate=State\.|\.state = State\.")
    offenders = [str(path) for path in SOURCES if written.search(path.read_text())]
    assert offenders == []


def test_it_declares_transitions_in_one_place() -> None:
    users = [path.name for path in SOURCES if "import RETURN_VALUE, transition" in path.read_text()]
    assert users == ["step.py"]


@pytest.mark.parametrize(("procedure", "name"), EVERY_STEP)
def test_it_names_the_clause_or_the_decision_behind_every_step(procedure: type[Case], name: str) -> None:
    step = steps_of(procedure)[name]
    clause = CLAUSE.fullmatch(step.clause)
    assert clause, step.clause
    if number := clause.group(1):
        assert list((ROOT / "docs" / "adr").glob(f"{number.removeprefix('ADR-')}-*.md"))


def test_it_tells_the_activity_of_every_step() -> None:
    """P-05 7; a remark, a hand-back to the queue, undo and a move to another area serve none of the twelve."""
    matrix = {f"7.{number}" for number in range(1, 13)}
    of_none = {name for name, step in STEPS.items() if not step.activities}
    assert of_none == {"release", "take_back", "note", "change_area"}
    assert {activity for step in STEPS.values() for activity in step.activities} == matrix
    assert all(step.activities for step in steps_of(Escalation).values())


def test_it_covers_every_row_of_the_sheet() -> None:
    covered = {row for step in STEPS.values() for row in step.requirements}
    assert {f"E-{number:02}" for number in range(1, 24)} <= covered


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_it_names_only_steps_and_states_that_exist(procedure: type[Case]) -> None:
    choices: Any = procedure._meta.get_field("state").choices  # type: ignore[misc]
    steps, states = steps_of(procedure), [value for value, _label in choices]
    for step in steps.values():
        assert set(step.then) <= set(steps)
        assert set(step.source) <= {START, *states}
        assert set(step.target) <= set(states)
    assert {steps[name].roles for step in steps.values() for name in step.then} <= {frozenset({Role.SYSTEM})}


def test_it_can_reach_every_state_and_end_every_case() -> None:
    arrows = [(edge.source, edge.target) for edge in edges(EmailCase)]
    arrows += [(source, State.ESCALATED.value) for source in STEPS["escalate"].source]
    arrows += [(State.ESCALATED.value, target) for target in STEPS["return_escalation"].target]
    arrows += [(source, State.MERGED.value) for source in STEPS["merge"].source]
    arrows += [(State.MERGED.value, target) for target in STEPS["unmerge"].target]
    assert _closure(START, arrows) >= set(State.values)
    backwards = [(target, source) for source, target in arrows]
    assert _closure(State.CLOSED.value, backwards) | {State.VOID.value} >= set(State.values)


def test_it_can_reach_every_state_and_end_every_escalation() -> None:
    steps = steps_of(Escalation).values()
    arrows = [(a, b) for step in steps for a in step.source for b in step.target]
    assert _closure(START, arrows) >= set(escalation.State.values)
    backwards = [(b, a) for a, b in arrows]
    ends = [_closure(str(state), backwards) for state in escalation.ENDED]
    assert set().union(*ends) >= set(escalation.LIVE)


def test_it_covers_every_row_of_w02_and_can_reach_every_state_and_end_every_pend_request() -> None:
    steps = steps_of(PendingRequest).values()
    assert {row for step in steps for row in step.requirements} >= {f"PD-{number:02}" for number in range(1, 16)}
    assert {step.clause for step in steps} >= {f"W-02 1.2.{number}" for number in (1, 2, 3, 4, 6)}
    arrows = [(a, b) for step in steps for a in step.source for b in step.target]
    assert _closure(START, arrows) >= set(pending.State.values)
    backwards = [(b, a) for a, b in arrows]
    ends = [_closure(str(state), backwards) for state in pending.ENDED]
    assert set().union(*ends) >= set(pending.LIVE)


def _closure(start: str, arrows: list[tuple[str, str]]) -> set[str]:
    reached, frontier = {start}, {start}
    while frontier:
        frontier = {target for source, target in arrows if source in frontier} - reached
        reached |= frontier
    return reached


def test_it_keeps_the_written_procedure_up_to_date() -> None:
    call_command("sop", "--check")
    written = {path.stem for path in (ROOT / "docs" / "sop").glob("*.md")}
    assert {procedure._meta.app_label for procedure in PROCEDURES} == written != set()


def test_no_line_of_a_template_is_too_long_to_read() -> None:
    lines = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 160
    ]
    assert lines == []
