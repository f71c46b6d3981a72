"""Results of outbound calls in the simulated MyCX and TAMARA: one table, told apart by the system."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from tenesa.systems.outbound import MOST_ROWS, NOT_VALID, VALID
from tenesa.systems.simulator.contract import Answer, Params, RefusalError
from tenesa.systems.simulator.store import Store

# reason → status and category that it stands under
_UNDER = {
    ("Contacted", "Agree"): "KEEPS SUBSCRIBES",
    ("Follow Up Recall", "Follow Up"): "CALL_BACK PAYS_ON",
    ("Contacted", "Follow Up"): "TOLD_PAID",
    ("Contacted", "Decline"): (
        "EXPENSIVE FAULT BILL_JUMP SAVING COMPETITOR NOT_USED NO_MONEY MOVED TERMINATES COMPLAINT DECEASED"
    ),
    ("Not Contacted", ""): "RNA BUSY INVALID WRONG_NUMBER MAILBOX REJECTED FAX THIRD_PARTY OTHER",
}
TREE = {reason: branch for branch, reasons in _UNDER.items() for reason in reasons.split()}
WORDS = {"mycx": {"Not Agree": "Decline"}, "tamara": {"Decline": "Not Agree"}}  # one category, two names
WIDTHS = {"tamara": {"receiver": 20, "login": 10}}
PREFIX = {"mycx": "MX", "tamara": "TM"}
SUPERSEDED, AT_QCO, AT_LEADER, DECIDED, FOLLOW_UP = 1, 2, 3, 6, 8
CAMPAIGNS = ("PRANPC", "CT0")
_OF_PERIOD = "FROM outbound WHERE system = ? AND day BETWEEN ? AND ? AND (? = 0 OR follow = ?)"
TEXTS = (
    "order", "login", "team", "ncli", "fastel", "name", "phone", "regional", "witel", "campaign", "status",
    "category", "reason", "receiver", "relation", "offer", "recording", "note", "input",
)  # fmt: skip
BLANK: dict[str, Any] = {
    "valid": "", "qco": "", "qco_note": "", "qco_at": None, "leader": "", "leader_note": "", "leader_at": None,
}  # fmt: skip


def enter(store: Store, system: str, params: Params) -> sqlite3.Row:
    """The row of a result: made, or written over where its key is there already."""
    if wrong := _wrong(params):
        fields = ", ".join(f"{name} {words}" for name, words in wrong.items())
        raise RefusalError("INVALID", f"Hasil belum benar: {fields}.", {"fields": wrong})
    key, earlier, facts = params.text("key"), params.text("supersedes"), _facts(system, params)
    known = _find(store, system, "key", key)
    before = json.loads(known["data"]) if known else {**facts, **BLANK}
    if known and {**before, **facts} == before:
        return known
    if _find(store, system, "supersedes", key):  # also where that came first
        raise RefusalError("CLOSED", f"{key} sudah digantikan hasil yang lebih baru.")
    for old in filter(None, (known, _find(store, system, "key", earlier))):
        _writable(old)
    store.db.execute(
        "UPDATE outbound SET follow = ? WHERE system = ? AND key = ? AND key != ''", (SUPERSEDED, system, earlier)
    )
    if known:
        data = json.dumps({**before, **facts})  # what was judged of the row stays
        store.db.execute("UPDATE outbound SET day = ?, data = ? WHERE id = ?", (facts["day"], data, known["id"]))
        return by_id(store, system, known["id"])
    row = (system, key, earlier, facts["day"], _queue(system, facts), store.now.isoformat(), json.dumps(before))
    cursor = store.db.execute(
        "INSERT INTO outbound (system, key, supersedes, day, follow, entered_at, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    return by_id(store, system, cursor.lastrowid or 0)


def _wrong(params: Params) -> dict[str, str]:
    """Field → what is wrong with it, all of them at once."""
    needed = ("key", "called_at", "day", "login", "fastel", "campaign", "status", "reason")
    wrong = {name: "wajib diisi" for name in needed if not params.text(name)}
    wrong |= {
        name: "bukan tanggal" for name in ("called_at", "day", "promised_on") if not _is_moment(params.text(name))
    }
    status, category, reason = (params.text(name) for name in ("status", "category", "reason"))
    if TREE.get(reason) != (status, _plainly(category)):
        wrong.setdefault("reason", f"{reason or '-'} bukan di bawah {status or '-'} / {category or '-'}")
    if _plainly(category) == "Agree":
        wrong |= {name: "wajib diisi untuk Agree" for name in ("receiver", "promised_on") if not params.text(name)}
    if params.text("campaign") not in CAMPAIGNS:
        wrong.setdefault("campaign", "tidak dikenal")
    if params.text("input") not in ("New", "Recall"):
        wrong["input"] = "New atau Recall"
    numbers = ("amount", "duration")
    return wrong | {name: "harus bilangan" for name in numbers if not (params.text(name) or "0").isdecimal()}


def _is_moment(text: str) -> bool:
    try:
        return not text or datetime.fromisoformat(text) is not None
    except ValueError:
        return False


def _plainly(category: str) -> str:
    return WORDS["mycx"].get(category, category)


def _facts(system: str, params: Params) -> dict[str, Any]:
    """The fields in this system's words and widths."""
    facts: dict[str, Any] = {name: params.text(name) for name in TEXTS}
    facts |= {name: text[: WIDTHS.get(system, {}).get(name, 1_000)] for name, text in facts.items()}
    facts["category"] = WORDS[system].get(facts["category"], facts["category"])
    facts |= {name: params.whole(name, 0) for name in ("amount", "duration")}
    return {**facts, **{name: params.text(name) or None for name in ("called_at", "day", "promised_on")}}


def _queue(system: str, facts: dict[str, Any]) -> int:
    if system != "tamara":
        return 0
    return {"Contacted": AT_QCO, "Follow Up Recall": FOLLOW_UP}.get(facts["status"], DECIDED)


def verdict(store: Store, system: str, params: Params) -> sqlite3.Row:
    """A QCO's word on a row; what is not valid goes to the team leader."""
    row, valid = of_key(store, system, params.need("key")), params.need("valid")
    if valid not in (VALID, NOT_VALID):
        raise RefusalError("INVALID", f"Putusan {valid} tidak dikenal.", {"fields": {"valid": "tidak dikenal"}})
    _writable(row)
    if row["follow"] == SUPERSEDED or _find(store, system, "supersedes", row["key"]):
        raise RefusalError("CLOSED", f"{row['key']} sudah digantikan hasil yang lebih baru.")
    said = {"valid": valid, "qco": params.need("qco"), "qco_note": params.text("note"), "qco_at": store.now.isoformat()}
    follow = (DECIDED if valid == VALID else AT_LEADER) if system == "tamara" else 0
    data = json.dumps({**json.loads(row["data"]), **said})
    store.db.execute("UPDATE outbound SET data = ?, follow = ? WHERE id = ?", (data, follow, row["id"]))
    return by_id(store, system, row["id"])


def page(store: Store, system: str, params: Params, follow: int = 0) -> Answer:
    """Rows of a period in the order of their entry, those after `after`, at most `limit`; with `follow` one queue."""
    values = (system, _day(params, "since"), _day(params, "until"), follow, follow)
    after, limit = params.whole("after", 0), max(1, min(params.whole("limit", MOST_ROWS), MOST_ROWS))
    total = store.db.execute(f"SELECT count(*) {_OF_PERIOD}", values).fetchone()[0]
    query = f"SELECT * {_OF_PERIOD} AND id > ? ORDER BY id LIMIT ?"
    rows = store.db.execute(query, (*values, after, limit + 1)).fetchall()
    told, more = rows[:limit], len(rows) > limit
    return Answer({"rows": [listed(row) for row in told], "next": told[-1]["id"] if more else None, "total": total})


def of_period(store: Store, system: str, params: Params) -> list[sqlite3.Row]:
    """All rows of `since` to `until`, in the order of their entry."""
    values = (system, _day(params, "since"), _day(params, "until"), 0, 0)
    return store.db.execute(f"SELECT * {_OF_PERIOD} ORDER BY id", values).fetchall()


def _day(params: Params, name: str) -> str:
    try:
        return date.fromisoformat(params.need(name)).isoformat()
    except ValueError:
        raise RefusalError("INVALID", f"Kolom {name} bukan tanggal.", {"fields": {name: "bukan tanggal"}}) from None


def _writable(row: sqlite3.Row) -> None:
    if row["locked_by"]:
        words = f"Baris {reference(row)} sedang dibuka {row['locked_by']}."
        raise RefusalError("CONFLICT", words, {"locked_by": row["locked_by"]})


def of_key(store: Store, system: str, key: str) -> sqlite3.Row:
    row = _find(store, system, "key", key)
    if row is None:
        raise RefusalError("NOT_FOUND", f"Tidak ada hasil {key}.")
    return row


def _find(store: Store, system: str, column: str, key: str) -> sqlite3.Row | None:
    """The first row of a key, as its own (`key`) or as that in whose place it stands (`supersedes`)."""
    query = f"SELECT * FROM outbound WHERE system = ? AND {column} = ? AND {column} != '' ORDER BY id LIMIT 1"  # noqa: S608 - our own words
    row: sqlite3.Row | None = store.db.execute(query, (system, key)).fetchone()
    return row


def by_reference(store: Store, system: str, text: str) -> sqlite3.Row:
    number = text.removeprefix(f"{PREFIX[system]}-")
    return by_id(store, system, int(number) if number.isdecimal() else 0, text)


def by_id(store: Store, system: str, wanted: int, text: str = "") -> sqlite3.Row:
    query = "SELECT * FROM outbound WHERE system = ? AND id = ?"
    row: sqlite3.Row | None = store.db.execute(query, (system, wanted)).fetchone()
    if row is None:
        raise RefusalError("NOT_FOUND", f"Baris {text or wanted} tidak ditemukan.")
    return row


def reference(row: sqlite3.Row) -> str:
    return f"{PREFIX[row['system']]}-{row['id']:08d}"


def listed(row: sqlite3.Row) -> dict[str, Any]:
    """A row as the system tells it."""
    data = json.loads(row["data"])
    return {"reference": reference(row), **data, "follow": row["follow"], "entered_at": row["entered_at"]}


def entered(row: sqlite3.Row) -> Answer:
    """That the row is there."""
    facts = {"reference": reference(row), "key": row["key"], "entered_at": row["entered_at"]}
    return Answer(facts, ref=reference(row))


def found(row: sqlite3.Row) -> Answer:
    """The row of a key."""
    return Answer({"key": row["key"], "found": listed(row)}, ref=reference(row))


def steer(store: Store, system: str, route: Sequence[str], params: Params) -> dict[str, Any]:
    """What people type into the other system by themselves, and its little faults; for demonstrations and tests.

    PUT row: fields to change, `locked_by` among them; DELETE row; POST row/copy: the row again, with fields changed.
    PUT: rows that stand there from before, with `entered_at`, what was judged of them, and `follow`.
    """
    match route:
        case ("PUT",):
            return {"references": [_remember(store, system, Params(one)) for one in params.values["rows"]]}
        case ("PUT", name):
            row = by_reference(store, system, name)
            return _changed(store, row, dict(params.values))
        case ("DELETE", name):
            row = by_reference(store, system, name)
            store.db.execute("DELETE FROM outbound WHERE id = ?", (row["id"],))
            return {}
        case ("POST", name, "copy"):
            row = by_reference(store, system, name)
            cursor = store.db.execute(
                "INSERT INTO outbound (system, key, supersedes, day, follow, entered_at, data)"
                " SELECT system, key, supersedes, day, follow, entered_at, data FROM outbound WHERE id = ?",
                (row["id"],),
            )
            return _changed(store, by_id(store, system, cursor.lastrowid or 0), dict(params.values))
    raise RefusalError("NOT_FOUND", "There is no such control.")


def _remember(store: Store, system: str, params: Params) -> str:
    facts, key = _facts(system, params), params.text("key")
    follow = params.whole("follow", _queue(system, facts)) if system == "tamara" else params.text("follow") == "1"
    data = json.dumps({**facts, **BLANK, **{name: params.values[name] for name in BLANK if name in params.values}})
    store.db.execute("DELETE FROM outbound WHERE system = ? AND key = ?", (system, key))
    row = (system, key, params.text("supersedes"), facts["day"], int(follow), params.need("entered_at"), data)
    cursor = store.db.execute(
        "INSERT INTO outbound (system, key, supersedes, day, follow, entered_at, data) VALUES (?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    return f"{PREFIX[system]}-{cursor.lastrowid:08d}"


def _changed(store: Store, row: sqlite3.Row, change: dict[str, Any]) -> dict[str, Any]:
    data = json.loads(row["data"])
    if unknown := set(change) - set(data) - {"locked_by"}:
        raise RefusalError("INVALID", f"There is no field {', '.join(sorted(unknown))}.")
    locked_by = str(change.pop("locked_by", row["locked_by"]) or "")
    data |= change
    store.db.execute(
        "UPDATE outbound SET day = ?, data = ?, locked_by = ? WHERE id = ?",
        (data["day"], json.dumps(data), locked_by, row["id"]),
    )
    return {"reference": reference(row)}
