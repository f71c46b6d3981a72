"""The simulated MyCX of outbound: orders, results and verdicts."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from tenesa.systems.outbound import MOST_ROWS
from tenesa.systems.simulator import outbound
from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.store import Store

FASTEL = re.compile(r"1[1-7]\d{10}|0\d{8,11}")


def load(store: Store, params: Params) -> Answer:
    rows = params.values.get("rows")
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_ROWS:
        raise RefusalError("INVALID", f"Satu kali muat 1 sampai {MOST_ROWS} baris.", {"fields": {"rows": "jumlahnya"}})
    wrong = [(row, _wrong(Params(row if isinstance(row, dict) else {}))) for row in rows]
    good = [Params(row) for row, words in wrong if not words]
    store.db.executemany(
        "INSERT OR IGNORE INTO orders (key, fastel, campaign, period) VALUES (?, ?, ?, ?)",
        [tuple(row.text(name) for name in ("key", "fastel", "campaign", "period")) for row in good],
    )
    orders = [{"key": row.text("key"), "order": _number(_of_key(store, row.text("key")))} for row in good]
    refused = [{"key": Params(row).text("key") or "-", "reason": words} for row, words in wrong if words]
    return Answer({"orders": orders, "refused": refused})


def _wrong(row: Params) -> str:
    if not row.text("key"):
        return "Baris tanpa kunci."
    if not FASTEL.fullmatch(row.text("fastel")):
        return f"Nomor layanan {row.text('fastel') or '-'} tidak sah."
    campaign = row.text("campaign")
    return "" if campaign in outbound.CAMPAIGNS else f"Kampanye {campaign or '-'} tidak dikenal."


def pick(store: Store, params: Params) -> Answer:
    row, agent = _known(store, params.need("order")), params.need("agent")
    if row["agent"] not in ("", agent):
        raise RefusalError("CONFLICT", f"{_number(row)} sudah diambil {row['agent']}.", {"agent": row["agent"]})
    return _given(store, row, agent)


def release(store: Store, params: Params) -> Answer:
    return _given(store, _known(store, params.need("order")), "")


def _given(store: Store, row: sqlite3.Row, agent: str) -> Answer:
    store.db.execute("UPDATE orders SET agent = ? WHERE id = ?", (agent, row["id"]))
    facts: dict[str, Any] = {"order": _number(row), "key": row["key"], "fastel": row["fastel"]}
    return Answer({**facts, "status": "PICKED" if agent else "LOADED", "agent": agent}, ref=_number(row))


def _known(store: Store, order: str) -> sqlite3.Row:
    number = order.removeprefix("ORD-")
    wanted = int(number) if number.isdecimal() else 0
    row: sqlite3.Row | None = store.db.execute("SELECT * FROM orders WHERE id = ?", (wanted,)).fetchone()
    if row is None:
        raise RefusalError("NOT_FOUND", f"Order {order} tidak ditemukan.")
    return row


def _of_key(store: Store, key: str) -> sqlite3.Row:
    row: sqlite3.Row = store.db.execute("SELECT * FROM orders WHERE key = ?", (key,)).fetchone()
    return row


def _number(row: sqlite3.Row) -> str:
    return f"ORD-{row['id']:08d}"


def result(store: Store, params: Params) -> Answer:
    if params.text("order") and _known(store, params.text("order"))["fastel"] != params.text("fastel"):
        words = f"Order {params.text('order')} bukan untuk {params.text('fastel')}."
        raise RefusalError("INVALID", words, {"fields": {"order": "nomor layanan lain"}})
    return outbound.entered(outbound.enter(store, "mycx", params))


def verdict(store: Store, params: Params) -> Answer:
    return outbound.found(outbound.verdict(store, "mycx", params))


def results(store: Store, params: Params) -> Answer:
    return outbound.page(store, "mycx", params)


def picked_elsewhere(store: Store, params: Params) -> None:
    """The fault "duplicate": a moment ago somebody picked the order in MyCX itself."""
    store.db.execute("UPDATE orders SET agent = 'mycx.lain' WHERE id = ?", (_known(store, params.need("order"))["id"],))


OPERATIONS = {
    "load_orders": Operation(load, writes=True),
    "pick_order": Operation(pick, writes=True, duplicate=picked_elsewhere),
    "release_order": Operation(release, writes=True),
    "result": Operation(result, writes=True),
    "verdict": Operation(verdict, writes=True),
    "results": Operation(results),
}
