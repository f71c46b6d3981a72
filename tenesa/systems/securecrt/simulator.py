"""The simulated device access; it knows the canned commands and no others."""

from __future__ import annotations

from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.seed import Health, Service
from tenesa.systems.simulator.store import Store


def check(store: Store, params: Params) -> Answer:
    node, port, command = params.need("node"), params.need("port"), params.need("command")
    service = next((s for s in store.world.services if (s.node, s.port) == (node, port)), None)
    if service is None or not service.reachable:
        raise RefusalError("NO_ROUTE", f"Perangkat {node} tidak dapat dijangkau.")
    texts = {"interface-status": _status, "interface-errors": _errors, "ping-customer": _ping}
    if command not in texts:
        raise RefusalError("INVALID", f"Perintah {command} tidak diizinkan.")
    text = texts[command](service, store.health(service))
    return Answer({"node": node, "port": port, "command": command, "text": text})


def _status(service: Service, health: Health) -> str:
    state = "down" if health == Health.DOWN else "up"
    return (
        f"{service.port} is {state}, line protocol is {state}\n"
        f"  Description: {service.number} {service.name}\n"
        f"  MTU 1500 bytes, BW {int(service.bandwidth_mbps * 1000)} Kbit\n" + _errors(service, health)
    )


def _errors(service: Service, health: Health) -> str:
    count = 48_213 if health == Health.DEGRADED else 0
    return f"     {count} input errors, {count // 3} CRC, 0 frame, 0 overrun, 0 ignored\n"


def _ping(service: Service, health: Health) -> str:
    rate = {Health.DOWN: 0, Health.DEGRADED: 70}.get(health, 100)
    return f"Success rate is {rate} percent ({rate}/100), round-trip min/avg/max = 3/5/42 ms\n"


OPERATIONS = {"check": Operation(check)}
