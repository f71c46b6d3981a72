"""The state chart of a procedure as SVG coordinates, laid out from the declaration itself.

States stand in columns by their distance from the start; within a column they are ordered so that few lines cross.
Steps that are possible from nearly everywhere are listed beside the chart instead of being drawn as a net.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from tenesa.workflow.step import START, Step

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 138, 40, 46, 28, 16
EVERYWHERE = 6


@dataclass
class Node:
    state: str
    label: str
    count: int
    column: int = 0
    x: int = 0
    y: int = 0

    @property
    def lines(self) -> list[tuple[str, int]]:
        """The label in at most two lines, with their height inside the box."""
        words, first = self.label.split(), ""
        while words and len(f"{first} {words[0]}") <= 16:
            first = f"{first} {words.pop(0)}".strip()
        rest = " ".join(words)
        return [(first, self.y + 17), (rest, self.y + 31)] if first and rest else [(first or rest, self.y + 24)]


@dataclass(frozen=True)
class Edge:
    path: str
    label: str
    by_system: bool
    tip: str


@dataclass
class Chart:
    width: int
    height: int
    nodes: list[Node]
    edges: list[Edge]
    everywhere: list[Step] = field(default_factory=list)


def chart(steps: Iterable[Step], labels: Mapping[str, str], counts: Mapping[str, int], ended: Collection[str]) -> Chart:
    moves: dict[tuple[str, str], list[Step]] = defaultdict(list)
    everywhere = []
    for step in steps:
        if not step.target:
            continue
        if len(step.source) > EVERYWHERE or len(step.target) > EVERYWHERE:
            everywhere.append(step)
            continue
        for source in step.source:
            for target in step.target:
                if source not in (target, START):
                    moves[source, target].append(step)
    nodes = {state: Node(state, label, counts.get(state, 0)) for state, label in labels.items()}
    _columns(nodes, moves, ended)
    width, height = _place(nodes, moves)
    edges = [_edge(nodes[a], nodes[b], taken, height) for (a, b), taken in moves.items()]
    return Chart(width, height, list(nodes.values()), edges, everywhere)


def _columns(nodes: dict[str, Node], moves: Mapping[tuple[str, str], list[Step]], ended: Collection[str]) -> None:
    """Breadth first from the first state; ends, and what no drawn line reaches, stand in the last column."""
    first = next(iter(nodes))
    reached, frontier, column = {first}, [first], 0
    while frontier:
        for state in frontier:
            nodes[state].column = column
        following = (b for a in frontier for (source, b) in moves if source == a)
        frontier = list(dict.fromkeys(b for b in following if b not in reached and b not in ended))
        reached.update(frontier)
        column += 1
    for state, node in nodes.items():
        if state not in reached:
            node.column = column


def _place(nodes: dict[str, Node], moves: Mapping[tuple[str, str], list[Step]]) -> tuple[int, int]:
    columns: dict[int, list[Node]] = defaultdict(list)
    for node in nodes.values():
        columns[node.column].append(node)
    near: dict[str, list[str]] = defaultdict(list)
    for a, b in moves:
        near[a].append(b)
        near[b].append(a)
    tallest = max(len(column) for column in columns.values())
    for _sweep in range(6):
        for number in sorted(columns):
            column = columns[number]
            rank = {node.state: i + (tallest - len(c)) / 2 for c in columns.values() for i, node in enumerate(c)}
            wanted = {n.state: _mean([rank[s] for s in near[n.state]], rank[n.state]) for n in column}
            column.sort(key=lambda node, wanted=wanted: wanted[node.state])  # type: ignore[misc]
    height = 2 * MARGIN + tallest * (HEIGHT + GAP_Y) + 40
    for number, column in columns.items():
        top = (height - 40 - len(column) * (HEIGHT + GAP_Y)) // 2 + GAP_Y // 2
        for i, node in enumerate(column):
            node.x = MARGIN + number * (WIDTH + GAP_X)
            node.y = top + i * (HEIGHT + GAP_Y)
    return 2 * MARGIN + len(columns) * (WIDTH + GAP_X), height


def _mean(values: list[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _edge(a: Node, b: Node, steps: list[Step], height: int) -> Edge:
    ay, by = a.y + HEIGHT // 2, b.y + HEIGHT // 2
    if b.column > a.column:
        x1, x2 = a.x + WIDTH, b.x
        bend = max(28, (x2 - x1) // 2)
        path = f"M{x1} {ay} C{x1 + bend} {ay} {x2 - bend} {by} {x2 - 5} {by}"
        tip = f"M{x2 - 6} {by - 4} L{x2} {by} L{x2 - 6} {by + 4} Z"
    elif b.column == a.column:
        x = a.x + WIDTH
        path = f"M{x} {ay} C{x + 34} {ay} {x + 34} {by} {x + 5} {by}"
        tip = f"M{x + 6} {by - 4} L{x} {by} L{x + 6} {by + 4} Z"
    else:
        x1, x2 = a.x + WIDTH // 2, b.x + WIDTH // 2
        low = max(a.y, b.y) + HEIGHT + 30 + 6 * (a.column - b.column)
        low = min(low, height - 6)
        path = f"M{x1} {a.y + HEIGHT} C{x1} {low} {x2} {low} {x2} {b.y + HEIGHT + 5}"
        tip = f"M{x2 - 4} {b.y + HEIGHT + 6} L{x2} {b.y + HEIGHT} L{x2 + 4} {b.y + HEIGHT + 6} Z"
    words = "\n".join(f"{step.label} ({step.clause})" for step in steps)
    return Edge(path, words, all(not step.by_people for step in steps), tip)
