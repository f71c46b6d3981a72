"""The validation report F-19 as XLSX and PDF, written row by row into a file and read from there.

Empty pieces are yielded while it is being written, so that one whose reader has gone is not written to its end.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table
from xlsxwriter import Workbook

from caring.quality.validation import CODE, TITLE, Report
from tenesa.reporting.export import BLOCK, SHEET_ROWS, Count, begun

TOGETHER = 500  # rows after which whoever reads is looked for
PAGE = landscape(A4)
MARGIN, GAP = 10 * mm, 4 * mm
CRITERION, WIDTHS, LAST = 10, (20, 13, 14, 16, 18, 28, 16, 16), (16, 9, 14)  # mm, at least
SIZE, PAD = 6.5, 3
_ALL = (0, 0), (-1, -1)
LINED = [
    ("GRID", *_ALL, 0.25, colors.grey), ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke), ("VALIGN", *_ALL, "TOP"),
    ("FONTSIZE", *_ALL, SIZE), ("LEADING", *_ALL, SIZE + 1), ("LEFTPADDING", *_ALL, PAD), ("RIGHTPADDING", *_ALL, PAD),
]  # fmt: skip


def xlsx(found: Report, done: Count) -> Iterator[bytes]:
    """The form as a sheet: head, sums, then a row an agreement; a further sheet where one is full."""
    with tempfile.TemporaryDirectory(prefix="tenesa-f19-", dir=settings.EXPORT_DIR or None) as folder:
        path = Path(folder) / "f19.xlsx"
        book = Workbook(path, {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False,
                               "strings_to_urls": False, "strings_to_numbers": False})  # fmt: skip
        try:
            strong = book.add_format({"bold": True})
            sheet, row = _begun(book, found), 4
            for cells in [*found.summary(), [], found.heads]:
                bold = row == 4 or cells == found.heads
                for column, cell in enumerate(cells):
                    sheet.write_string(row, column, cell, strong if bold else None)
                row += 1
            for line in found.lines():
                if row > SHEET_ROWS:
                    sheet, row = _begun(book, found), 4
                for column, value in enumerate(line.values()):
                    sheet.write(row, column, "" if value is None else value)
                row, done.rows = row + 1, done.rows + 1
                if done.rows % TOGETHER == 0:
                    yield b""
        finally:
            book.close()
        yield from _read(path)


def _begun(book: Workbook, found: Report) -> Any:
    sheet = begun(book, _("Validation report"))
    sheet.set_column(0, len(found.heads) - 1, 14)
    sheet.write_string(0, 0, TITLE, book.add_format({"bold": True}))
    sheet.write_string(1, 0, CODE)
    sheet.write_string(2, 0, f"{_('Day')}: {found.scope}")
    return sheet


def pdf(found: Report, done: Count) -> Iterator[bytes]:
    """The same on A4 across, a page at a time; the heads stand on every page."""
    with tempfile.TemporaryDirectory(prefix="tenesa-f19-", dir=settings.EXPORT_DIR or None) as folder:
        path = Path(folder) / "f19.pdf"
        canvas = Canvas(str(path), pagesize=PAGE, pageCompression=1)
        canvas.setTitle(TITLE)
        canvas.setAuthor(CODE)
        for _page in _Pages(canvas, found, done).written():
            yield b""
        canvas.save()
        yield from _read(path)


class _Pages:
    """Rows onto pages; what does not fit on one is kept for the next."""

    def __init__(self, canvas: Canvas, found: Report, done: Count) -> None:
        self.canvas, self.found, self.done = canvas, found, done
        styles = getSampleStyleSheet()
        self.title, self.body = styles["Heading3"], styles["BodyText"]
        self.small = self.body.clone("small", fontSize=SIZE, leading=SIZE + 1)
        self.width, self.number = PAGE[0] - 2 * MARGIN, 1
        least = [*WIDTHS, *([CRITERION] * len(found.criteria)), *LAST]
        fixed = [max(one * mm, _of_words(head)) for one, head in zip(least, found.heads, strict=False)]
        self.widths = [*fixed, max(self.width - sum(fixed), _of_words(found.heads[-1]))]
        self.heads = [self._cell(head) for head in found.heads]

    def written(self) -> Iterator[None]:
        top = self._title()
        rows = (list(map(self._fitting, line.words(), self.widths)) for line in self.found.lines())
        kept: list[Any] = []
        while True:
            kept += islice(rows, 80 - len(kept))
            fits, height = self._table(kept, top)
            fits.drawOn(self.canvas, MARGIN, top - height)
            drawn = len(fits._cellvalues) - 1
            kept, self.done.rows = kept[drawn:], self.done.rows + drawn
            self._end_page()
            yield
            top = PAGE[1] - MARGIN
            if not kept:
                kept = list(islice(rows, 1))
                if not kept:
                    return

    def _table(self, rows: list[Any], top: float) -> tuple[Table, float]:
        """A table of as many of the rows as fit below `top`, at least one, and its height."""
        whole = Table([self.heads, *rows], colWidths=self.widths, repeatRows=1, style=LINED)
        room = top - MARGIN - GAP
        _width, height = whole.wrapOn(self.canvas, self.width, room)
        if height > room:
            whole = (whole.split(self.width, room) or [whole])[0]
            _width, height = whole.wrapOn(self.canvas, self.width, room)
        return whole, height

    def _title(self) -> float:
        """Title and sums; where the lines begin."""
        top: float = PAGE[1] - MARGIN
        code = Paragraph(f"{CODE} · {self.found.scope}", self.body)
        for part, below in ((Paragraph(TITLE, self.title), GAP / 2), (code, GAP), (self._sums(), GAP)):
            _width, height = part.wrapOn(self.canvas, self.width, top)
            part.drawOn(self.canvas, MARGIN, top - height)
            top -= height + below
        return top

    def _sums(self) -> Table:
        rows = list(self.found.summary())
        widths = [max(map(_of_words, column)) for column in zip(*rows, strict=True)]
        return Table([list(map(self._cell, row)) for row in rows], colWidths=widths, style=LINED)

    def _end_page(self) -> None:
        self.canvas.setFont("Helvetica", SIZE)
        self.canvas.drawRightString(PAGE[0] - MARGIN, MARGIN / 2, str(self.number))
        self.canvas.showPage()
        self.number += 1

    def _fitting(self, text: str, width: float) -> Any:
        """As it is where it stands on one line: most cells do, and a paragraph takes long."""
        one_line = "\n" not in text and stringWidth(text, "Helvetica", SIZE) <= width - 2 * PAD
        return text if one_line else self._cell(text)

    def _cell(self, value: Any) -> Any:
        text = "" if value is None else str(value)
        return Paragraph(text.replace("&", "&amp;").replace("<", "&lt;"), self.small)


def _of_words(text: str) -> float:
    """The least width of a column in which no word of the text is broken."""
    return max((stringWidth(word, "Helvetica", SIZE) for word in text.split()), default=0) + 2 * PAD + 1


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


MAKERS: dict[str, Callable[[Report, Count], Iterator[bytes]]] = {"xlsx": xlsx, "pdf": pdf}
