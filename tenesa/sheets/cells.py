"""Values of cells, and days as spreadsheets count them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

Cell = str | int | float
MOST_TEXT = 32_767  # letters of a cell, Excel's own limit
UNCOMPUTED = "#?"  # a formula whose result the file does not hold
EPOCH = date(1899, 12, 30)  # with Excel's day that never was, right from March 1900 on
SINCE_1904 = 1462  # days between this epoch and that of old Macintoshes
DAYS = range(61, 80_000)
EXACT = 10**15  # Excel keeps fifteen digits
_WRITTEN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: \d{2}:\d{2}:\d{2})?")
_SECONDS = 86_400
_LETTERS = 26


class Row(NamedTuple):
    """`number` is as the spreadsheet shows it, from 1."""

    number: int
    cells: list[Cell]
    hidden: bool = False


def number_of(text: str) -> Cell:
    """Without exponent and ".0" where it is whole: Excel writes 122055500001 as 1.22055500001E+11."""
    if text.isdigit() and text.isascii():
        return int(text) if len(text) <= 18 else text
    try:
        value = float(text)
    except ValueError:
        return text
    if value.is_integer() and abs(value) < EXACT:
        return int(value)
    return value if value - value == 0 else text


def shown(cell: Cell) -> str:
    return cell if isinstance(cell, str) else f"{cell}"


def day_of(text: str) -> date | None:
    """The day of a serial number as Excel keeps it, or of dd/mm/yyyy, with a time or without; else None."""
    if written := _WRITTEN.fullmatch(text):
        day, month, year = map(int, written.groups())
        try:
            return date(year, month, day)
        except ValueError:
            return None
    if not text.isascii() or not text.replace(".", "", 1).isdigit() or int(float(text)) not in DAYS:
        return None
    return EPOCH + timedelta(days=int(float(text)))


@lru_cache(4096)
def written_day(serial: float) -> str:
    """dd/mm/yyyy of a serial number; with hh:mm:ss where it has a time."""
    day, seconds = divmod(round(serial * _SECONDS), _SECONDS)
    written = f"{EPOCH + timedelta(days=day):%d/%m/%Y}"
    return f"{written} {seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}" if seconds else written


class _Columns(dict[str, int]):
    def __missing__(self, letters: str) -> int:
        place = 0
        for letter in letters:
            if not "A" <= letter <= "Z" or len(letters) > 3:
                return -1
            place = place * _LETTERS + ord(letter) - 64
        self[letters] = place - 1
        return place - 1


COLUMNS = _Columns()  # letters → place from 0, -1 for what are no letters of a column


def address(column: int, row: int) -> str:
    """ "D12" of the place 3 in row 12."""
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, _LETTERS)
        letters = chr(65 + letter) + letters
    return f"{letters}{row}"
