"""The simulated CWC: what is entered stands in TAMARA at once."""

from __future__ import annotations

from tenesa.systems.simulator import outbound
from tenesa.systems.simulator.contract import Answer, Operation, Params
from tenesa.systems.simulator.store import Store


def enter(store: Store, params: Params) -> Answer:
    entered = outbound.entered(outbound.enter(store, "tamara", params))
    own = f"CWC-{entered.ref.partition('-')[2]}"  # CWC tells its own number; TAMARA's is read back by the key
    return Answer({**entered.data, "reference": own}, ref=own)


OPERATIONS = {"enter": Operation(enter, writes=True)}
