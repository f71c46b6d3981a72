"""Which steps fulfil which clause: read from the procedures themselves, never kept."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tenesa.documents.models import Clause, Document
from tenesa.workflow.procedures import procedures
from tenesa.workflow.step import Step, steps_of

_NUMBER = r"\d[\d.]*(?: (?:[a-e]|langkah \d))?"
_NAMED = re.compile(rf"([A-Z]+-\d+) ({_NUMBER}(?:, {_NUMBER})*)")


@dataclass
class Covered:
    """A clause and what fulfils it."""

    clause: Clause
    steps: list[Step] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return anchor(self.clause.number)

    @property
    def how(self) -> str:
        """ "step", "other" (named in the register), "shown" (X-18) or "open"."""
        if self.steps:
            return "step"
        if self.clause.shown:
            return "shown"
        return "other" if self.clause.met_by else "open"


def named(clause: str) -> list[tuple[str, str]]:
    """("W-05", "1.2.5") of every clause that a step names."""
    found = _NAMED.fullmatch(clause.strip())
    return [(found[1], number.strip()) for number in found[2].split(",")] if found else []


def anchor(number: str) -> str:
    """Where a clause stands on its document's page."""
    return f"c-{number.replace(' ', '-')}"


def steps_by_clause() -> dict[tuple[str, str], list[Step]]:
    found: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for procedure in procedures().values():
        for step in steps_of(procedure).values():
            for key in named(step.clause):
                found[key].append(step)
            for activity in step.activities:
                found["P-05", activity].append(step)
    return found


def coverage(document: Document, clauses: Iterable[Clause]) -> list[Covered]:
    """A clause is fulfilled by the steps of its own number and of those below it."""
    found = steps_by_clause()
    return [Covered(clause, _of(found, document.short, clause.number)) for clause in clauses]


def _of(found: dict[tuple[str, str], list[Step]], short: str, number: str) -> list[Step]:
    own = [
        step
        for (document, clause), steps in found.items()
        if document == short and (clause == number or clause.startswith((f"{number}.", f"{number} ")))
        for step in steps
    ]
    return list(dict.fromkeys(own))
