"""MyCX's orders of outbound prospects, dapros (P-01 5.1; S-04)."""

from __future__ import annotations

from dataclasses import dataclass

from tenesa.systems.readings import Fields


@dataclass(frozen=True)
class NewOrder:
    """A prospect to be loaded. `key` is our number of it, `period` the month "2026-12"."""

    key: str
    fastel: str
    campaign: str
    period: str
    name: str = ""
    witel: str = ""
    total: int = 0


@dataclass(frozen=True)
class Loaded:
    """What became of a load: the order of each key, and of those that MyCX did not take the reason in words."""

    orders: dict[str, str]
    refused: dict[str, str]

    @classmethod
    def read(cls, data: Fields) -> Loaded:
        orders = data.many("orders", lambda one: (one.text("key"), one.text("order")))
        refused = data.many("refused", lambda one: (one.text("key"), one.text("reason")))
        return cls(dict(orders), dict(refused))


@dataclass(frozen=True)
class Order:
    """An order: `agent` is "" until somebody picked it."""

    order: str
    key: str
    fastel: str
    status: str
    agent: str

    @classmethod
    def read(cls, data: Fields) -> Order:
        return cls(
            data.text("order"),
            data.text("key"),
            data.text("fastel"),
            data.one_of("status", ("LOADED", "PICKED")),
            data.words("agent"),
        )
