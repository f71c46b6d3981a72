"""The simulated MRTG."""

from __future__ import annotations

import math
from datetime import timedelta

from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.seed import Health
from tenesa.systems.simulator.store import Store
from tenesa.systems.tenoss.simulator import data_service

DOWN_HOURS = 3  # how long a dead line has been silent
BUSY, CALM = 0.55, 0.15


def traffic(store: Store, params: Params) -> Answer:
    service = data_service(store, params.need("sid"))
    if not service.graphed:
        raise RefusalError("NOT_FOUND", f"Tidak ada grafik untuk {service.number}.")
    health, hours = store.health(service), min(params.whole("hours", 24), 168)
    series = []
    for ago in range(hours - 1, -1, -1):
        at = store.now - timedelta(hours=ago)
        load = CALM + BUSY * max(0.0, math.sin(math.pi * ((at.hour + 7) % 24 - 6) / 14))  # office hours, WIB
        alive = 0.0 if health == Health.DOWN and ago < DOWN_HOURS else 1.0
        mbps = service.bandwidth_mbps * load * alive
        series.append({"at": at.isoformat(), "in_mbps": round(mbps, 2), "out_mbps": round(mbps * 0.4, 2)})
    loss = {Health.DEGRADED: 30.0, Health.DOWN: 100.0}.get(health, 0.0)
    data = {"sid": service.number, "bandwidth_mbps": service.bandwidth_mbps, "loss_percent": loss, "series": series}
    return Answer(data)


OPERATIONS = {"traffic": Operation(traffic)}
