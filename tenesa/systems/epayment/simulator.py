"""The simulated E-Payment."""

from __future__ import annotations

from datetime import date
from typing import Any

from tenesa.systems.embassy.simulator import access_service
from tenesa.systems.simulator.contract import Answer, Operation, Params
from tenesa.systems.simulator.seed import Health
from tenesa.systems.simulator.store import Store

MONTHS = 4
PAID_ON_DAY = 12


def bills(store: Store, params: Params) -> Answer:
    """Bills of the last months, newest first; an isolated line owes the newest two."""
    service = access_service(store, params.need("fastel"))
    isolated = store.health(service) == Health.ISOLATED
    listed: list[dict[str, Any]] = []
    month = store.now.date().replace(day=1)
    for index in range(MONTHS):
        owes = isolated and index < 2
        paid = None if owes else month.replace(day=min(PAID_ON_DAY, store.now.day) if index == 0 else PAID_ON_DAY)
        listed.append({"month": f"{month:%Y-%m}", "amount": service.price, "paid_on": paid and paid.isoformat()})
        month = _month_before(month)
    return Answer({"fastel": service.number, "isolated": isolated, "bills": listed})


def _month_before(month: date) -> date:
    return month.replace(year=month.year - 1, month=12) if month.month == 1 else month.replace(month=month.month - 1)


OPERATIONS = {"bills": Operation(bills)}
