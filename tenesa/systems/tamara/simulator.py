"""The simulated TAMARA."""

from __future__ import annotations

from tenesa.systems.simulator import outbound
from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.store import Store


def write(store: Store, params: Params) -> Answer:
    return outbound.entered(outbound.enter(store, "tamara", params))


def find(store: Store, params: Params) -> Answer:
    key, version = params.need("key"), params.whole("version", 0)
    row = store.db.execute(
        "SELECT * FROM outbound WHERE system = 'tamara' AND key = ? AND (? = 0 OR version = ?)"
        " ORDER BY version DESC, id LIMIT 1",
        (key, version, version),
    ).fetchone()
    if row is None:
        raise RefusalError("NOT_FOUND", f"Tidak ada baris {key} di TAMARA.")
    return Answer({"key": key, "version": row["version"], "found": outbound.listed(row)}, ref=outbound.reference(row))


def qc_list(store: Store, params: Params) -> Answer:
    return outbound.page(store, "tamara", params, outbound.AT_QCO)


def verdict(store: Store, params: Params) -> Answer:
    row = outbound.verdict(store, "tamara", params)
    return Answer(outbound.listed(row), ref=outbound.reference(row))


def export(store: Store, params: Params) -> Answer:
    return outbound.page(store, "tamara", params)


OPERATIONS = {
    "write": Operation(write, writes=True),
    "find": Operation(find),
    "qc_list": Operation(qc_list),
    "verdict": Operation(verdict, writes=True),
    "export": Operation(export),
}
