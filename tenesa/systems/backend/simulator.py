"""The simulated back-end units."""

from __future__ import annotations

from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.store import Store

GROUPS = ("TELKOM", "BACKEND")


def escalate(store: Store, params: Params) -> Answer:
    group = params.need("group")
    if group not in GROUPS:
        raise RefusalError("NOT_FOUND", f"Unit {group} tidak dikenal.")
    cursor = store.db.execute(
        "INSERT INTO matters (grp, reference, text, at) VALUES (?, ?, ?, ?)",
        (group, params.need("case"), params.need("text"), store.now.isoformat()),
    )
    reference = f"{group[:3]}-{cursor.lastrowid:06d}"
    return Answer({"reference": reference, "group": group, "accepted_at": store.now.isoformat()}, ref=reference)


def result(store: Store, params: Params) -> Answer:
    reference = params.need("reference")
    row = store.db.execute("SELECT * FROM matters WHERE id = ?", (known_matter(store, reference),)).fetchone()
    return Answer({"reference": reference, "answer": row["answer"], "answered_by": row["answered_by"]})


def known_matter(store: Store, reference: str) -> int:
    number = reference.rpartition("-")[2]
    wanted = int(number) if number.isdecimal() else 0
    row = store.db.execute("SELECT id, grp FROM matters WHERE id = ?", (wanted,)).fetchone()
    if row is None or reference != f"{row['grp'][:3]}-{row['id']:06d}":
        raise RefusalError("NOT_FOUND", f"Nomor {reference} tidak ditemukan.")
    return int(row["id"])


def settle(store: Store, reference: str, answer: str, by: str) -> None:
    """Somebody of the unit answers; called by the controls."""
    store.db.execute(
        "UPDATE matters SET answer = ?, answered_by = ? WHERE id = ?", (answer, by, known_matter(store, reference))
    )


OPERATIONS = {"escalate": Operation(escalate, writes=True), "result": Operation(result)}
