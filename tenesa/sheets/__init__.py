"""Rows of spreadsheets, read as a stream with the standard library: XLSX by zip and expat, text by csv.

A cell is what stands in it: text, a whole number, or a float. A day is its text (`31/12/2026`, and its time if it has
one: `31/12/2026 09:03:10`), a truth "TRUE" or "FALSE", an error its name ("#N/A"). Nothing is computed, no link is
followed; memory is flat whatever the size.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from tenesa.sheets.cells import Cell, Row, address, day_of, shown
from tenesa.sheets.opening import Limits, NotASheet
from tenesa.sheets.separated import SeparatedText
from tenesa.sheets.workbook import Workbook

__all__ = ["Cell", "Limits", "NotASheet", "Row", "SeparatedText", "Workbook", "address", "day_of", "rows", "shown"]
SMALL = Limits(part=200 * 2**20, whole=400 * 2**20)


def rows(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """(row number as Excel shows it, cells as text) of the first sheet of a small list. Raises NotASheet."""
    with Workbook(file, SMALL) as book:
        for row in book.rows(book.sheets[0]):
            yield row.number, [shown(cell) for cell in row.cells]
