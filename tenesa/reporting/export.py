"""Reports as files: CSV and XLSX, without a row cap, flat in memory, every one written into the log (X-09, X-12)."""

from __future__ import annotations

import asyncio
import csv
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from xlsxwriter import Workbook

from tenesa.accounts.models import User
from tenesa.reporting import lists
from tenesa.reporting.lists import Row
from tenesa.reporting.models import Export, ExportEnd
from tenesa.reporting.registry import Listing, Value
from tenesa.reporting.report_query import ReportQuery

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# Where a cell begins, whatever separator its reader splits by, and what would begin a formula there.
FORMULA = re.compile(r'(^|[,;|\t\r\n"])(?=[ \t\u00a0\u3000]*[=+\-@＝＋－＠])|^(?=[\t\r])')
NO_NAME = re.compile(r"[\[\]:*?/\\]|^'|'$")  # what Excel takes in no name of a sheet
FIGURES = re.compile(r"[+-]?\d[\d ().,/-]*")  # a number or a telephone stays as it is
SHEET_ROWS = 1_000_000  # Excel ends at 1 048 576: what is more goes on in a further sheet
BLOCK = 65_536
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": SHEET}


def download(
    request: HttpRequest, user: User, listing: Listing, report_query: ReportQuery, *, kind: str, name: str
) -> Any:
    """The answer that streams the list. The log's row is there before the first byte."""
    log = Export.objects.create(by=user, report=name, kind=kind, report_query=report_query.address[:500])
    period = f"{report_query.first:%Y%m%d}-{report_query.last:%Y%m%d}"
    return sent(request, produce(log, listing, user, report_query), f"tenesa-{name}-{period}.{kind}", TYPES[kind])


def workbook(
    request: HttpRequest, log: Export, heads: list[str], chunks: Iterator[list[Row]], *, title: str, filename: str
) -> StreamingHttpResponse:
    """The answer that streams rows of any origin as a workbook, with the log's row that is there already."""
    return sent(request, logged(log, title, heads, chunks), filename, SHEET)


def sent(request: HttpRequest, produced: Iterator[bytes], filename: str, content_type: str) -> StreamingHttpResponse:
    content: Any = in_own_thread(produced) if isinstance(request, ASGIRequest) else produced
    answer = StreamingHttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


def produce(log: Export, listing: Listing, user: User, report_query: ReportQuery) -> Iterator[bytes]:
    """A list as a file, piece by piece."""
    return logged(log, str(listing.label), lists.heads(listing), lists.every(listing, user, report_query))


def logged(log: Export, title: str, heads: list[str], rows: Iterator[list[Row]]) -> Iterator[bytes]:
    """The file, piece by piece. However it ends, finished or cut, the log says with how many rows."""
    done = Count()
    finished = False
    try:
        made = xlsx_of(title, heads, rows, done) if log.kind == "xlsx" else csv_of(heads, rows, done)
        with closing(rows), closing(made) as pieces:  # type: ignore[type-var]
            yield from pieces
        finished = True
    finally:
        ExportEnd.objects.create(export=log, rows=done.rows, finished=finished)


class Count:
    rows = 0


async def in_own_thread(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces made in one thread of their own, with its own connection and cursor: nobody else waits for them.

    The next piece is made when the last one is on its way, so a slow reader costs no memory. Who goes away ends it.
    """
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="export")
    loop = asyncio.get_running_loop()
    try:
        while (piece := await loop.run_in_executor(thread, next, pieces, None)) is not None:
            if piece:
                yield piece
    finally:
        thread.submit(_end, pieces)
        thread.shutdown(wait=False)


def _end(pieces: Any) -> None:
    pieces.close()
    connection.close()


# --- CSV --------------------------------------------------------------------------------------------------------------
def csv_of(heads: list[str], chunks: Iterator[list[Row]], done: Count) -> Iterator[bytes]:
    """As Excel in Indonesian reads it: semicolons, decimal commas, day first, marked as UTF-8."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    text.write("\ufeff")
    writer.writerow(map(harmless, heads))
    for rows in chunks:
        writer.writerows([as_text(value) for value in row.values] for row in rows)
        done.rows += len(rows)
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    yield text.getvalue().encode()


def harmless(text: str) -> str:
    """Text in which a spreadsheet would find a formula, made plain by an apostrophe at each place."""
    return text if FIGURES.fullmatch(text) else FORMULA.sub(r"\1'", text)


def as_text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return str(value).replace(".", ",")
    return str(value) if isinstance(value, int) else harmless(value)


# --- XLSX -------------------------------------------------------------------------------------------------------------
def xlsx_of(title: str, heads: list[str], chunks: Iterator[list[Row]], done: Count) -> Iterator[bytes]:
    """A workbook written row by row into a file and read from there; text stays text whatever it begins with.

    The title names its sheets and stands above each printed page; the first row are the heads, as whoever sorts a list
    or reads it in again expects. While it is being written empty pieces are yielded, so that one whose reader has gone
    is not written to its end.
    """
    with tempfile.TemporaryDirectory(prefix="tenesa-export-", dir=settings.EXPORT_DIR or None) as folder:
        path = Path(folder) / "report.xlsx"
        book = Workbook(path, {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False,
                               "strings_to_urls": False, "strings_to_numbers": False})  # fmt: skip
        try:
            sheets = Sheets(book, title, heads)
            for rows in chunks:
                for row in rows:
                    sheets.write(row.values)
                done.rows += len(rows)
                yield b""
        finally:
            book.close()
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block


def begun(book: Workbook, title: str) -> Worksheet:
    """The next sheet of a book, named and headed in print by the title; “Title (2)” where it is a further one."""
    more = f" ({len(book.worksheets()) + 1})" if book.worksheets() else ""
    sheet: Worksheet = book.add_worksheet(shorten(NO_NAME.sub(" ", title), 31 - len(more), placeholder="…") + more)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&C{title.replace('&', '&&')[:200]}")
    return sheet


class Sheets:
    """The rows of a workbook, on as many sheets as Excel needs for them."""

    def __init__(self, book: Workbook, title: str, heads: list[str]) -> None:
        self.book, self.title, self.heads = book, title, heads
        self.bold = book.add_format({"bold": True})
        self.moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        self.day = book.add_format({"num_format": "dd/mm/yyyy"})
        self.decimal = book.add_format({"num_format": "#,##0.0"})
        self.sheet = self._begin()

    def _begin(self) -> Worksheet:
        sheet = begun(self.book, self.title)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_column(0, max(len(self.heads) - 1, 0), 18)
        for column, head in enumerate(self.heads):
            sheet.write_string(0, column, head, self.bold)
        self.place = 1
        return sheet

    def write(self, values: list[Value]) -> None:
        if self.place > SHEET_ROWS:
            self.sheet = self._begin()
        for column, value in enumerate(values):
            self._cell(column, value)
        self.place += 1

    def _cell(self, column: int, value: Value) -> None:
        if value is None or value == "":
            return
        if isinstance(value, date):
            local = timezone.localtime(value).replace(tzinfo=None) if isinstance(value, datetime) else value
            self.sheet.write_datetime(self.place, column, local, self._format(value))
        elif isinstance(value, int | float):
            self.sheet.write_number(self.place, column, value, self.decimal if isinstance(value, float) else None)
        else:
            self.sheet.write_string(self.place, column, value)

    def _format(self, value: date) -> Format:
        return self.moment if isinstance(value, datetime) else self.day
