"""The customer base with segments (P-05 6.6; S-11)."""

from __future__ import annotations

from dataclasses import dataclass

from tenesa.systems.readings import Fields


@dataclass(frozen=True)
class Contact:
    name: str
    role: str
    email: str
    phone: str

    @classmethod
    def read(cls, data: Fields) -> Contact:
        return cls(data.text("name"), data.words("role"), data.words("email"), data.words("phone"))


@dataclass(frozen=True)
class CustomerService:
    product_id: str
    product: str
    name: str
    address: str
    mbps: float | None = None  # None where the service has no bandwidth, or the system knows none

    @classmethod
    def read(cls, data: Fields) -> CustomerService:
        return cls(
            data.text("product_id"),
            data.words("product"),
            data.text("name"),
            data.words("address"),
            data.number_or_none("mbps"),
        )


@dataclass(frozen=True)
class Customer:
    reference: str
    name: str
    segment: str
    address: str
    witel: str

    @classmethod
    def read(cls, data: Fields) -> Customer:
        return cls(
            data.text("reference"),
            data.text("name"),
            data.text("segment"),
            data.words("address"),
            data.words("witel"),
        )


@dataclass(frozen=True)
class CustomerRecord:
    customer: Customer
    services: tuple[CustomerService, ...]
    contacts: tuple[Contact, ...]
    matched_by: str

    @classmethod
    def read(cls, data: Fields) -> CustomerRecord:
        return cls(
            data.one("customer", Customer.read),
            data.many("services", CustomerService.read),
            data.many("contacts", Contact.read),
            data.text("matched_by"),
        )
