"""The tables written by hand beside this module: one line a step, read without a word of the code they judge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROLES = {
    "A": "agent_email", "I": "agent_147", "T": "agent_tier2", "L": "team_leader", "V": "supervisor", "M": "manager",
    "U": "telkom_unit", "C": "api_client", "D": "admin", "S": "system", "G": "agent_caring", "Q": "qco",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """`source` and `target` are sets of states; no target means that the state stays, no source that the step opens."""

    name: str
    roles: frozenset[str]
    source: frozenset[str]
    target: frozenset[str]
    clause: str
    guards: tuple[str, ...]


def read(name: str, states: frozenset[str]) -> dict[str, Row]:
    lines = Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8").splitlines()
    rows = [_row([cell.strip() for cell in line.split("|")], states) for line in lines if not line.startswith("#")]
    assert len({row.name for row in rows}) == len(rows), "a step stands twice"
    return {row.name: row for row in rows}


def _row(cells: list[str], states: frozenset[str]) -> Row:
    name, roles, source, target, clause, guards = cells
    return Row(
        name,
        frozenset(ROLES[letter] for letter in roles),
        _states(source, states),
        _states(target, states),
        clause,
        tuple(filter(None, guards.split(" + "))),
    )


def _states(words: str, states: frozenset[str]) -> frozenset[str]:
    if words in {"start", "stays"}:
        return frozenset()
    but = words.startswith("all")
    named = frozenset(words.removeprefix("all").removeprefix(" but ").split())
    assert named <= states, f"unknown states: {named - states}"
    return states - named if but else named
