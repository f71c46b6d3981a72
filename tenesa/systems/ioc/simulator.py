"""The simulated IOC."""

from __future__ import annotations

from typing import Any

from tenesa.systems.ioc.values import STATUSES
from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.store import Store

LONGEST = 2_000


def report(store: Store, params: Params) -> Answer:
    tool, text = params.need("tool"), params.need("text")
    if len(text) > LONGEST:
        raise RefusalError(
            "INVALID", f"Uraian lebih panjang dari {LONGEST} huruf.", {"fields": {"text": "terlalu panjang"}}
        )
    now = store.now.isoformat()
    cursor = store.db.execute(
        "INSERT INTO troubles (tool, text, since, area, status, status_at, note) VALUES (?, ?, ?, ?, ?, ?, '')",
        (tool, text, params.need("since"), params.text("area"), "REPORTED", now),
    )
    return _answer(store, f"IOC-{cursor.lastrowid:06d}")


def status(store: Store, params: Params) -> Answer:
    return _answer(store, params.need("reference"))


def _answer(store: Store, reference: str) -> Answer:
    row = _row(store, reference)
    facts = {name: row[name] for name in ("tool", "status", "status_at", "note")}
    return Answer({"reference": reference, **facts}, ref=reference)


def _row(store: Store, reference: str) -> Any:
    number = reference.removeprefix("IOC-")
    row = store.db.execute("SELECT * FROM troubles WHERE id = ?", (int(number) if number.isdecimal() else 0,))
    if (found := row.fetchone()) is None:
        raise RefusalError("NOT_FOUND", f"Laporan {reference} tidak ditemukan.")
    return found


def advance(store: Store, reference: str, new: str, note: str) -> None:
    """Somebody at the IOC works on it; called by the controls."""
    if new not in STATUSES:
        raise RefusalError("INVALID", "Unknown status.")
    row = _row(store, reference)
    store.db.execute(
        "UPDATE troubles SET status = ?, status_at = ?, note = ? WHERE id = ?",
        (new, store.now.isoformat(), note, row["id"]),
    )


OPERATIONS = {"report": Operation(report, writes=True), "status": Operation(status)}
