"""Rows to lay beside each other, and the engine run on lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from caring.reconciliation.engine import Theirs, by_ref, reconcile
from caring.reconciliation.names import CURRENT, names
from caring.reconciliation.rows import ZONE, Finding, Proof, Row, local_day
from caring.reconciliation.spool import Spool

NINE = datetime(2026, 11, 27, 9, tzinfo=ZONE)


def row(id_: str, minutes: float = 0, /, **fields: Any) -> Row:
    """A result of citra's at nine and so many minutes; on our side `id` and `ref` are one."""
    told: dict[str, Any] = {
        "ref": "", "fastel": "122055500001", "login": "citra", "campaign": "PRANPC", "status": "CONTACTED",
        "category": "AGREE", "reason": "KEEPS", "receiver": "Siti Rahmawati", "amount": 350_000,
        "promised_on": date(2026, 12, 3), "duration": 184,
    }  # fmt: skip
    at = fields.get("at", NINE + timedelta(minutes=minutes))
    return Row(**{"id": id_, "at": at, "day": local_day(at), **told, **fields})


def ours(id_: str, minutes: float = 0, /, **fields: Any) -> Row:
    return row(id_, minutes, ref=id_, **fields)


def compared(mine: Iterable[Row], others: Iterable[Row]) -> tuple[list[Finding], Proof]:
    proof = Proof()
    with Spool(by_ref) as spool, Theirs(others) as theirs:
        for one in mine:
            spool.add(one)
        return list(reconcile(spool, theirs, names(CURRENT), proof)), proof


def told(found: Iterable[Finding]) -> list[str]:
    """Each finding as a word: class, our id, their id, fields."""
    return sorted(
        " ".join([one.kind, one.ours.id if one.ours else "-", one.theirs.id if one.theirs else "-", *one.fields])
        for one in found
    )
