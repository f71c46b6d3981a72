"""The simulated EMBASSY."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.seed import Health, Service
from tenesa.systems.simulator.store import Store


def access_service(store: Store, number: str) -> Service:
    """IndiHome, IndiBiz or telephone; E-Payment knows the same ones."""
    service = store.world.by_number.get(number)
    if service is None or service.kind == "DATA":
        raise RefusalError("NOT_FOUND", f"Nomor layanan {number} tidak terdaftar.")
    return service


def line(store: Store, params: Params) -> Answer:
    service = access_service(store, params.need("service_no"))
    health = store.health(service)
    down = health == Health.DOWN
    levels: dict[str, Any] = {"rx_dbm": None, "attenuation_db": None, "attainable_mbps": None, "snr_db": None}
    if not down:
        weak, spread = health == Health.DEGRADED, int(service.number[-2:]) / 20
        levels = {
            "rx_dbm": round((-29.4 if weak else -18.5) - spread / 5, 1),
            "attenuation_db": round((31.0 if weak else 16.0) + spread / 5, 1),
            "attainable_mbps": round(service.bandwidth_mbps * (0.4 if weak else 1.2), 1),
            "snr_db": 8.5 if weak else 28.0,
        }
    seen = store.now - (timedelta(hours=9) if down else timedelta(minutes=1))
    facts = {"service_no": service.number, "online": not down, "bandwidth_mbps": service.bandwidth_mbps or None}
    return Answer({**facts, **levels, "last_seen_at": seen.isoformat()})


OPERATIONS = {"line": Operation(line)}
