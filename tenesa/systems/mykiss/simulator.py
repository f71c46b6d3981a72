"""The simulated My Kiss."""

from __future__ import annotations

from typing import Any

from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.store import Store


def tree(store: Store, params: Params) -> Answer:
    path = params.text("path").strip("/")
    rows = store.db.execute(
        "SELECT * FROM scripts WHERE published AND (? = '' OR path = ? OR substr(path, 1, length(?) + 1) = ? || '/')"
        " ORDER BY path",
        (path, path, path, path),
    )
    return Answer({"scripts": [_listed(row) for row in rows]})


def script(store: Store, params: Params) -> Answer:
    path = params.need("path").strip("/")
    row = store.db.execute("SELECT * FROM scripts WHERE published AND path = ?", (path,)).fetchone()
    if row is None:
        raise RefusalError("NOT_FOUND", f"Skrip {path} tidak terbit di My Kiss.")
    return Answer({**_listed(row), "script": row["script"]}, ref=row["version"])


def _listed(row: Any) -> dict[str, Any]:
    return {name: row[name] for name in ("path", "title", "version", "published_at")}


def publish(store: Store, params: Params) -> dict[str, Any]:
    """Somebody publishes a script, or its next version; called by the controls. Unsaid words stay as they are."""
    path = params.need("path").strip("/")
    row = store.db.execute("SELECT * FROM scripts WHERE path = ?", (path,)).fetchone()
    if row is None and not (params.text("title") and params.text("script")):
        raise RefusalError("INVALID", "Skrip baru perlu judul dan isi.")
    title = params.text("title") or row["title"]
    text = params.text("script") or row["script"]
    version = params.text("version") or _next(row["version"] if row else "0.0")
    store.db.execute(
        "INSERT OR REPLACE INTO scripts VALUES (?, ?, ?, ?, ?, 1)", (path, title, text, version, store.now.isoformat())
    )
    return {"ok": True, "version": version}


def unpublish(store: Store, path: str) -> None:
    """Somebody takes a script off the shelf; called by the controls."""
    if not store.db.execute("UPDATE scripts SET published = 0 WHERE path = ?", (path.strip("/"),)).rowcount:
        raise RefusalError("NOT_FOUND", f"Skrip {path} tidak ada di My Kiss.")


def _next(version: str) -> str:
    major, _dot, minor = version.partition(".")
    return f"{int(major) + 1}.0" if not minor.isdecimal() or major == "0" else f"{major}.{int(minor) + 1}"


OPERATIONS = {"tree": Operation(tree), "script": Operation(script)}
