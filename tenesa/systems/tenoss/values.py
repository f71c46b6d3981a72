"""Data and internet services (P-05 6.7; S-12)."""

from __future__ import annotations

from dataclasses import dataclass

from tenesa.systems.readings import Fields
from tenesa.systems.siskas.values import Customer


@dataclass(frozen=True)
class DataService:
    sid: str
    product: str
    name: str
    bandwidth_mbps: float
    address: str
    witel: str
    node: str
    port: str
    status: str
    customer: Customer

    @classmethod
    def read(cls, data: Fields) -> DataService:
        return cls(
            sid=data.text("sid"),
            product=data.text("product"),
            name=data.text("name"),
            bandwidth_mbps=data.number("bandwidth_mbps"),
            address=data.words("address"),
            witel=data.words("witel"),
            node=data.text("node"),
            port=data.text("port"),
            status=data.text("status"),
            customer=data.one("customer", Customer.read),
        )
