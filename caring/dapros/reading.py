"""A list of prospects as rows that can be walked through twice: the first time to learn how amounts are written."""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import islice
from string import ascii_uppercase
from typing import IO

from django.utils.translation import gettext as _

from caring.dapros import columns
from caring.dapros.amounts import Separators
from caring.dapros.columns import AMOUNTS, Columns
from caring.dapros.rows import Bucket, ProspectRow, RefusedRow, Terms, judge
from tenesa.sheets import Limits, NotASheet, Row, SeparatedText, Workbook, address
from tenesa.sheets.opening import is_zip
from tenesa.sheets.separated import SEPARATORS

MOST_MERGED_ROWS = 500_000
LETTERS = f"${ascii_uppercase}"
DEFAULT = Limits()
Progress = Callable[[int], None]  # rows read


@dataclass(frozen=True)
class Question:
    """What whoever uploads a list says of it. `thousands` is "." or ",", "" to learn it from the rows; `campaign` is
    what rows that name none are listed as."""

    period: date
    bucket: Bucket
    sheet: str = ""
    thousands: str = ""
    campaign: str = ""
    limits: Limits = DEFAULT


@dataclass
class Listing:
    """An open list: its sheet, its columns, the names of its other sheets; `outcomes` walks through it."""

    columns: Columns
    sheet: str
    others: tuple[str, ...]
    question: Question
    rows: Callable[[], Iterator[Row]]
    merges: list[str] = field(default_factory=list)
    separators: dict[str, Separators] = field(default_factory=dict)

    def learn(self, progress: Progress = lambda _rows: None) -> int:
        """Read all rows once for what their amounts tell of the separators; how many rows there are."""
        self.separators = {name: Separators(said=self.question.thousands) for name in AMOUNTS}
        seen = [(self.columns.places[name], self.separators[name]) for name in AMOUNTS if name in self.columns.places]
        count = 0
        for row in self.rows():
            if row.number <= self.columns.row:
                continue
            count += 1
            for place, separators in seen:
                if place < len(row.cells) and type(cell := row.cells[place]) is str and not cell.isdigit():
                    separators.see(cell, address(place, row.number))
            if count % 1000 == 0:
                progress(count)
        if not count:
            raise NotASheet(_("Below the heads there is no row."))
        return count

    def outcomes(self, after: int = 0) -> Iterator[ProspectRow | RefusedRow]:
        """What becomes of each row whose number is above `after`, in their order; `learn` comes first."""
        merged = _merged(self.merges, self.columns.row)
        asked = self.question
        terms = Terms(self.columns, asked.period, asked.bucket, self.separators, merged, asked.campaign)
        first = max(after, self.columns.row)
        return (judge(row, terms) for row in self.rows() if row.number > first)


@contextmanager
def opened(file: IO[bytes], question: Question) -> Iterator[Listing]:
    """The list in a file, XLSX, XLSM or CSV by its content. Raises NotASheet with the reason."""
    if is_zip(file):
        with Workbook(file, question.limits) as book, tempfile.TemporaryFile() as kept:
            yield _in_workbook(book, kept, question)
    else:
        yield _in_text(SeparatedText(file), question)


def _in_workbook(book: Workbook, kept: IO[bytes], question: Question) -> Listing:
    sheets = [sheet for sheet in book.sheets if sheet.name.strip().casefold() == question.sheet.strip().casefold()]
    if question.sheet and not sheets:
        facts = {"name": question.sheet, "names": ", ".join(sheet.name for sheet in book.sheets[:20])}
        raise NotASheet(_("There is no sheet “%(name)s”; there are: %(names)s.") % facts)
    for sheet in sheets or sorted(book.sheets, key=lambda one: one.hidden):
        found = columns.found_in(list(islice(book.rows(sheet), columns.SEARCHED)))
        if found:
            others = tuple(one.name for one in book.sheets if one is not sheet)
            merges: list[str] = []
            spool = _Spool(kept, partial(book.rows, sheet, merges))
            return Listing(found, sheet.name, others, question, spool.rows, merges)
    raise _without_heads()


def _in_text(text: SeparatedText, question: Question) -> Listing:
    for separator in SEPARATORS:
        found = columns.found_in(list(islice(text.rows(separator), columns.SEARCHED)))
        if found:
            return Listing(found, "", (), question, partial(text.rows, separator))
    raise _without_heads()


def _without_heads() -> NotASheet:
    words = _("No row with the heads of the columns was found in the first %(n)d rows: %(heads)s.")
    return NotASheet(words % {"n": columns.SEARCHED, "heads": ", ".join(columns.REQUIRED)})


class _Spool:
    """Rows that are unpacked once and kept in a file of this process for the second walk."""

    def __init__(self, file: IO[bytes], rows: Callable[[], Iterator[Row]]) -> None:
        self._file, self._rows = file, rows
        self._complete = False

    def rows(self) -> Iterator[Row]:
        return self._again() if self._complete else self._first()

    def _first(self) -> Iterator[Row]:
        self._file.seek(0)
        self._file.truncate()
        for row in self._rows():
            marshal.dump(tuple(row), self._file)
            yield row
        self._complete = True

    def _again(self) -> Iterator[Row]:
        self._file.seek(0)
        while True:
            try:
                yield Row._make(marshal.load(self._file))  # noqa: S302 - this process wrote it
            except EOFError:
                return


def _merged(ranges: list[str], heads: int) -> dict[int, str]:
    """The merged range by each row below the heads that it touches. Raises NotASheet where there are too many."""
    rows: dict[int, str] = {}
    for one in ranges:
        first, _colon, last = one.partition(":")
        ends = (part.lstrip(LETTERS) for part in (first, last or first))
        numbers = [int(end) for end in ends if end.isdigit()]
        if len(numbers) == 2:
            if numbers[1] - numbers[0] + len(rows) > MOST_MERGED_ROWS:
                raise NotASheet(_("Too many cells of the sheet are merged: take the merging off."))
            rows |= dict.fromkeys(range(max(numbers[0], heads + 1), numbers[1] + 1), one)
    return rows
