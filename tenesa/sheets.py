"""Rows of an XLSX file, read as a stream: zip and expat of the standard library, whatever the size of the file.

A cell is the text that stands in it: a whole number without exponent or ".0", a day as the serial number that the file
has (`day_of` reads it), an error as its name ("#N/A"). Nothing is computed, no link is followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import IO, Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

MOST_BYTES = 200 * 2**20  # of a part, unpacked: a small file that grows beyond it is no list
MOST_TEXT = 32_767  # letters of a cell, Excel's own limit
BLOCK = 65_536
EPOCH = date(1899, 12, 30)  # with Excel's day that never was, right from March 1900 on
DAYS = range(61, 80_000)
_PLACE = re.compile(r"([A-Z]{1,3})\d*")
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")


class NotASheet(Exception):
    """The file cannot be read as a workbook; the text says why, in the reader's language."""


def rows(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """(row number as Excel shows it, cells) of the first sheet; empty rows are left out. Raises NotASheet."""
    with _opened(file) as book:
        sheets = sorted((int(found[1]), name) for name in book.namelist() if (found := _SHEET.fullmatch(name)))
        if not sheets:
            raise NotASheet(_("There is no sheet in this file."))
        shared = _shared(book)
        reader = _Sheet(shared)
        for block in _blocks(book, sheets[0][1]):
            reader.feed(block)
            yield from reader.taken()


def day_of(text: str) -> date | None:
    """The day of a serial number as Excel keeps it; None for any other text."""
    if not text.replace(".", "", 1).isdecimal() or int(float(text)) not in DAYS:
        return None
    return EPOCH + timedelta(days=int(float(text)))


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[ZipFile]:
    try:
        with ZipFile(file) as book:
            yield book
    except BadZipFile:
        raise NotASheet(_("This is no XLSX file.")) from None
    except (expat.ExpatError, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise NotASheet(_("The file is damaged or locked with a password.")) from error


def _blocks(book: ZipFile, name: str) -> Iterator[bytes]:
    read = 0
    with book.open(name) as part:
        while block := part.read(BLOCK):
            read += len(block)
            if read > MOST_BYTES:
                raise NotASheet(_("The file is too large when it is unpacked."))
            yield block


def _parser() -> Any:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    return parser


def _no_doctype(*_declared: Any) -> None:
    raise NotASheet(_("The file holds what no workbook has (DTD)."))


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _shared(book: ZipFile) -> list[str]:
    """The table of texts that cells point into."""
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    texts: list[str] = []
    inside, phonetic, parts = False, 0, [""]

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal inside, phonetic
        match _local(name):
            case "si":
                texts.append("")
            case "rPh":
                phonetic += 1
            case "t":
                inside, parts[0] = True, ""

    def end(name: str) -> None:
        nonlocal inside, phonetic
        match _local(name):
            case "rPh":
                phonetic -= 1
            case "t":
                inside = False
                if not phonetic and texts:
                    texts[-1] = (texts[-1] + parts[0])[:MOST_TEXT]

    def said(data: str) -> None:
        if inside:
            parts[0] += data

    parser = _parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, said
    for block in _blocks(book, "xl/sharedStrings.xml"):
        parser.Parse(block)
    return texts


@dataclass
class _Sheet:
    """The state of reading a sheet; rows that are complete are fetched with `taken`."""

    shared: list[str]
    _done: list[tuple[int, list[str]]] = field(default_factory=list)
    _row: int = 0
    _cells: list[str] = field(default_factory=list)
    _column: int = 0
    _kind: str = ""
    _text: list[str] = field(default_factory=list)
    _inside: bool = False

    def __post_init__(self) -> None:
        self._parser = _parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._said

    def feed(self, block: bytes) -> None:
        self._parser.Parse(block)

    def taken(self) -> list[tuple[int, list[str]]]:
        found, self._done = self._done, []
        return found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match _local(name):
            case "row":
                self._row = int(attributes.get("r") or self._row + 1)
                self._cells = []
            case "c":
                found = _PLACE.match(attributes.get("r", ""))
                self._column = _column(found[1]) if found else len(self._cells)
                self._kind, self._text = attributes.get("t", "n"), []
            case "v" | "t":
                self._inside = True

    def _end(self, name: str) -> None:
        match _local(name):
            case "v" | "t":
                self._inside = False
            case "c":
                self._cells += [""] * (self._column + 1 - len(self._cells))
                self._cells[self._column] = self._value("".join(self._text)).strip()[:MOST_TEXT]
            case "row" if any(self._cells):
                self._done.append((self._row, self._cells))

    def _said(self, data: str) -> None:
        if self._inside:
            self._text.append(data)

    def _value(self, text: str) -> str:
        match self._kind:
            case "s":
                place = int(text) if text.isdecimal() else -1
                return self.shared[place] if 0 <= place < len(self.shared) else ""
            case "b":
                return {"1": "TRUE", "0": "FALSE"}.get(text, text)
            case "n":
                return _number(text)
            case _:
                return text


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _number(text: str) -> str:
    """Without exponent and ".0": Excel writes 122055500001 as 1.22055500001E+11."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    if not value.is_finite() or value.adjusted() > 30:
        return text
    return f"{value.to_integral_value():f}" if value == value.to_integral_value() else text
