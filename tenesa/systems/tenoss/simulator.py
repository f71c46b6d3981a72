"""The simulated TENOSS."""

from __future__ import annotations

from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.seed import Service
from tenesa.systems.simulator.store import Store
from tenesa.systems.siskas.simulator import facts


def data_service(store: Store, sid: str) -> Service:
    """The service of a SID; the other data tools know the same ones."""
    service = store.world.by_number.get(sid)
    if service is None or service.kind != "DATA":
        raise RefusalError("NOT_FOUND", f"SID {sid} tidak terdaftar.")
    return service


def get_service(store: Store, params: Params) -> Answer:
    service = data_service(store, params.need("sid"))
    customer = store.world.by_reference[service.customer]
    found = {
        "sid": service.number,
        "product": service.kind,
        "name": service.name,
        "bandwidth_mbps": service.bandwidth_mbps,
        "address": service.address,
        "witel": customer.witel,
        "node": service.node,
        "port": service.port,
        "status": "ACTIVE",
        "customer": facts(customer),
    }
    return Answer(found, ref=service.number)


OPERATIONS = {"get_service": Operation(get_service)}
