"""The simulated coordination group."""

from __future__ import annotations

from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.store import Store

LONGEST = 4_000


def post(store: Store, params: Params) -> Answer:
    group, text = params.need("group"), params.need("text")
    if len(text) > LONGEST:
        raise RefusalError(
            "INVALID", f"Pesan lebih panjang dari {LONGEST} huruf.", {"fields": {"text": "terlalu panjang"}}
        )
    cursor = store.db.execute(
        "INSERT INTO posts (grp, text, reference, at) VALUES (?, ?, ?, ?)",
        (group, text, params.text("case"), store.now.isoformat()),
    )
    message = f"MSG-{cursor.lastrowid:06d}"
    return Answer({"message": message, "group": group, "posted_at": store.now.isoformat()}, ref=message)


def replies(store: Store, params: Params) -> Answer:
    message = params.need("message")
    post_id = known_post(store, message)
    rows = store.db.execute("SELECT * FROM replies WHERE post = ? ORDER BY id", (post_id,))
    listed = [
        {"message": f"{message}-{row['id']}", "author": row["author"], "text": row["text"], "at": row["at"]}
        for row in rows
    ]
    return Answer({"message": message, "replies": listed})


def known_post(store: Store, message: str) -> int:
    number = message.removeprefix("MSG-")
    row = store.db.execute("SELECT id FROM posts WHERE id = ?", (int(number) if number.isdecimal() else 0,)).fetchone()
    if row is None:
        raise RefusalError("NOT_FOUND", f"Pesan {message} tidak ditemukan.")
    return int(row["id"])


def reply(store: Store, message: str, author: str, text: str) -> None:
    """Somebody of the group answers; called by the controls and by automatic life."""
    store.db.execute(
        "INSERT INTO replies (post, author, text, at) VALUES (?, ?, ?, ?)",
        (known_post(store, message), author, text, store.now.isoformat()),
    )


OPERATIONS = {"post": Operation(post, writes=True), "replies": Operation(replies)}
