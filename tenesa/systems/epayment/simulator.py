"""The simulated E-Payment: the services of the world, and any internet number as `seed_bills` makes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from tenesa.systems.embassy.simulator import access_service
from tenesa.systems.simulator import seed_bills
from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.seed import Health
from tenesa.systems.simulator.store import Store

Bills = list[tuple[date, int, date | None]]
ISOLATED_OWES = 2  # months
LOCAL = timedelta(hours=7)  # WIB, whose day counts


def bills(store: Store, params: Params) -> Answer:
    """Bills of the last months, newest first; an isolated line of the world owes the newest two."""
    fastel = params.need("fastel")
    listed = _bills(store, fastel)
    owed = [month for month, _amount, paid_on in listed if paid_on is None]
    told = [
        {"month": f"{month:%Y-%m}", "amount": amount, "paid_on": paid_on and paid_on.isoformat()}
        for month, amount, paid_on in reversed(listed)
    ]
    return Answer({"fastel": fastel, "isolated": _is_isolated(store, fastel, owed), "bills": told})


def payments(store: Store, params: Params) -> Answer:
    """Posted payments with a value date from `since` on, those of the seed among them."""
    fastel, today = params.need("fastel"), _today(store)
    try:
        since = date.fromisoformat(params.need("since"))
    except ValueError:
        raise RefusalError("INVALID", "Kolom since bukan tanggal.", {"fields": {"since": "bukan tanggal"}}) from None
    rows = [
        (f"SEED-{fastel}-{month:%Y%m}", amount, paid_on, paid_on)
        for month, amount, paid_on in _seeded(store, fastel)
        if paid_on is not None
    ]
    rows += [(f"PAY-{row['id']:08d}", row["amount"], *_days(row)) for row in _rows(store, fastel)]
    told = [
        {"payment": payment, "amount": amount, "value_date": paid.isoformat(), "posted_on": posted.isoformat()}
        for payment, amount, paid, posted in sorted(rows, key=lambda row: (row[2], row[0]))
        if since <= paid and posted <= today
    ]
    return Answer({"fastel": fastel, "payments": told})


def _bills(store: Store, fastel: str) -> Bills:
    """Oldest first, with everything that was posted by now."""
    today = _today(store)
    posted = [(_days(row)[0], row["amount"]) for row in _rows(store, fastel) if _days(row)[1] <= today]
    return seed_bills.settled(_seeded(store, fastel), posted)


def _seeded(store: Store, fastel: str) -> Bills:
    today = _today(store)
    if fastel not in store.world.by_number and seed_bills.INTERNET.fullmatch(fastel):
        one = seed_bills.debtor(fastel)
        base = datetime.fromisoformat(store.setting("seeded")) + LOCAL
        return seed_bills.bills(one.price, one.owed, base.date().replace(day=1), today)
    service = access_service(store, fastel)
    owed = ISOLATED_OWES if store.health(service) == Health.ISOLATED else 0
    return seed_bills.bills(service.price, owed, today.replace(day=1), today)


def _is_isolated(store: Store, fastel: str, owed: list[date]) -> bool:
    """A line of the world as its health says, until it has paid; a debtor once the oldest bill is overdue."""
    if not owed:
        return False
    if fastel in store.world.by_number:
        return store.health(store.world.by_number[fastel]) == Health.ISOLATED
    return _today(store) > owed[0].replace(day=seed_bills.DUE_DAY)


def _rows(store: Store, fastel: str) -> list[sqlite3.Row]:
    return store.db.execute("SELECT * FROM payments WHERE fastel = ? ORDER BY id", (fastel,)).fetchall()


def _days(row: sqlite3.Row) -> tuple[date, date]:
    return date.fromisoformat(row["value_date"]), date.fromisoformat(row["posted_on"])


def _today(store: Store) -> date:
    return (store.now + LOCAL).date()


def steer(store: Store, route: Sequence[str], params: Params) -> dict[str, Any]:
    """The controls: POST pay (`fastel`, `amount`?, `value_date`?, `posted_on`?): without an amount all that is owed
    with its fines, without days today; POST post (`fastel`): what was paid late can be read now."""
    fastel, today = params.need("fastel"), _today(store)
    unpaid = [(month, amount) for month, amount, paid_on in _bills(store, fastel) if paid_on is None]
    owed = sum(amount + seed_bills.fine(month, amount, today) for month, amount in unpaid)
    if tuple(route) == ("POST", "post"):
        store.db.execute("UPDATE payments SET posted_on = min(posted_on, ?) WHERE fastel = ?", (str(today), fastel))
        return {}
    if tuple(route) != ("POST", "pay"):
        raise RefusalError("NOT_FOUND", "There is no such control.")
    amount = params.whole("amount", owed)
    if not amount:
        raise RefusalError("INVALID", f"{fastel} tidak punya tagihan.")
    try:
        days = [date.fromisoformat(params.text(name) or str(today)) for name in ("value_date", "posted_on")]
    except ValueError:
        raise RefusalError("INVALID", "Bukan tanggal.") from None
    row = (fastel, amount, days[0].isoformat(), max(days).isoformat())
    store.db.execute("INSERT INTO payments (fastel, amount, value_date, posted_on) VALUES (?, ?, ?, ?)", row)
    return {"amount": amount, "value_date": row[2], "posted_on": row[3]}


OPERATIONS = {"bills": Operation(bills), "payments": Operation(payments)}
