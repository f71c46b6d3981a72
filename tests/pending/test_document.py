"""The chart against the document: the sentences of W-02 1.2 and the steps, one by one and in both directions."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.utils.translation import override

from pending.models import PendingRequest
from pending.states import State
from tenesa.documents import supplied
from tenesa.documents.coverage import coverage, named
from tenesa.documents.models import Clause, Document, Revision, Term
from tenesa.workflow.chart import edges
from tenesa.workflow.step import START, steps_of

STEPS = steps_of(PendingRequest)
# Each sentence: the steps that carry it, and the way through the chart that it tells.
SENTENCES: dict[str, tuple[set[str], list[str]]] = {
    "1.2.1": ({"request"}, [START, State.RECEIVED]),  # a unit asks, with a fitting reason
    "1.2.2": (  # NOSSA is checked again, the customer is asked
        {"pick_up", "keep_snapshot", "read_again", "reject", "start_contact", "record_attempt"},
        [State.RECEIVED, State.CHECKING, State.CONTACTING],
    ),
    "1.2.3": ({"take_call", "agree"}, [State.CONTACTING, State.APPROVED]),  # reached: they are told and asked
    "1.2.4": (  # not reached: on hold with the unit's reason, NOSSA updated
        {"give_up", "apply", "confirm_hold", "note_worklog"},
        [State.CONTACTING, State.UNREACHABLE, State.APPLYING, State.PENDED],
    ),
    "1.2.5": (  # a yes: on hold until the agreed time, NOSSA updated
        {"agree", "apply", "confirm_hold", "end_hold", "note_worklog"},
        [State.CONTACTING, State.APPROVED, State.APPLYING, State.PENDED, State.RESUME_DUE],
    ),
    "1.2.6": (  # a no: NOSSA updated, the ticket goes on with the unit
        {"refuse", "give_back", "confirm_return", "note_worklog"},
        [State.CONTACTING, State.REFUSED, State.RETURNING, State.RETURNED],
    ),
}


def effects_of(*names: str) -> str:
    return " ".join(str(effect.label) for name in names for effect in STEPS[name].effects)


def guards_of(name: str) -> str:
    return " ".join(str(guard.label) for guard in STEPS[name].guards)


def test_every_sentence_has_its_steps_and_every_step_its_sentence_or_its_decision() -> None:
    found: dict[str, set[str]] = {}
    for name, step in STEPS.items():
        for document, number in named(step.clause):
            assert document == "W-02"
            found.setdefault(number, set()).add(name)
    assert found == {number: steps for number, (steps, _way) in SENTENCES.items()}
    others = [step for step in STEPS.values() if not named(step.clause)]
    decisions = {f"lokal: ADR-{number}" for number in ("0008", "0017", "0029", "0047")}
    assert {step.clause for step in others} == decisions


@pytest.mark.parametrize("number", SENTENCES)
def test_the_chart_has_the_way_that_the_sentence_tells(number: str) -> None:
    steps, way = SENTENCES[number]
    drawn = {(edge.source, edge.target) for edge in edges(PendingRequest)}
    for source, target in pairwise(way):
        assert (str(source), str(target)) in drawn
        takers = {name for name, step in STEPS.items() if source in step.source and target in step.target}
        assert takers & steps, f"no step of {number} leads from {source} to {target}"


def test_a_sentence_binds_by_guard_and_acts_by_effect() -> None:
    with override("en"):
        assert "NOSSA was read" in guards_of("start_contact")
        assert "the customer was reached" in guards_of("agree")  # 1.2.3, 1.2.5
        assert "the customer was reached" in guards_of("refuse")  # 1.2.6
        assert "attempts by the rule, and none connected" in guards_of("give_up")  # 1.2.4
        assert "S-06" in effects_of("pick_up")
        assert "S-08" in effects_of("apply")
        assert "S-07" in effects_of("confirm_hold")
        assert "S-09" in effects_of("give_back")
        assert "S-08" in effects_of("end_hold")
        assert {"until", "said_yes"} <= set(STEPS["agree"].form.base_fields)  # type: ignore[union-attr]
    ways_on_hold = {name for name, step in STEPS.items() if State.PENDED in step.target}
    assert ways_on_hold == {"confirm_hold", "keep_agreement"}  # the second keeps what runs


@pytest.mark.django_db
def test_the_register_knows_the_same_sentences() -> None:
    supplied.load(Document, Revision, Clause, Term)
    document = Document.objects.get(short="W-02")
    clauses = Clause.objects.filter(document=document, number__startswith="1.2.")
    assert {clause.number for clause in clauses} == set(SENTENCES)
    assert {covered.clause.number: covered.how for covered in coverage(document, clauses)} == dict.fromkeys(
        SENTENCES, "step"
    )
