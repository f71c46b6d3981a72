"""Numbers of an exclusion list, from a sheet or as they were typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from django.utils.translation import gettext as _

from caring.dapros import cells
from caring.dapros.reasons import Reason, Unreadable
from caring.exclusions.models import Exclusion
from tenesa.sheets import NotASheet, Row, SeparatedText, Workbook, address
from tenesa.sheets.opening import Limits, is_zip
from tenesa.sheets.separated import SEPARATORS

MOST = 100_000
SEARCHED = 30  # rows in which the heads are looked for
SMALL = Limits(part=200 * 2**20, whole=400 * 2**20)
Of = Exclusion.Of
HEADS = {
    "fastel": "FASTEL", "no internet": "FASTEL", "nomor internet": "FASTEL", "no layanan": "FASTEL",
    "nomor layanan": "FASTEL",
    "ncli": "NCLI", "no pelanggan": "NCLI", "nomor pelanggan": "NCLI",
    "hp": "PHONE", "no hp": "PHONE", "nomor hp": "PHONE", "telepon": "PHONE", "nomor telepon": "PHONE",
    "no telepon": "PHONE",
    "alasan": "reason", "keterangan": "reason",
    "mulai": "valid_from", "berlaku dari": "valid_from", "sampai": "valid_until", "berlaku sampai": "valid_until",
}  # fmt: skip
_BETWEEN = re.compile(r"[\W_]+")
_PARTS = re.compile(r"[\n;,]+")


@dataclass(frozen=True)
class Entry:
    """A number in its normal form; the rest is None or "" where the sheet says nothing of it."""

    of: str
    value: str
    reason: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


class BadRows(Exception):
    """What cannot be read, in words; nothing was taken."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def typed(text: str, of: str) -> list[Entry]:
    """Numbers a line, all of one kind. Raises BadRows."""
    problems: list[str] = []
    found: list[Entry] = []
    for number, part in enumerate(filter(None, map(str.strip, _PARTS.split(text))), 1):
        found += _read(of, part, _("line %(n)d") % {"n": number}, problems)
    return _kept(found, problems)


def in_file(file: IO[bytes]) -> list[Entry]:
    """A row each, of XLSX or CSV: columns fastel, ncli, hp; alasan, mulai, sampai. Raises NotASheet or BadRows."""
    problems: list[str] = []
    found: list[Entry] = []
    places: dict[str, int] = {}
    for row in _rows(file):
        if not places:
            places = _heads(row)
            if not places and row.number > SEARCHED:
                break
            continue
        found += _entries(row, places, problems)
        if len(found) > MOST:
            raise NotASheet(_("The list has more than %(n)d rows.") % {"n": MOST})
    if not places:
        raise NotASheet(_("No row of heads was found: one of fastel, ncli, hp has to be among them."))
    return _kept(found, problems)


def _kept(found: list[Entry], problems: list[str]) -> list[Entry]:
    if problems:
        raise BadRows(problems)
    if not found:
        raise BadRows([_("There is no number in it.")])
    return list({(one.of, one.value): one for one in found}.values())


def _rows(file: IO[bytes]) -> Iterator[Row]:
    if is_zip(file):
        with Workbook(file, SMALL) as book:
            yield from book.rows(book.sheets[0])
        return
    text = SeparatedText(file)
    for separator in SEPARATORS:
        if any(_heads(row) for row, _at in zip(text.rows(separator), range(SEARCHED), strict=False)):
            yield from text.rows(separator)
            return


def _heads(row: Row) -> dict[str, int]:
    names = [HEADS.get(_BETWEEN.sub(" ", str(cell).casefold()).strip(), "") for cell in row.cells]
    places = {name: place for place, name in reversed(list(enumerate(names))) if name}
    return places if any(of in places for of in Of.values) else {}


def _entries(row: Row, places: dict[str, int], problems: list[str]) -> Iterator[Entry]:
    def cell(name: str) -> Any:
        place = places.get(name, -1)
        return row.cells[place] if 0 <= place < len(row.cells) else ""

    def day(name: str) -> date | None:
        try:
            return cells.day(cell(name)) if cell(name) != "" else None
        except Unreadable as problem:
            problems.append(str(Reason(problem.code, address(places[name], row.number), problem.facts)))
            return None

    reason, begins, ends = cells.text(cell("reason"))[:120], day("valid_from"), day("valid_until")
    for of in Of.values:
        if cell(of) != "":
            for one in _read(of, cell(of), address(places[of], row.number), problems):
                yield Entry(one.of, one.value, reason, begins, ends)


def _read(of: str, cell: Any, at: str, problems: list[str]) -> Iterable[Entry]:
    try:
        if of == Of.PHONE:
            return [Entry(of, number) for number in cells.phones(cell)]
        found = cells.fastel(cell) if of == Of.FASTEL else cells.ncli(cell)
    except Unreadable as problem:
        problems.append(str(Reason(problem.code, at, problem.facts)))
        return []
    return [Entry(of, found)] if found else []
