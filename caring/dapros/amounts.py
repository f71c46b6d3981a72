"""Amounts of money as spreadsheets write them.

How thousands and decimals are separated is decided for a column from all of its rows, or said by whoever uploads it; it
is never guessed from one cell: "1.000" is a thousand in one list and one rupiah in another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from caring.dapros.reasons import Unreadable
from tenesa.sheets import Cell

EMPTY = {"", "-", "–", "—"}
_CURRENCY = re.compile(r"^\s*(?:rp|idr)\.?\s*|\s*(?:,-|\.-|idr)\s*$", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u202f']+")
_NUMBER = re.compile(r"[-+]?\d[\d.,]*")
_GROUPS = {sep: re.compile(rf"[-+]?\d{{1,3}}(?:\{sep}\d{{3}})+") for sep in ".,"}
_PROOFS = {
    thousands: re.compile(
        rf"[-+]?(?:(?:\d{{1,3}}(?:\{thousands}\d{{3}})+|\d+)\{decimal}\d{{1,2}}|\d{{1,3}}(?:\{thousands}\d{{3}}){{2,}})"
    )
    for thousands, decimal in (".,", ",.")
}
MOST = 10**13


@dataclass
class Separators:
    """What the rows of one column tell of its thousands: "." or ",", each with the first cell that proves it.

    `said` is what a person said of the whole list.
    """

    said: str = ""
    dot: str = ""
    comma: str = ""

    def see(self, cell: Cell, address: str) -> None:
        """Take a cell as evidence; numbers and texts without a separator are none."""
        if not isinstance(cell, str) or self.said or (self.dot and self.comma):
            return
        thousands = _proof(cell)
        if thousands == "." and not self.dot:
            self.dot = address
        elif thousands == "," and not self.comma:
            self.comma = address

    @property
    def thousands(self) -> str:
        """ "." or ","; "" where the rows tell nothing, or contradict each other."""
        if self.said or (self.dot and self.comma):
            return self.said
        return "." if self.dot else "," if self.comma else ""

    def amount(self, cell: Cell) -> int:
        """Whole rupiah; an empty cell is 0. Raises Unreadable."""
        if isinstance(cell, int):
            return _checked(cell, cell)
        if isinstance(cell, float):
            raise Unreadable("NEGATIVE" if cell < 0 else "PART_OF_RUPIAH", value=cell)
        text = plain(cell)
        if text in EMPTY:
            return 0
        if text.isdigit() and text.isascii():
            return _checked(int(text), cell)
        if text.startswith("(") and text.endswith(")"):
            raise Unreadable("NEGATIVE", value=cell)
        if not _NUMBER.fullmatch(text):
            raise Unreadable("NOT_AMOUNT", value=cell)
        if text[0] == "-":
            raise Unreadable("NEGATIVE", value=cell)
        return _checked(self._separated(text.lstrip("+"), cell), cell)

    def _separated(self, text: str, cell: str) -> int:
        if "." not in text and "," not in text:
            return int(text)
        if not self.thousands:
            if self.dot and self.comma:
                raise Unreadable("CONTRADICTION", value=cell, one=self.dot, other=self.comma)
            raise Unreadable("UNDECIDED", value=cell)
        decimal = "," if self.thousands == "." else "."
        whole, _point, rest = text.partition(decimal)
        if len(rest) > 2 or not (whole.isdigit() or _GROUPS[self.thousands].fullmatch(whole)):
            raise Unreadable("NOT_AMOUNT", value=cell)
        if rest.strip("0"):
            raise Unreadable("PART_OF_RUPIAH" if rest.isdigit() else "NOT_AMOUNT", value=cell)
        return int(whole.replace(self.thousands, ""))


def plain(text: str) -> str:
    """Without the currency, spaces and apostrophes."""
    if text.isdigit():
        return text
    return _SPACES.sub("", _CURRENCY.sub("", text))


def _proof(text: str) -> str:
    """The separator of thousands that a text proves alone; "" for "350.000", which can be read in two ways."""
    written = text.strip()
    if written.endswith((",-", ".-")) and len(written) > 2:  # "Rp 350.000,-"
        return "." if written[-2] == "," else ","
    bare = plain(text)
    return next((thousands for thousands, pattern in _PROOFS.items() if pattern.fullmatch(bare)), "")


def _checked(value: int, cell: Cell) -> int:
    if value < 0:
        raise Unreadable("NEGATIVE", value=cell)
    if value >= MOST:
        raise Unreadable("NOT_AMOUNT", value=cell)
    return value
