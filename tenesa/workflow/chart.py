"""The state chart of a procedure, read from its code: data for the page, Mermaid text for the documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tenesa.workflow.case import Case
from tenesa.workflow.step import START, Step, steps_of

FEW = 2  # a step with more targets goes back to where the case came from; its arrows would hide the others


@dataclass(frozen=True)
class Edge:
    """One arrow: from state, to state, and the steps that draw it."""

    source: str
    target: str
    steps: tuple[Step, ...]


def edges(procedure: type[Case]) -> list[Edge]:
    """The arrows that change the state, in the order of the document."""
    found: dict[tuple[str, str], list[Step]] = {}
    for step in steps_of(procedure).values():
        for arrow in _arrows(step):
            found.setdefault(arrow, []).append(step)
    return [Edge(source, target, tuple(steps)) for (source, target), steps in found.items()]


def _arrows(step: Step) -> Iterator[tuple[str, str]]:
    if len(step.target) > FEW:
        return
    for source in step.source:
        for target in step.target:
            if source != target:
                yield source, target


def mermaid(procedure: type[Case]) -> str:
    """The chart as a Mermaid state diagram, without the steps that go back to where the case came from."""
    lines = ["stateDiagram-v2"]
    for edge in edges(procedure):
        source = "[*]" if edge.source == START else edge.source
        lines.append(f"    {source} --> {edge.target}: {', '.join(step.name for step in edge.steps)}")
    return "\n".join(lines)
