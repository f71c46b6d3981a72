"""What NOSSA knows of a fault ticket (requirements 2.4; S-06 - S-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tenesa.systems.readings import Fields


class LogType(StrEnum):
    """Kinds of worklog; a CLIENTNOTE is a repeated report (lapul) and opens a ticket awaiting confirmation again."""

    CLIENTNOTE = "CLIENTNOTE"
    EXPEDITE = "EXPEDITE"
    WORK = "WORK"
    UPDATE = "UPDATE"


@dataclass(frozen=True)
class Worklog:
    id: str
    log_type: str
    summary: str
    detail: str
    client_viewable: bool
    owner_group: str
    created_by: str
    created_at: datetime

    @classmethod
    def read(cls, data: Fields) -> Worklog:
        return cls(
            data.text("id"),
            data.text("log_type"),
            data.text("summary"),
            data.words("detail"),
            data.flag("client_viewable"),
            data.words("owner_group"),
            data.words("created_by"),
            data.moment("created_at"),
        )


@dataclass(frozen=True)
class Incident:
    number: str
    service_no: str
    product: str
    status: str
    status_at: datetime
    summary: str
    description: str
    symptom: str
    customer: str
    customer_reference: str
    segment: str
    reported_at: datetime
    reported_by: str
    contact_phone: str
    contact_email: str
    channel: str
    source_ticket: str
    owner_group: str
    regional: str
    witel: str
    gamas: str
    pending_reason: str
    cause: str
    solution: str
    resolved_at: datetime | None
    lapul: int
    gaul: int
    worklogs: tuple[Worklog, ...]

    @classmethod
    def read(cls, data: Fields) -> Incident:
        texts = ("product", "summary", "description", "symptom", "customer", "customer_reference", "segment")
        people = ("reported_by", "contact_phone", "contact_email", "channel", "source_ticket", "owner_group")
        rest = ("regional", "witel", "gamas", "pending_reason", "cause", "solution")
        return cls(
            number=data.incident("number"),
            service_no=data.text("service_no"),
            status=data.text("status"),
            status_at=data.moment("status_at"),
            reported_at=data.moment("reported_at"),
            resolved_at=data.moment_or_none("resolved_at"),
            lapul=data.whole("lapul"),
            gaul=data.whole("gaul"),
            worklogs=data.many("worklogs", Worklog.read),
            **{name: data.words(name) for name in (*texts, *people, *rest)},
        )


@dataclass(frozen=True)
class StatusChange:
    """One line of the status feed; `incident` is the ticket as it was right after the change."""

    id: int
    at: datetime
    previous: str
    status: str
    incident: Incident

    @classmethod
    def read(cls, data: Fields) -> StatusChange:
        return cls(
            data.whole("id"),
            data.moment("at"),
            data.words("previous"),
            data.text("status"),
            data.one("incident", Incident.read),
        )


@dataclass(frozen=True)
class NewWorklog:
    number: str
    log_type: LogType
    summary: str
    detail: str
    client_viewable: bool = False


@dataclass(frozen=True)
class Logged:
    """`status` is the ticket's status afterwards: a CLIENTNOTE may have opened it again."""

    worklog: str
    number: str
    lapul: int
    status: str

    @classmethod
    def read(cls, data: Fields) -> Logged:
        return cls(data.text("worklog"), data.incident("number"), data.whole("lapul"), data.text("status"))


@dataclass(frozen=True)
class NewHold:
    """`previous` is the status as last read: NOSSA refuses when it is another one by now."""

    number: str
    previous: str
    reason: str
    until: datetime
    note: str


@dataclass(frozen=True)
class NewOwner:
    """The group that goes on, and the status in which it does."""

    number: str
    previous: str
    group: str
    status: str
    note: str


@dataclass(frozen=True)
class Changed:
    """The ticket right after a change of ours."""

    incident: Incident

    @classmethod
    def read(cls, data: Fields) -> Changed:
        return cls(data.one("incident", Incident.read))
