"""How an incident moves on: by a demo's hand, by a test, or by itself."""

from __future__ import annotations

import time
import zlib
from typing import Any

from tenesa.systems.simulator.contract import RefusalError
from tenesa.systems.simulator.seed import Health
from tenesa.systems.simulator.seed_incidents import REPAIRED, REPAIRS, worklog
from tenesa.systems.simulator.store import Database, Store

STATUSES = (
    "NEW", "DRAFT", "QUEUED", "ANALYSIS", "INPROG", "WAIT", "BACKEND", "PENDING", "SLAHOLD", "FINALCHECK", "RESOLVED",
    "MEDIACARE", "SALAMSIM", "CLOSED",
)  # fmt: skip
NEXT = {
    "NEW": "QUEUED", "DRAFT": "QUEUED", "QUEUED": "BACKEND", "ANALYSIS": "BACKEND", "BACKEND": "INPROG",
    "WAIT": "INPROG", "PENDING": "INPROG", "SLAHOLD": "INPROG", "INPROG": "FINALCHECK", "FINALCHECK": "RESOLVED",
    "RESOLVED": "MEDIACARE", "MEDIACARE": "SALAMSIM", "SALAMSIM": "CLOSED",
}  # fmt: skip
WORDS = {
    "QUEUED": "Analisis gangguan oleh tim teknis",
    "BACKEND": "Penanganan oleh unit backend",
    "INPROG": "Teknisi melakukan perbaikan di lokasi",
    "PENDING": "Tiket pending sesuai kesepakatan",
    "FINALCHECK": "Perbaikan selesai, layanan diuji",
    "RESOLVED": "Layanan normal kembali",
    "MEDIACARE": "Menunggu konfirmasi pelanggan",
    "SALAMSIM": "Konfirmasi akhir kepada pelanggan",
    "CLOSED": "Tiket ditutup",
}


def move(
    store: Store, number: str, *, status: str = "", cause: str = "", solution: str = "", words: str = ""
) -> dict[str, Any]:
    """Give an incident its next status (or the one named) with a worklog; a repaired one gets cause and solution."""
    incident = store.incident(number)
    if incident is None:
        raise RefusalError("NOT_FOUND", f"Tiket {number} tidak ditemukan.")
    previous = incident["status"]
    incident["status"] = status or NEXT.get(previous, previous)
    if incident["status"] not in STATUSES:
        raise RefusalError("INVALID", f"Status {status} tidak dikenal.")
    incident["status_at"] = store.now.isoformat()
    usual = REPAIRS[zlib.crc32(number.encode()) % len(REPAIRS)]
    if incident["status"] in REPAIRED:
        incident["cause"] = cause or incident["cause"] or usual[0]
        incident["solution"] = solution or incident["solution"] or usual[1]
        incident["resolved_at"] = incident["resolved_at"] or store.now.isoformat()
    add_log(store, incident, words or WORDS.get(incident["status"], "Status berubah"))
    store.keep_incident(incident, previous=previous)
    if incident["status"] in REPAIRED and store.open_incident_of(incident["service_no"]) is None:
        store.set_health(incident["service_no"], Health.HEALTHY)
    return incident


def add_log(store: Store, incident: dict[str, Any], summary: str, **details: Any) -> str:
    """Append a worklog to the incident in hand; the caller stores the incident."""
    id_ = f"{incident['number']}-{len(incident['worklogs']) + 1}"
    incident["worklogs"].append(worklog(id_, summary, at=store.now, **details))
    return id_


def move_due(database: Database) -> int:
    """One round of automatic life: every incident whose time has come takes its next step."""
    with database.work() as store:
        due = store.db.execute("SELECT number FROM incidents WHERE next_move_at <= ?", (time.time(),))
        numbers = [row["number"] for row in due.fetchall()]
        for number in numbers:
            move(store, number)
        return len(numbers)
