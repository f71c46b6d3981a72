"""Faults that an administrator or a test switches on, for a number of calls or until switched off."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tenesa.systems.simulator.contract import RefusalError
from tenesa.systems.simulator.store import Store

HANG_MS = 15_000
SLOW_MS = 3_000


class Kind(StrEnum):
    TIMEOUT = "timeout"  # nothing is done and no answer comes
    LOST_ANSWER = "lost_answer"  # it is done, and no answer comes
    HTTP_500 = "http_500"
    SLOW = "slow"
    DUPLICATE = "duplicate"
    WRONG_DATA = "wrong_data"


@dataclass(frozen=True)
class Fault:
    kind: Kind
    ms: int

    @property
    def seconds(self) -> float:
        return self.ms / 1000


def take(store: Store, system: str, operation: str) -> Fault | None:
    """The fault that this call meets; one limited to n calls is used up by it."""
    row = store.db.execute(
        "SELECT rowid, * FROM faults WHERE system = ? AND operation IN (?, '*') ORDER BY operation = '*' LIMIT 1",
        (system, operation),
    ).fetchone()
    if row is None:
        return None
    if row["remaining"] is not None:
        store.db.execute("UPDATE faults SET remaining = remaining - 1 WHERE rowid = ?", (row["rowid"],))
        store.db.execute("DELETE FROM faults WHERE remaining <= 0")
    return Fault(Kind(row["kind"]), row["ms"])


def switch_on(
    store: Store, system: str, operation: str, kind: str, *, ms: int | None = None, count: int | None = None
) -> None:
    if kind not in list(Kind):
        raise RefusalError("INVALID", f"Unknown fault {kind}.")
    default = {Kind.SLOW: SLOW_MS, Kind.TIMEOUT: HANG_MS, Kind.LOST_ANSWER: HANG_MS}.get(Kind(kind), 0)
    store.db.execute(
        "INSERT OR REPLACE INTO faults VALUES (?, ?, ?, ?, ?)",
        (system, operation, kind, default if ms is None else ms, count),
    )


def switch_off(store: Store, system: str = "", operation: str = "") -> None:
    """Without names, everything."""
    store.db.execute(
        "DELETE FROM faults WHERE (? = '' OR system = ?) AND (? = '' OR operation = ?)",
        (system, system, operation, operation),
    )


def listed(store: Store) -> list[dict[str, Any]]:
    return [dict(row) for row in store.db.execute("SELECT * FROM faults ORDER BY system, operation")]


def spoil(data: dict[str, Any]) -> dict[str, Any]:
    """Answer data that is fine JSON and useless: the first field of the first object is gone."""
    if not data:
        return data
    first, value = next(iter(data.items()))
    if isinstance(value, dict) and value:
        return {**data, first: spoil(value)}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {**data, first: [spoil(value[0]), *value[1:]]}
    return {name: kept for name, kept in data.items() if name != first}
