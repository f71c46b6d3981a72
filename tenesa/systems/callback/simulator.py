"""The simulated callback application."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.store import Store


def enqueue(store: Store, params: Params) -> Answer:
    case, due_at, priority = params.need("case"), _moment(params), _priority(params)
    known = store.db.execute("SELECT id FROM callbacks WHERE reference = ?", (case,)).fetchone()
    if known:
        queue_id = f"CB-{known['id']:06d}"
        raise RefusalError("DUPLICATE", f"{case} sudah ada di antrean ({queue_id}).", {"queue_id": queue_id})
    store.db.execute(
        "INSERT INTO callbacks (reference, number, due_at, priority) VALUES (?, ?, ?, ?)",
        (case, params.need("number"), due_at, priority),
    )
    return _answer(_row(store, case))


def claim(store: Store, params: Params) -> Answer:
    case, agent = params.need("case"), params.need("agent")
    row = _open(store, case)
    if row["agent"] not in ("", agent):
        raise RefusalError("CONFLICT", f"{case} sudah diambil {row['agent']}.", {"agent": row["agent"]})
    return _changed(store, case, "status = 'CLAIMED', agent = ?", agent)


def complete(store: Store, params: Params) -> Answer:
    case, result = params.need("case"), params.need("result")
    _open(store, case)
    return _changed(store, case, "status = 'DONE', result = ?", result)


def reschedule(store: Store, params: Params) -> Answer:
    case = params.need("case")
    _open(store, case)
    change = "status = 'QUEUED', agent = '', due_at = ?, priority = ?"
    return _changed(store, case, change, _moment(params), _priority(params))


def _changed(store: Store, case: str, change: str, *values: Any) -> Answer:
    store.db.execute(f"UPDATE callbacks SET {change} WHERE reference = ?", (*values, case))  # noqa: S608 - our own words
    return _answer(_row(store, case))


def _open(store: Store, case: str) -> Any:
    row = _row(store, case)
    if row["status"] == "DONE":
        raise RefusalError("CLOSED", f"{case} sudah selesai: {row['result']}.")
    return row


def _row(store: Store, case: str) -> Any:
    row = store.db.execute("SELECT * FROM callbacks WHERE reference = ?", (case,)).fetchone()
    if row is None:
        raise RefusalError("NOT_FOUND", f"{case} tidak ada di antrean callback.")
    return row


def _answer(row: Any) -> Answer:
    queue_id = f"CB-{row['id']:06d}"
    facts = {name: row[name] for name in ("status", "number", "due_at", "priority", "agent", "result")}
    return Answer({"queue_id": queue_id, "case": row["reference"], **facts}, ref=queue_id)


def _moment(params: Params) -> str:
    try:
        moment = datetime.fromisoformat(params.need("due_at"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise RefusalError("INVALID", "Kolom due_at bukan waktu.", {"fields": {"due_at": "bukan waktu"}})
    return moment.isoformat()


def _priority(params: Params) -> int:
    priority = params.whole("priority", 9)
    if priority > 9:
        raise RefusalError("INVALID", "Prioritas antara 0 dan 9.", {"fields": {"priority": "0 sampai 9"}})
    return priority


OPERATIONS = {
    "enqueue": Operation(enqueue, writes=True),
    "claim": Operation(claim, writes=True),
    "complete": Operation(complete, writes=True),
    "reschedule": Operation(reschedule, writes=True),
}
