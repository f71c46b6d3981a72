"""Exports of TAMARA or MyCX that a person uploads (XLSX or CSV), read as a side of the reconciliation (8.1; S-29).

A file that cannot be read whole is refused whole, with the cells that say why: half a side would prove nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _

from caring.dapros import cells
from caring.dapros.amounts import Separators
from caring.dapros.reasons import Reason, Unreadable
from caring.reconciliation.rows import ZONE, Row, local_day
from caring.reconciliation.sides import SUPERSEDED, Read
from tenesa.sheets import Cell, NotASheet, SeparatedText, Workbook, address
from tenesa.sheets import Row as Line
from tenesa.sheets.opening import is_zip
from tenesa.sheets.separated import SEPARATORS
from tenesa.systems.outbound import key_in

SEARCHED = 30  # rows in which the heads are looked for
TOLD = 10  # cells that are named of a file that is refused
# Columns by the names that the exports and people give them (requirements 2.6).
NAMES: dict[str, tuple[str, ...]] = {
    "id": ("row", "no", "id", "nomor", "row id", "no tamara", "no mycx"),
    "at": ("at", "tanggal", "tgl", "date", "waktu", "tanggal call", "waktu call", "called at", "tgl call"),
    "time": ("jam", "time", "jam call", "pukul"),
    "login": ("login", "agent", "login agent", "user", "id agent"),
    "fastel": ("fastel", "no fastel", "nomor layanan", "no layanan", "no internet", "nomor internet"),
    "campaign": ("campaign", "jenis", "kampanye", "layanan"),
    "status": ("status", "status call", "hasil"),
    "category": ("category", "kategori"),
    "reason": ("reason", "alasan"),
    "receiver": ("receiver", "penerima", "penerima telepon", "nama penerima"),
    "amount": ("amount", "nominal", "jumlah", "tagihan", "total tagihan"),
    "promised_on": ("promised on", "janji bayar", "tgl janji", "tanggal janji", "tanggal janji bayar"),
    "duration": ("duration", "durasi", "durasi call", "lama call"),
    "note": ("note", "catatan", "keterangan"),
    "entered_at": ("entered at", "waktu input", "tgl input", "tanggal input"),
    "follow": ("follow",),
}  # fmt: skip
REQUIRED = ("at", "login", "fastel", "campaign", "status", "reason")
_BETWEEN = re.compile(r"[\W_]+")
_KNOWN = {name: field for field, known in NAMES.items() for name in known}
_MOMENT = re.compile(
    r"(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}))"
    r"(?:[ T]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2}|WIB)?"
)
_LENGTH = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})")
Places = Mapping[str, int]


def rows(file: IO[bytes], first: date, last: date, campaign: str, read: Read) -> Iterator[Row]:
    """The rows of these days. Raises NotASheet with the words of what is wrong; nothing is guessed."""
    with _opened(file) as lines:
        heads, places = _heads(list(islice(lines(), SEARCHED)))
        separators = Separators()
        problems: list[str] = []
        for line in lines():
            if line.number > heads and "amount" in places and places["amount"] < len(line.cells):
                separators.see(line.cells[places["amount"]], address(places["amount"], line.number))
        for line in lines():
            if line.number <= heads:
                continue
            read.told += 1
            try:
                row, superseded = _row(_Cells(line, places), separators)
            except _Wrong as wrong:
                problems.append(str(wrong))
                if len(problems) >= TOLD:
                    break
                continue
            if not first <= row.day <= last or (campaign and row.campaign != campaign):
                read.outside += 1
            elif superseded:
                read.superseded += 1
            else:
                read.rows += 1
                yield row
        if problems:
            raise NotASheet(_("The file was not taken: %(problems)s.") % {"problems": "; ".join(problems)})
        if not read.told:
            raise NotASheet(_("Below the heads there is no row."))


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[Callable[[], Iterator[Line]]]:
    """Its lines, as often as they are asked for."""
    if is_zip(file):
        with Workbook(file) as book:
            sheet = min(book.sheets, key=lambda one: one.hidden)
            yield partial(book.rows, sheet)
        return
    text = SeparatedText(file)
    for separator in SEPARATORS:
        if any(len(_places(line)) >= 3 for line in islice(text.rows(separator), SEARCHED)):
            yield partial(text.rows, separator)
            return
    raise _without_heads()


def _heads(lines: list[Line]) -> tuple[int, Places]:
    """(the row of the heads, where each column stands)."""
    best = max(lines, key=lambda line: len(_places(line)), default=None)
    if best is None or len(_places(best)) < 3:
        raise _without_heads()
    places = _places(best)
    missing = [NAMES[name][1] if name == "at" else name for name in REQUIRED if name not in places]
    if missing:
        raise NotASheet(_("Columns are missing: %(names)s. No row was taken.") % {"names": ", ".join(missing)})
    return best.number, places


def _places(line: Line) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(line.cells):
        field = _KNOWN.get(_BETWEEN.sub(" ", f"{cell}".casefold()).strip())
        if field:
            found.setdefault(field, place)
    return found


def _without_heads() -> NotASheet:
    words = _("No row with the heads of the columns was found in the first %(n)d rows: %(heads)s.")
    return NotASheet(words % {"n": SEARCHED, "heads": ", ".join(REQUIRED)})


class _Wrong(Exception):
    """A cell that cannot be read, with its address."""


class _NoTime(Exception):
    """A text that is no time of the day and no duration."""

    def __str__(self) -> str:
        return _("“%(value)s” is no time (hours:minutes)") % {"value": self.args[0]}


class _Cells:
    """The cells of a line by the names of their columns."""

    def __init__(self, line: Line, places: Places) -> None:
        self.line, self.places = line, places

    def raw(self, name: str) -> Cell | None:
        """The cell; None where the export has no such column."""
        place = self.places.get(name)
        if place is None:
            return None
        return self.line.cells[place] if place < len(self.line.cells) else ""

    def get(self, name: str, read: Callable[[Cell], Any]) -> Any:
        """What `read` makes of the cell; None where there is no such column. Raises _Wrong."""
        cell = self.raw(name)
        if cell is None:
            return None
        try:
            return read(cell)
        except _NoTime as error:
            raise _Wrong(f"{self._where(name)}: {error}") from None
        except Unreadable as error:
            raise _Wrong(str(Reason(error.code, self._where(name), {"column": name, **error.facts}))) from None

    def _where(self, name: str) -> str:
        return address(self.places[name], self.line.number)


def _row(told: _Cells, separators: Separators) -> tuple[Row, bool]:
    """(the row, whether a newer one stands in its place)."""
    for name in ("login", "fastel", "at", "status"):
        told.get(name, _filled)
    at = told.get("at", moment)
    if hour := told.get("time", _time):
        at = datetime.combine(at.date(), hour, at.tzinfo)
    row = Row(
        id=told.get("id", cells.text) or f"{told.line.number}",
        ref=key_in(told.get("note", cells.text) or ""),
        fastel=told.get("fastel", lambda cell: cells.digits(cell, "NOT_FASTEL")),
        login=told.get("login", cells.text), campaign=told.get("campaign", cells.campaign), day=local_day(at), at=at,
        status=told.get("status", cells.text), category=told.get("category", cells.text),
        reason=told.get("reason", cells.text), receiver=told.get("receiver", cells.text),
        amount=told.get("amount", separators.amount), promised_on=told.get("promised_on", cells.day),
        duration=told.get("duration", _seconds), taken_at=told.get("entered_at", _moment_or_none),
    )  # fmt: skip
    return row, told.get("follow", cells.text) == f"{SUPERSEDED}"


def _filled(cell: Cell) -> str:
    text = cells.text(cell)
    if text in cells.BLANK:
        raise Unreadable("MISSING")
    return text


def moment(cell: Cell) -> datetime:
    """dd/mm/yyyy or yyyy-mm-dd, with a time or at its midnight; without a zone it is Jakarta's. Raises Unreadable."""
    text = cells.text(cell)
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise Unreadable("NOT_DAY", value=text)
    year, month, day, day_, month_, year_, hour, minute, second, zone = found.groups()
    try:
        days = date(int(year or year_), int(month or month_), int(day or day_))
        naive = datetime.combine(days, time(int(hour or 0), int(minute or 0), int(second or 0)))
    except ValueError:
        raise Unreadable("NOT_DAY", value=text) from None
    if zone in (None, "WIB"):
        return naive.replace(tzinfo=ZONE)
    return datetime.fromisoformat(f"{naive.isoformat()}{zone}")


def _moment_or_none(cell: Cell) -> datetime | None:
    return None if cells.text(cell) in cells.BLANK else moment(cell)


def _time(cell: Cell) -> time | None:
    """09:03, 09.03.10, or the part of a day as Excel keeps it."""
    if isinstance(cell, float):
        return (datetime.min + timedelta(seconds=round(cell % 1 * 86_400))).time()  # noqa: DTZ901  only its time is used
    text = cells.text(cell).removesuffix("WIB").strip()
    if text in cells.BLANK:
        return None
    hour, _colon, rest = text.replace(".", ":").partition(":")
    minute, _colon, second = rest.partition(":")
    try:
        return time(int(hour), int(minute), int(second or 0))
    except ValueError:
        raise _NoTime(text) from None


def _seconds(cell: Cell) -> int | None:
    """Seconds, or minutes:seconds, or hours:minutes:seconds."""
    text = cells.text(cell)
    if text in cells.BLANK:
        return None
    if text.isdigit() and text.isascii():
        return int(text)
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise _NoTime(text)
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds
