"""Notices that a step writes, as the table of its desk says; in the step's own transaction."""

from __future__ import annotations

from collections.abc import Iterator

from tenesa.accounts.models import User
from tenesa.notices import services
from tenesa.notices.models import WORDS, Kind, Notice
from tenesa.workflow.case import Case
from tenesa.workflow.rows import before_step
from tenesa.workflow.step import AddRow, Step, StepContext
from tenesa.workspace import mentions
from tenesa.workspace.desk import desk_of
from tenesa.workspace.notify import Change

SAID = ("text", "note", "reason", "recommendation", "answer", "facts", "decision")  # inputs that say why; the first


def notices_of(case: Case, step: Step, taken: StepContext) -> Iterator[AddRow]:
    """A row for everybody whom the step tells of it; never for whoever takes it."""
    desk = desk_of(case.procedure_name())
    if desk is None or step.name not in desk.notices:
        return
    change = Change(case, taken.actor, taken.inputs, before_step(case))
    kinds: dict[int, Kind] = {}
    for rule in desk.notices[step.name]:
        for person in rule.whom(change):
            if person is not None and person != taken.actor.pk:
                kinds.setdefault(person, rule.kind)
    services.told(kinds)
    actor = taken.actor if isinstance(taken.actor, User) else None
    words = next((str(taken.inputs[name]) for name in SAID if taken.inputs.get(name)), "") if kinds else ""
    words = mentions.named(words)[:WORDS]
    for person, kind in kinds.items():
        yield AddRow(
            Notice(
                person_id=person, kind=kind, procedure=case.procedure_name(), case_id=case.pk, seq=case.version,
                step=step.name, actor=actor, words=words, at=taken.at,
            )
        )  # fmt: skip
