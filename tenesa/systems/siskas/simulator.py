"""The simulated SISKAS."""

from __future__ import annotations

from typing import Any

from tenesa.systems.simulator.contract import Answer, Operation, Params, RefusalError
from tenesa.systems.simulator.seed import Customer
from tenesa.systems.simulator.seed_numbers import owners_of
from tenesa.systems.simulator.store import Store


def find_customer(store: Store, params: Params) -> Answer:
    for by in ("fastel", "reference", "phone", "email", "domain", "name"):
        if value := params.text(by):
            found, matched = _matches(store, by, value)
            break
    else:
        raise RefusalError("INVALID", "Isi fastel, nomor pelanggan, nomor telepon, nama atau e-mail.")
    if not found:
        raise RefusalError("NOT_FOUND", f"Tidak ada pelanggan untuk {value}.")
    if len(found) > 1:
        candidates = [{"reference": c.reference, "name": c.name, "segment": c.segment} for c in found]
        raise RefusalError("AMBIGUOUS", f"{len(found)} pelanggan cocok dengan {value}.", {"candidates": candidates})
    return Answer(_record(store, found[0], matched), ref=found[0].reference)


def _matches(store: Store, by: str, value: str) -> tuple[list[Customer], str]:
    customers, wanted = store.world.customers, value.casefold()
    match by:
        case "fastel":
            service = store.world.by_number.get(value)
            known = service is not None and service.kind != "DATA"
            return ([store.world.customer_of(value)] if known else []), by
        case "reference":
            customer = store.world.by_reference.get(value)
            return ([customer] if customer else []), by
        case "phone":
            return owners_of(store.world, value), by
        case "name":
            exact = [customer for customer in customers if customer.name.casefold() == wanted]
            return exact or [customer for customer in customers if wanted in customer.name.casefold()], by
        case "email":
            own = [c for c in customers if wanted in {contact.email.casefold() for contact in c.contacts}]
            return (own, by) if own else _matches(store, "domain", wanted.rpartition("@")[2])
        case _:
            return [customer for customer in customers if customer.domain and customer.domain == wanted], "domain"


def facts(customer: Customer) -> dict[str, Any]:
    return {
        "reference": customer.reference,
        "name": customer.name,
        "segment": customer.segment,
        "address": customer.address,
        "witel": customer.witel,
    }


def _record(store: Store, customer: Customer, matched: str) -> dict[str, Any]:
    return {
        "customer": facts(customer),
        "services": [
            {
                "product_id": s.number,
                "product": s.kind,
                "name": s.name,
                "address": s.address,
                "mbps": s.bandwidth_mbps or None,
            }
            for s in store.world.services_of(customer.reference)
        ],
        "contacts": [vars(contact) for contact in customer.contacts],
        "matched_by": matched,
    }


OPERATIONS = {"find_customer": Operation(find_customer)}
