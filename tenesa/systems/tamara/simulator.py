"""The simulated TAMARA."""

from __future__ import annotations

from tenesa.systems.simulator import outbound
from tenesa.systems.simulator.contract import Answer, Operation, Params
from tenesa.systems.simulator.store import Store


def write(store: Store, params: Params) -> Answer:
    return outbound.entered(outbound.enter(store, "tamara", params))


def find(store: Store, params: Params) -> Answer:
    return outbound.found(outbound.of_key(store, "tamara", params.need("key")))


def qc_list(store: Store, params: Params) -> Answer:
    return outbound.page(store, "tamara", params, outbound.AT_QCO)


def verdict(store: Store, params: Params) -> Answer:
    return outbound.found(outbound.verdict(store, "tamara", params))


def export(store: Store, params: Params) -> Answer:
    return outbound.page(store, "tamara", params)


OPERATIONS = {
    "write": Operation(write, writes=True),
    "find": Operation(find),
    "qc_list": Operation(qc_list),
    "verdict": Operation(verdict, writes=True),
    "export": Operation(export),
}
