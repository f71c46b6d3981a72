"""Rows that are laid beside each other, and what is found about them (P-01 8 langkah 5; C-18, C-19)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Jakarta")


class Kind(StrEnum):
    """What a row is, seen from the other side; every row is exactly one of these.

    EQUAL, DIFFERENT: it has its counterpart, the fields say the same or not. LATE: all the same, but the other system
    took it after its day, or delivery is still under way. MISSING: our result has no row there. ORPHAN: their row has
    no result here. DUPLICATE: more rows than results, or rows that nobody can tell apart; none of them is matched.
    """

    EQUAL = "EQUAL"
    DIFFERENT = "DIFFERENT"
    MISSING = "MISSING"
    DUPLICATE = "DUPLICATE"
    LATE = "LATE"
    ORPHAN = "ORPHAN"


class Row(NamedTuple):
    """A result as one system tells it, in that system's words.

    `id` names the row in its own system, `ref` is our key that it carries ("" where it carries none; on our side the
    key itself). `at` is when the call was made, with its zone, `day` the day that the system counts it to (`local_day`
    where it tells none), `taken_at` when the system took the row, `under_way` whether it is still to be delivered;
    `duration` is in seconds, `amount` in rupiah. A field that is None is not kept by that system and not compared.
    """

    id: str
    ref: str
    fastel: str
    login: str
    campaign: str
    day: date
    at: datetime
    status: str | None = None
    category: str | None = None
    reason: str | None = None
    receiver: str | None = None
    amount: int | None = None
    promised_on: date | None = None
    duration: int | None = None
    taken_at: datetime | None = None
    under_way: bool = False


def local_day(at: datetime) -> date:
    """The day of a moment in Jakarta, where the desk is: 23:59:59 is still that day, 00:00:00 is the next (lokal)."""
    return at.astimezone(ZONE).date()


class Finding(NamedTuple):
    """What became of one row or one pair; `fields` differ, rows of one `group` cannot be told apart."""

    kind: Kind
    ours: Row | None
    theirs: Row | None
    fields: tuple[str, ...] = ()
    group: str = ""


@dataclass
class SideCount:
    """Rows read of one side, and how many of them were found to be what."""

    fetched: int = 0
    kinds: Counter[Kind] = field(default_factory=Counter)

    @property
    def closes(self) -> bool:
        return self.fetched == self.kinds.total()


@dataclass
class Proof:
    """The closing proof of one comparison: rows fetched = the sum of the classes, on either side; pairs are two."""

    ours: SideCount = field(default_factory=SideCount)
    theirs: SideCount = field(default_factory=SideCount)

    @property
    def closes(self) -> bool:
        same = all(self.ours.kinds[kind] == self.theirs.kinds[kind] for kind in (Kind.EQUAL, Kind.DIFFERENT))
        return same and self.ours.closes and self.theirs.closes

    def count(self, found: Finding) -> None:
        if found.ours is not None:
            self.ours.kinds[found.kind] += 1
        if found.theirs is not None:
            self.theirs.kinds[found.kind] += 1
