"""The simulated softphone: who answers is told by the last digit of the number, so that a demonstration can choose.

0 nobody answers, 8 busy, 9 switched off; every other number is answered, and talks until somebody hangs up.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.seed import WITHOUT_DEVICE
from tenesa.systems.simulator.store import Store
from tenesa.systems.softphone.values import RESULTS

# last digit → what comes of it, after how many seconds of ringing
OUTCOMES = {"0": ("NO_ANSWER", 25), "8": ("BUSY", 2), "9": ("OFF", 2)}
ANSWERED = ("ANSWERED", 4)
LONGEST = timedelta(minutes=10)  # then the customer hangs up
SHORTEST = 8  # digits of a number that can be dialled


def dial(store: Store, params: Params) -> Answer:
    number, agent = params.need("number"), params.need("agent")
    if not number.isdecimal() or len(number) < SHORTEST:
        raise RefusalError("INVALID", f"Nomor {number} tidak dapat dihubungi.", {"fields": {"number": "tidak sah"}})
    if not has_device(store, agent):
        raise RefusalError("NO_DEVICE", f"Perangkat {agent} tidak terdaftar.")
    rows = store.db.execute("SELECT * FROM phone_calls WHERE agent = ? ORDER BY id DESC LIMIT 1", (agent,)).fetchall()
    if rows and as_it_stands(store, rows[0])["state"] != "ENDED":
        raise RefusalError("BUSY", f"Perangkat {agent} sedang dalam panggilan.")
    cursor = store.db.execute(
        "INSERT INTO phone_calls (agent, number, at) VALUES (?, ?, ?)", (agent, number, store.now.isoformat())
    )
    call_id = f"CALL-{cursor.lastrowid:08d}"
    return Answer({"call_id": call_id, "number": number, "started_at": store.now.isoformat()}, ref=call_id)


def hang_up(store: Store, params: Params) -> Answer:
    row = known_call(store, params.need("call_id"))
    stands = as_it_stands(store, row)
    if stands["state"] != "ENDED":
        end(store, stands["call_id"], stands["result"] or "CANCELLED")
    return call_log(store, params)


def call_log(store: Store, params: Params) -> Answer:
    return Answer(as_it_stands(store, known_call(store, params.need("call_id"))))


def known_call(store: Store, call_id: str, prefix: str = "CALL") -> sqlite3.Row:
    number = call_id.removeprefix(f"{prefix}-")
    wanted = int(number) if number.isdecimal() else 0
    row: sqlite3.Row | None = store.db.execute("SELECT * FROM phone_calls WHERE id = ?", (wanted,)).fetchone()
    if row is None:
        raise RefusalError("NOT_FOUND", f"Panggilan {call_id} tidak ditemukan.")
    return row


def as_it_stands(store: Store, row: sqlite3.Row) -> dict[str, Any]:
    """The call now: what was decided by somebody, else what its number and the time since tell."""
    began = datetime.fromisoformat(row["at"])
    outcome, rings = OUTCOMES.get(row["number"][-1], ANSWERED)
    known_at = began + timedelta(seconds=rings)
    result, ended = row["result"], datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None
    if not result and store.now >= known_at:
        result = outcome
        ended = ended or (known_at if outcome != "ANSWERED" else None)
    talks = result == "ANSWERED"
    if talks and ended is None and store.now >= known_at + LONGEST:
        ended = known_at + LONGEST
    call_id = f"CALL-{row['id']:08d}"
    return {
        "call_id": call_id,
        "number": row["number"],
        "agent": row["agent"],
        "state": "ENDED" if ended else "CONNECTED" if talks else "RINGING",
        "result": result,
        "started_at": row["at"],
        "ended_at": ended.isoformat() if ended else None,
        "duration": max(0, int(((ended or store.now) - known_at).total_seconds())) if talks else 0,
        "recording": f"REC-{row['id']:08d}" if talks else "",
    }


def end(store: Store, call_id: str, result: str) -> None:
    """The call is over with this result."""
    store.db.execute(
        "UPDATE phone_calls SET result = ?, ended_at = ? WHERE id = ?",
        (result, store.now.isoformat(), known_call(store, call_id)["id"]),
    )


def has_device(store: Store, agent: str) -> bool:
    return store.setting(f"device:{agent}", "off" if agent in WITHOUT_DEVICE else "on") == "on"


def steer(store: Store, rest: Sequence[str], params: Params) -> None:
    """The controls: a call ends with a `result`, or an agent's `device` is there ("on") or not."""
    match rest:
        case [call_id, "end"]:
            result = params.need("result")
            if result not in RESULTS:
                raise RefusalError("INVALID", "Unknown result.")
            end(store, call_id, result)
        case [agent]:
            store.set_setting(f"device:{agent}", "on" if params.need("device") == "on" else "off")
        case _:
            raise RefusalError("NOT_FOUND", "There is no such control.")


OPERATIONS = {
    "dial": Operation(dial, writes=True),
    "hang_up": Operation(hang_up, writes=True),
    "call_log": Operation(call_log),
}
