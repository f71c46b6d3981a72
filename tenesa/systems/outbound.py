"""Results of outbound calls as MyCX, CWC and TAMARA take and give them (requirements 2.6; S-05, S-23, S-24).

Status and category are in the words of these systems: "Contacted", "Not Contacted", "Follow Up Recall"; "Agree",
"Follow Up", "Decline" (TAMARA writes "Not Agree"), "". The reason is the code of the result tree. Our key stands in
front of the note, "[HC000012-1] …": it is what a row is found again by, whatever a narrow column cut off.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from tenesa.systems.readings import Fields, plain

MOST_ROWS = 1_000  # of one page, both ways
VALID, NOT_VALID = "Valid", "Not Valid"  # what a QCO says of a row
_KEY = re.compile(r"\[(?P<key>[A-Z]+\d+-\d+)\]")


@dataclass(frozen=True)
class Outcome:
    """A result to be entered. `key` is ours, result and version ("HC000012-2"); `supersedes` the key in whose place it
    stands, `input` "New" or "Recall", `duration` seconds, `amount` rupiah.

    `order` is MyCX's order, where the prospect was loaded there; else the fastel stands for it.
    """

    key: str
    called_at: datetime
    day: date
    login: str
    fastel: str
    campaign: str
    status: str
    category: str
    reason: str
    input: str = "New"
    supersedes: str = ""
    order: str = ""
    team: str = ""
    ncli: str = ""
    name: str = ""
    phone: str = ""
    regional: str = ""
    witel: str = ""
    receiver: str = ""
    relation: str = ""
    offer: str = ""
    amount: int = 0
    promised_on: date | None = None
    duration: int = 0
    recording: str = ""
    note: str = ""

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Outcome:
        """From JSON, the moment and the days as ISO texts; TypeError for a field that is none of these."""
        promised = payload.get("promised_on")
        moments = {
            "called_at": datetime.fromisoformat(payload["called_at"]),
            "day": date.fromisoformat(payload["day"]),
            "promised_on": date.fromisoformat(promised) if promised else None,
        }
        return cls(**{**payload, **moments})

    def body(self) -> dict[str, Any]:
        """What is sent: these fields, with the key in front of the note."""
        return dict(plain(replace(self, note=noted(self.key, self.note))))


def noted(key: str, note: str) -> str:
    return f"[{key}] {note}".rstrip()


def key_in(note: str) -> str:
    """Our key as a note tells it; "" for a row that somebody typed into the other system."""
    found = _KEY.search(note)
    return found["key"] if found else ""


@dataclass(frozen=True)
class Entered:
    """That a system has a result."""

    reference: str
    key: str
    entered_at: datetime

    @classmethod
    def read(cls, data: Fields) -> Entered:
        return cls(data.text("reference"), data.text("key"), data.moment("entered_at"))


@dataclass(frozen=True)
class Row:
    """A result as the other system keeps it: fields may be cut to its widths, words are its own.

    `follow` is TAMARA's queue: 1 superseded, 2 at the QCO, 3 at the team leader, 5 back to the agent, 6 decided, 8 the
    agent's follow-up; MyCX has only 0 and 1. `valid` is "Valid", "Not Valid" or "".
    """

    reference: str
    order: str
    called_at: datetime
    day: date
    login: str
    ncli: str
    fastel: str
    name: str
    phone: str
    regional: str
    witel: str
    campaign: str
    status: str
    category: str
    reason: str
    receiver: str
    offer: str
    amount: int
    promised_on: date | None
    duration: int
    recording: str
    note: str
    input: str
    follow: int
    valid: str
    qco: str
    qco_note: str
    qco_at: datetime | None
    leader: str
    leader_note: str
    leader_at: datetime | None
    entered_at: datetime

    @property
    def key(self) -> str:
        """Our key, where the note still tells it; else ""."""
        return key_in(self.note)

    @classmethod
    def read(cls, data: Fields) -> Row:
        words = (
            "order", "login", "ncli", "name", "phone", "regional", "witel", "campaign", "category", "reason",
            "receiver", "offer", "recording", "note", "input", "valid", "qco", "qco_note", "leader", "leader_note",
        )  # fmt: skip
        plainly: dict[str, Any] = {name: data.words(name) for name in words}
        plainly |= {name: data.whole(name) for name in ("amount", "duration", "follow")}
        return cls(
            reference=data.text("reference"),
            fastel=data.text("fastel"),
            status=data.text("status"),
            called_at=data.moment("called_at"),
            day=data.day("day"),
            promised_on=data.day_or_none("promised_on"),
            qco_at=data.moment_or_none("qco_at"),
            leader_at=data.moment_or_none("leader_at"),
            entered_at=data.moment("entered_at"),
            **plainly,
        )


@dataclass(frozen=True)
class Page:
    """Rows in the order of their entry. `next` is what the next page is asked with, None after the last; `total` counts
    the rows of the whole period, so that whoever reads them all can prove it."""

    rows: tuple[Row, ...]
    next: int | None
    total: int

    @classmethod
    def read(cls, data: Fields) -> Page:
        """A row that the answer says twice is read once."""
        rows = {row.reference: row for row in data.many("rows", Row.read)}
        return cls(tuple(rows.values()), data.whole_or_none("next"), data.whole("total"))


def every_row(ask: Callable[[int], Page]) -> Iterator[Row]:
    """All rows of a period, a page at a time: `ask` is given where to go on, 0 at first."""
    after: int | None = 0
    while after is not None:
        page = ask(after)
        yield from page.rows
        after = page.next
