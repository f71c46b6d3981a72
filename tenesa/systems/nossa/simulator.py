"""The simulated NOSSA."""

from __future__ import annotations

import json
from typing import Any

from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.movement import add_log
from tenesa.systems.simulator.seed_incidents import OPEN
from tenesa.systems.simulator.store import Store

AWAITING_CONFIRMATION = {"MEDIACARE", "SALAMSIM"}
ON_HOLD = {"PENDING", "SLAHOLD"}


def get_incident(store: Store, params: Params) -> Answer:
    number = params.need("number")
    incident = store.incident(number)
    if incident is None:
        raise RefusalError("NOT_FOUND", f"Tiket {number} tidak ditemukan.")
    return Answer({"incident": incident}, ref=number)


def search_by_service(store: Store, params: Params) -> Answer:
    return Answer({"incidents": store.incidents_of(params.need("service_no"))})


def changes(store: Store, params: Params) -> Answer:
    rows = store.db.execute(
        "SELECT * FROM changes WHERE id > ? ORDER BY id LIMIT ?", (params.whole("since", 0), params.whole("limit", 200))
    )
    listed = [
        {
            "id": row["id"],
            "at": row["at"],
            "previous": row["previous"],
            "status": row["status"],
            "incident": json.loads(row["incident"]),
        }
        for row in rows
    ]
    return Answer({"changes": listed})


def add_worklog(store: Store, params: Params) -> Answer:
    number, kind = params.need("number"), params.need("log_type")
    incident = store.incident(number)
    if incident is None:
        raise RefusalError("NOT_FOUND", f"Tiket {number} tidak ditemukan.")
    if incident["status"] == "CLOSED":
        raise RefusalError("CONFLICT", f"Tiket {number} sudah ditutup; worklog ditolak.", {"status": "CLOSED"})
    previous = incident["status"]
    if kind == "CLIENTNOTE":
        incident["lapul"] += 1
        if previous in AWAITING_CONFIRMATION:
            incident.update(status="BACKEND", status_at=store.now.isoformat(), resolved_at=None)
    id_ = add_log(
        store,
        incident,
        params.need("summary"),
        log_type=kind,
        detail=params.text("detail"),
        client_viewable=params.flag("client_viewable"),
        author="TENESA",
    )
    store.keep_incident(incident, previous=previous if incident["status"] != previous else None)
    logged = {"worklog": id_, "number": number, "lapul": incident["lapul"], "status": incident["status"]}
    return Answer(logged, ref=id_)


def _open_incident(store: Store, params: Params) -> dict[str, Any]:
    """The incident that is to be changed; a repaired one is not."""
    number = params.need("number")
    incident = store.incident(number)
    if incident is None:
        raise RefusalError("NOT_FOUND", f"Tiket {number} tidak ditemukan.")
    if incident["status"] not in OPEN:
        raise RefusalError("CLOSED", f"Tiket {number} sudah {incident['status']}.", {"status": incident["status"]})
    return incident


def _unchanged(incident: dict[str, Any], params: Params) -> None:
    status, previous = incident["status"], params.need("previous")
    if status != previous:
        words = f"Status tiket {incident['number']} sudah berubah dari {previous} menjadi {status}."
        raise RefusalError("CONFLICT", words, {"status": status})


def _set(store: Store, incident: dict[str, Any], status: str, words: str, **columns: str) -> Answer:
    previous = incident["status"]
    incident.update(status=status, status_at=store.now.isoformat(), **columns)
    add_log(store, incident, words, log_type="WORK", author="TENESA")
    store.keep_incident(incident, previous=previous)
    return Answer({"incident": incident}, ref=incident["number"])


def set_pending(store: Store, params: Params) -> Answer:
    incident = _open_incident(store, params)
    _unchanged(incident, params)
    words = f"Pending sampai {params.need('until')}: {params.need('note')}"
    return _set(store, incident, "PENDING", words, pending_reason=params.need("reason"))


def resume(store: Store, params: Params) -> Answer:
    incident = _open_incident(store, params)
    if incident["status"] not in ON_HOLD:
        words = f"Tiket {incident['number']} tidak sedang pending."
        raise RefusalError("CONFLICT", words, {"status": incident["status"]})
    return _set(store, incident, params.need("status"), params.need("note"), pending_reason="")


def set_owner_group(store: Store, params: Params) -> Answer:
    incident = _open_incident(store, params)
    _unchanged(incident, params)
    return _set(store, incident, params.need("status"), params.need("note"), owner_group=params.need("group"))


OPERATIONS = {
    "get_incident": Operation(get_incident),
    "search_by_service": Operation(search_by_service),
    "changes": Operation(changes),
    "add_worklog": Operation(add_worklog, writes=True),
    "set_pending": Operation(set_pending, writes=True),
    "resume": Operation(resume, writes=True),
    "set_owner_group": Operation(set_owner_group, writes=True),
}
