"""A row of the list as a prospect, or why it is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from caring.dapros import cells
from caring.dapros.amounts import Separators
from caring.dapros.columns import BILLS, Columns
from caring.dapros.reasons import Reason, Unreadable
from tenesa.contact import zones
from tenesa.sheets import Cell, Row, address, shown

Bucket = Callable[[date], str]  # the campaign by the oldest unpaid month; "" beyond all
BEYOND, NO_NUMBER = "BEYOND", "NO_NUMBER"
LENGTHS = {"nama": 120, "alamat": 240, "kota": 60, "regional": 20, "witel": 40, "paket": 80, "email": 254}
CAMPAIGNS = {"PRANPC": "PRANPC", "CT0": "CT-0", "": "–"}
_zone_of = lru_cache(1024)(zones.key_of)


@dataclass(frozen=True, slots=True)
class ProspectRow:
    """What a list says of a customer. `bills` are whole rupiah by month ("2026-11"), `phones` normal numbers in their
    order, `excluded_why` why it is kept but not called and `remark` the same in words, `notes` what whoever uploaded it
    should know, `cells` the row of the file."""

    row_number: int
    period: date
    campaign: str
    ncli: str
    fastel: str
    name: str
    address: str
    city: str
    regional: str
    witel: str
    zone: str
    package: str
    mbps: int | None
    bills: Mapping[str, int]
    total: int
    oldest_month: date
    isolated: bool
    last_paid_on: date | None
    phones: tuple[str, ...]
    email: str
    excluded_why: str = ""
    remark: str = ""
    notes: tuple[Reason, ...] = ()
    cells: Sequence[Cell] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """`cells` are as the file has them."""

    row_number: int
    cells: list[Cell]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Terms:
    """What all rows of a list are judged by. `period` is the month of the list; `merged` has ranges by row."""

    columns: Columns
    period: date
    bucket: Bucket
    separators: Mapping[str, Separators]
    merged: Mapping[int, str] = field(default_factory=dict)
    campaign: str = ""


def judge(row: Row, terms: Terms) -> ProspectRow | RefusedRow:
    """The prospect, or every reason why the row is refused."""
    return _Judged(row, terms).outcome()


class _Judged:
    """One row while it is judged: what it says by column, and what is wrong with it."""

    def __init__(self, row: Row, terms: Terms) -> None:
        self.row, self.terms = row, terms
        self.reasons: list[Reason] = []
        self.notes: list[Reason] = []

    def outcome(self) -> ProspectRow | RefusedRow:
        self._whole_row()
        found = self._read()
        bills, total = self._bills()
        if self.reasons:
            return RefusedRow(self.row.number, self.row.cells, tuple(self.reasons))
        oldest = min(bills)
        phones = tuple(dict.fromkeys(found.pop("phones")))
        campaign, why = self._bucket(found.pop("campaign"), first_day(oldest))
        if not phones:
            why = why or NO_NUMBER
            self.notes.append(Reason("NO_NUMBER"))
        return ProspectRow(
            row_number=self.row.number,
            period=self.terms.period,
            campaign=campaign,
            bills=bills,
            total=total,
            oldest_month=first_day(oldest),
            phones=phones,
            excluded_why=why,
            notes=tuple(self.notes),
            cells=self.row.cells,
            **found,
        )

    def _whole_row(self) -> None:
        number, width = self.row.number, len(self.terms.columns.heads)
        if number in self.terms.merged:
            self.reasons.append(Reason("MERGED", facts={"value": self.terms.merged[number]}))
        if any(cell != "" for cell in self.row.cells[width:]):
            self.reasons.append(Reason("TOO_WIDE"))
        if self.row.hidden:
            self.notes.append(Reason("HIDDEN"))

    # --- cells --------------------------------------------------------------------------------------------------------
    def _read(self) -> dict[str, Any]:
        fastel = self._required("fastel", cells.fastel, "")
        if fastel[:1] == "0" and not shown(self._cell("fastel")).lstrip("'").startswith("0"):
            self._note("ZERO_RESTORED", "fastel")
        listed = self._value("periode", cells.month, None)
        if listed is not None and listed != self.terms.period:
            facts = {"value": shown(self._cell("periode")), "period": f"{self.terms.period:%Y-%m}"}
            self._refuse("OTHER_PERIOD", "periode", **facts)
        witel = self._required("witel", cells.text, "")
        zone = _zone_of(witel)
        if witel and not zone:
            self._note("UNKNOWN_WITEL", "witel")
        return {
            "campaign": self._value("campaign", cells.campaign, ""),
            "ncli": self._value("ncli", cells.ncli, ""),
            "fastel": fastel,
            "name": self._required("nama", cells.text, ""),
            "address": self._text("alamat"),
            "city": self._text("kota"),
            "regional": self._text("regional"),
            "witel": witel.upper(),  # one name of a region, however lists write it
            "zone": zone,
            "package": self._text("paket"),
            "mbps": self._value("mbps", cells.whole, None),
            "isolated": self._value("isolir", cells.yes, False),
            "last_paid_on": self._value("tgl_bayar_terakhir", cells.day, None),
            "phones": self._value("hp1", cells.phones, []) + self._value("hp2", cells.phones, []),
            "email": self._value("email", cells.email, ""),
        }

    def _cell(self, column: str) -> Cell:
        place = self.terms.columns.places.get(column, -1)
        return self.row.cells[place] if 0 <= place < len(self.row.cells) else ""

    def _value(self, column: str, reader: Callable[[Cell], Any], blank: Any) -> Any:
        cell = self._cell(column)
        if cell == "":
            return blank
        try:
            found = reader(cell)
        except Unreadable as problem:
            self._refuse(problem.code, column, **problem.facts)
            return blank
        if column in LENGTHS and len(found) > LENGTHS[column]:
            self._refuse("TOO_LONG", column, column=column, most=LENGTHS[column])
        return found

    def _text(self, column: str) -> str:
        found: str = self._value(column, cells.text, "")
        return "" if found in cells.BLANK else found

    def _required(self, column: str, reader: Callable[[Cell], str], blank: str) -> str:
        before = len(self.reasons)
        found: str = self._value(column, reader, blank)
        if (not found or found in cells.BLANK) and len(self.reasons) == before:
            self._refuse("MISSING", column, column=column)
            return blank
        return found

    def _refuse(self, code: str, at: str, **facts: Any) -> None:
        self.reasons.append(Reason(code, self._address(at), facts))

    def _note(self, code: str, column: str) -> None:
        self.notes.append(Reason(code, self._address(column), {"value": shown(self._cell(column))}))

    def _address(self, column: str) -> str:
        place = self.terms.columns.places.get(column)
        return "" if place is None else address(place, self.row.number)

    # --- money --------------------------------------------------------------------------------------------------------
    def _bills(self) -> tuple[dict[str, int], int]:
        """What is unpaid by month, and its sum, which the row's total must be."""
        before = len(self.reasons)
        bills: dict[str, int] = {}
        for months_back, column in enumerate(BILLS):
            if amount := self._amount(column):
                bills[month_before(self.terms.period, months_back)] = amount
        total, due = self._amount("total"), sum(bills.values())
        if len(self.reasons) > before:
            return {}, 0
        if self._cell("total") == "":
            self._refuse("MISSING", "total", column="total")
        elif total != due:
            self._refuse("SUM", "total", sum=due, total=total)
        elif not due:
            self._refuse("NOTHING_DUE", "total")
        return bills, total

    def _amount(self, column: str) -> int:
        cell = self._cell(column)
        if cell == "":
            return 0
        try:
            bare = cell if not isinstance(cell, str) else cells.text(cell)
            return self.terms.separators[column].amount(bare)
        except Unreadable as problem:
            self._refuse(problem.code, column, **problem.facts)
            return 0

    def _bucket(self, listed: str, oldest: date) -> tuple[str, str]:
        """The campaign by the months due, and why the customer is not called."""
        listed, found = listed or self.terms.campaign, self.terms.bucket(oldest)
        if not found:
            self.notes.append(Reason("BEYOND"))
            return listed or "CT0", BEYOND
        if listed and listed != found:
            facts = {"listed": CAMPAIGNS[listed], "bucket": CAMPAIGNS[found]}
            self.notes.append(Reason("REBUCKETED", self._address("campaign"), facts))
        return found, ""


@lru_cache(256)
def month_before(period: date, months: int) -> str:
    """ "2026-09" of November 2026 and 2."""
    year, month = divmod(period.year * 12 + period.month - 1 - months, 12)
    return f"{year}-{month + 1:02}"


@lru_cache(256)
def first_day(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)
