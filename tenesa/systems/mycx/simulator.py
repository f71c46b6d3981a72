"""The simulated MyCX; its tickets are NOSSA's incidents."""

from __future__ import annotations

import re
from typing import Any

from tenesa.systems.mycx import outbound
from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.movement import add_log
from tenesa.systems.simulator.seed import Customer
from tenesa.systems.simulator.seed_incidents import OPEN, facts_of
from tenesa.systems.simulator.seed_numbers import owners_of
from tenesa.systems.simulator.store import Store

PHONE = re.compile(r"\+?[\d\s().-]{6,24}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
SEGMENTS = {"DES", "DGS", "DBS", "DCS", "DWS", "OTHER"}
MANY = 20


def search(store: Store, params: Params) -> Answer:
    kind, value = params.need("search_type"), params.need("value")
    match kind:
        case "product_id":
            service = store.world.by_number.get(value)
            found = [store.world.by_reference[service.customer]] if service else []
        case "ticket":
            incident = store.incident(value)
            found = [store.world.by_reference[incident["customer_reference"]]] if incident else []
        case "phone":
            found = owners_of(store.world, value)
        case "name":
            found = [c for c in store.world.customers if value.casefold() in c.name.casefold()]
        case _:
            raise RefusalError("INVALID", f"Jenis cari {kind} tidak dikenal.")
    if not found:
        raise RefusalError("NOT_FOUND", f"Tidak ada pelanggan untuk {value}.")
    return Answer({"customers": [_listed(store, customer) for customer in found[:MANY]]})


def _listed(store: Store, customer: Customer) -> dict[str, Any]:
    services = store.world.services_of(customer.reference)
    tickets = [incident for service in services for incident in store.incidents_of(service.number)]
    return {
        "reference": customer.reference,
        "name": customer.name,
        "segment": customer.segment,
        "services": [{"product_id": s.number, "name": s.name, "address": s.address} for s in services],
        "tickets": [
            {
                "incident": incident["number"],
                "product_id": incident["service_no"],
                "status": incident["status"],
                "summary": incident["summary"],
                "reported_at": incident["reported_at"],
            }
            for incident in tickets
            if incident["status"] in OPEN
        ],
    }


def create_ticket(store: Store, params: Params) -> Answer:
    if wrong := _wrong(store, params):
        fields = ", ".join(f"{name} {words}" for name, words in wrong.items())
        raise RefusalError("INVALID", f"Data tiket belum benar: {fields}.", {"fields": wrong})
    product_id = params.text("product_id")
    if existing := store.open_incident_of(product_id):
        number = existing["number"]
        data = {"incident": number, "status": existing["status"], "product_id": product_id}
        raise RefusalError("DUPLICATE", f"Sudah ada tiket {number} untuk {product_id}.", data)
    incident = _open(store, params, params.text("channel") or "EMAIL")
    created = {
        "incident": incident["number"],
        "product_id": product_id,
        "status": incident["status"],
        "created_at": incident["reported_at"],
    }
    return Answer(created, ref=incident["number"])


def _wrong(store: Store, params: Params) -> dict[str, str]:
    """Field → what is wrong with it; MyCX lists all of them at once."""
    names = ("product_id", "reporter_name", "reporter_phone", "reporter_email", "symptom", "description")
    wrong = {name: "wajib diisi" for name in names if not params.text(name)}
    checks = {
        "product_id": (params.text("product_id") in store.world.by_number, "tidak terdaftar"),
        "reporter_phone": (bool(PHONE.fullmatch(params.text("reporter_phone"))), "bukan nomor telepon"),
        "reporter_email": (bool(EMAIL.fullmatch(params.text("reporter_email"))), "bukan alamat e-mail"),
        "segment": (params.text("segment") in SEGMENTS, "tidak dikenal"),
    }
    return {**{name: words for name, (good, words) in checks.items() if not good}, **wrong}


def _open(store: Store, params: Params, channel: str) -> dict[str, Any]:
    service = store.world.by_number[params.text("product_id")]
    number, now = store.next_number(), store.now.isoformat()
    incident: dict[str, Any] = {
        "number": number,
        **facts_of(service),
        "status": "NEW",
        "status_at": now,
        "summary": f"{service.name} {service.number}: {params.text('symptom') or 'gangguan'}",
        "description": params.text("description"),
        "symptom": params.text("symptom"),
        "reported_at": now,
        "reported_by": params.text("reporter_name"),
        "contact_phone": params.text("reporter_phone"),
        "contact_email": params.text("reporter_email"),
        "channel": channel,
        "source_ticket": "CUSTOMER",
        "owner_group": "TENESA",
        "gamas": "",
        "pending_reason": "",
        "cause": "",
        "solution": "",
        "resolved_at": None,
        "lapul": 0,
        "gaul": int(bool(store.incidents_of(service.number))),
        "worklogs": [],
    }
    add_log(store, incident, "Tiket diterima", author="MYCX")
    store.set_setting(f"alive:{number}", "yes")
    store.keep_incident(incident, previous="")
    return incident


def reported_elsewhere(store: Store, params: Params) -> None:
    """The fault "duplicate": a moment ago the customer reported the same by telephone."""
    known = params.text("product_id") in store.world.by_number
    if known and store.open_incident_of(params.text("product_id")) is None:
        _open(store, params, "PHONE")


OPERATIONS = {
    "search": Operation(search),
    "create_ticket": Operation(create_ticket, writes=True, duplicate=reported_elsewhere),
    **outbound.OPERATIONS,
}
