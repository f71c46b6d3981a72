"""What MyCX takes and gives (W-05 1.2.8, P-05 6.3; S-02, S-03)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tenesa.systems.readings import Fields


class SearchType(StrEnum):
    """What “Pilih Jenis Cari” offers."""

    PRODUCT_ID = "product_id"
    PHONE = "phone"
    NAME = "name"
    TICKET = "ticket"


@dataclass(frozen=True)
class KnownService:
    product_id: str
    name: str
    address: str

    @classmethod
    def read(cls, data: Fields) -> KnownService:
        return cls(data.text("product_id"), data.text("name"), data.words("address"))


@dataclass(frozen=True)
class OpenTicket:
    incident: str
    product_id: str
    status: str
    summary: str
    reported_at: datetime

    @classmethod
    def read(cls, data: Fields) -> OpenTicket:
        return cls(
            data.incident("incident"),
            data.text("product_id"),
            data.text("status"),
            data.words("summary"),
            data.moment("reported_at"),
        )


@dataclass(frozen=True)
class CustomerMatch:
    """One customer that a search found, with services and tickets that are not closed."""

    reference: str
    name: str
    segment: str
    services: tuple[KnownService, ...]
    tickets: tuple[OpenTicket, ...]

    @classmethod
    def read(cls, data: Fields) -> CustomerMatch:
        return cls(
            data.text("reference"),
            data.text("name"),
            data.text("segment"),
            data.many("services", KnownService.read),
            data.many("tickets", OpenTicket.read),
        )


@dataclass(frozen=True)
class NewTicket:
    """The form: six fields of W-05 1.2.8, and whose they are."""

    product_id: str
    reporter_name: str
    reporter_phone: str
    reporter_email: str
    symptom: str
    description: str
    segment: str
    channel: str = "EMAIL"


@dataclass(frozen=True)
class Created:
    incident: str
    product_id: str
    status: str
    created_at: datetime

    @classmethod
    def read(cls, data: Fields) -> Created:
        return cls(data.incident("incident"), data.text("product_id"), data.text("status"), data.moment("created_at"))
