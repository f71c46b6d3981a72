"""The simulated TELKOM.CENTER."""

from __future__ import annotations

from tenesa.systems.simulator.contract import Answer, Operation, Params
from tenesa.systems.simulator.seed import Health
from tenesa.systems.simulator.store import Store
from tenesa.systems.tenoss.simulator import data_service


def topology(store: Store, params: Params) -> Answer:
    """Backbone, metro, provider edge, customer edge; what is wrong is wrong at the last link."""
    service = data_service(store, params.need("sid"))
    health = store.health(service)
    city = service.node.split("-")[1]
    hops = [
        (f"CORE-{city}-01", "HU0/1/0/2", 2.1),
        (f"METRO-{city}-03", "TE0/0/1", 1.4),
        (service.node, service.port, 1.9),
    ]
    data = [{"node": node, "port": port, "up": True, "flaps_24h": 0, "latency_ms": ms} for node, port, ms in hops]
    last = {
        "node": f"CE-{service.number[-6:]}",
        "port": "WAN",
        "up": health != Health.DOWN,
        "flaps_24h": {Health.DEGRADED: 48, Health.DOWN: 1}.get(health, 0),
        "latency_ms": 180.0 if health == Health.DEGRADED else 3.2,
    }
    return Answer({"sid": service.number, "hops": [*data, last]})


OPERATIONS = {"topology": Operation(topology)}
