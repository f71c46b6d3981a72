"""Sheets of an XLSX or XLSM file and their rows."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Self

from django.utils.translation import gettext as _

from tenesa.sheets import opening
from tenesa.sheets.cells import COLUMNS, DAYS, MOST_TEXT, SINCE_1904, UNCOMPUTED, Cell, Row, number_of, written_day
from tenesa.sheets.opening import Limits, NotASheet
from tenesa.sheets.styles import days_of
from tenesa.sheets.texts import Texts, texts_of, unescaped

MOST_COLUMNS = 512  # what stands further to the right is not read
MOST_ROWS = 1_048_576
MOST_MERGES = 200_000
SMALL = 64 * 2**20  # bytes of the parts that describe the workbook
_TRUE = {"1", "true"}
_DIGITS = "0123456789"


@dataclass(frozen=True)
class Sheet:
    name: str
    part: str
    hidden: bool = False


@dataclass
class _Description:
    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    since_1904: bool = False


class Workbook:
    """An open workbook; its texts lie on disk until it is closed. Raises NotASheet where the file is none."""

    def __init__(self, file: IO[bytes], limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self._limits = limits
        self._book = opening.opened(file, limits)
        self._names = {name.casefold(): name for name in self._book.namelist()}
        self._texts: Texts | None = None
        described = self._describe()
        self._shift = SINCE_1904 if described.since_1904 else 0
        targets = self._targets()
        self.sheets = [
            Sheet(name, part, hidden)
            for name, place, hidden in described.sheets
            if (part := self._names.get(targets.get(place, "").casefold(), ""))
        ]
        if not self.sheets:
            raise NotASheet(_("There is no sheet in this file."))
        styles = self._names.get("xl/styles.xml")
        self._days = days_of(self._book, styles, SMALL) if styles else frozenset()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        if self._texts is not None:
            self._texts.__exit__(None, None, None)
        self._book.close()

    def rows(self, sheet: Sheet, merges: list[str] | None = None, *, most: int = 0) -> Iterator[Row]:
        """Rows that hold anything; `merges` gets the ranges of merged cells, when all is read. Raises NotASheet, also
        where more than `most` bytes had to be unpacked for the rows that were asked for."""
        done: list[Row] = []
        start, end, said = _handlers(done, self._text, self._number, merges if merges is not None else [])
        parser = opening.parser_of(start, end, said)
        for _block in opening.parse(self._book, sheet.part, parser, most or self._limits.part):
            yield from done
            done.clear()

    def _text(self, place: str) -> str:
        if self._texts is None:
            name = self._names.get("xl/sharedstrings.xml")
            self._texts = texts_of(self._book, name, self._limits.part) if name else Texts()
        return self._texts[int(place)] if place.isdigit() else ""

    def _number(self, text: str, style: str) -> Cell:
        value = number_of(text)
        if style in self._days and not isinstance(value, str) and int(value) + self._shift in DAYS:
            return written_day(value + self._shift)
        return value

    def _describe(self) -> _Description:
        found = _Description()

        def start(tag: str, attributes: dict[str, str]) -> None:
            match opening.local(tag):
                case "sheet":
                    place = next((value for key, value in attributes.items() if key.endswith(":id")), "")
                    hidden = attributes.get("state", "visible") != "visible"
                    found.sheets.append((attributes.get("name", ""), place, hidden))
                case "workbookPr":
                    found.since_1904 = attributes.get("date1904", "") in _TRUE

        self._read("xl/workbook.xml", start)
        return found

    def _targets(self) -> dict[str, str]:
        targets: dict[str, str] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if opening.local(tag) == "Relationship":
                target = attributes.get("Target", "")
                whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
                targets[attributes.get("Id", "")] = whole

        self._read("xl/_rels/workbook.xml.rels", start)
        return targets

    def _read(self, name: str, start: Callable[[str, dict[str, str]], None]) -> None:
        if name not in self._names:
            raise NotASheet(_("This is no XLSX file."))
        for _block in opening.parse(self._book, self._names[name], opening.parser_of(start), SMALL):
            pass


def _handlers(  # noqa: PLR0915 - one closure: attribute look-ups would cost a third of the time
    done: list[Row], text_of: Callable[[str], str], number: Callable[[str, str], Cell], merges: list[str]
) -> tuple[Callable[[str, dict[str, str]], None], Callable[[str], None], Callable[[str], None]]:
    """What expat calls for each tag of a sheet; complete rows are appended to `done`."""
    row, hidden, column, kind, style = 0, False, -1, "n", ""
    cells: list[Cell] = []
    parts: list[str] = []
    inside, furigana, formula, length, filled = False, False, False, 0, False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, hidden, column, kind, style, cells, inside, furigana, formula, length, filled
        if tag == "c":
            place = attributes.get("r")
            column = COLUMNS[place.rstrip(_DIGITS)] if place else column + 1
            kind, style, formula, length = attributes.get("t", "n"), attributes.get("s", ""), False, 0
            if parts:
                parts.clear()
        elif tag in ("v", "t"):
            inside, formula = not furigana, False
        elif tag == "row":
            place = attributes.get("r")
            following = int(place) if place else row + 1
            if not row < following <= MOST_ROWS:
                raise NotASheet(_("The file is damaged."))
            row, column, cells, filled = following, -1, [], False
            hidden = attributes.get("hidden", "") in _TRUE
        elif tag == "f":
            formula = True
        elif tag == "rPh":
            furigana = True
        elif tag == "mergeCell" and len(merges) < MOST_MERGES:
            merges.append(attributes.get("ref", ""))
        elif ":" in tag:
            start(opening.local(tag), attributes)

    def end(tag: str) -> None:
        nonlocal inside, furigana, filled
        if tag == "c":
            if not parts and not formula:
                return
            value = _value("".join(parts)) if parts else UNCOMPUTED
            if value != "" and 0 <= column < MOST_COLUMNS:
                gap = column - len(cells)
                if gap >= 0:
                    cells.extend([""] * gap)
                    cells.append(value)
                else:
                    cells[column] = value
                filled = True
        elif tag in ("v", "t"):
            inside = False
        elif tag == "row":
            if filled:
                done.append(Row(row, cells, hidden))
        elif tag == "rPh":
            furigana = False
        elif ":" in tag:
            end(opening.local(tag))

    def said(data: str) -> None:
        nonlocal length
        if inside and length < MOST_TEXT:
            parts.append(data)
            length += len(data)

    def _value(text: str) -> Cell:
        if kind == "s":
            return text_of(text).strip()
        if kind == "n":
            return number(text, style)
        if kind == "b":
            return "TRUE" if text in _TRUE else "FALSE"
        if kind == "d":  # 2026-12-31T09:03:10
            written = f"{text[8:10]}/{text[5:7]}/{text[:4]}"
            return f"{written} {text[11:19]}" if text[11:19].strip("0:") else written
        return unescaped(text)[:MOST_TEXT].strip()

    return start, end, said
