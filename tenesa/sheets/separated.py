"""Rows of a text with separators (CSV), as spreadsheets write it."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.utils.translation import gettext as _

from tenesa.sheets.cells import MOST_TEXT, Row
from tenesa.sheets.opening import BLOCK, NotASheet, is_zip, refuse_other_kinds

SEPARATORS = (";", ",", "\t")
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class SeparatedText:
    """A CSV file: UTF-8 where all of it is, else cp1252. Raises NotASheet where it is no text."""

    def __init__(self, file: IO[bytes]) -> None:
        refuse_other_kinds(file)
        if is_zip(file):
            raise NotASheet(_("This is neither a workbook (XLSX) nor a text (CSV)."))
        self._file = file
        self.encoding = self._encoding()

    def rows(self, separator: str) -> Iterator[Row]:
        """Rows that hold anything. Raises NotASheet at a quote without its end or a letter that is none."""
        with self._text() as text:
            reader = csv.reader(text, delimiter=separator)
            try:
                for number, cells in enumerate(reader, start=1):
                    if any(cells) and not (number == 1 and cells[0].casefold().startswith("sep=")):
                        yield Row(number, [cell.strip()[:MOST_TEXT] for cell in cells])
            except csv.Error:
                words = _("Line %(n)d cannot be read: a quotation mark has no end, or a cell is too long.")
                raise NotASheet(words % {"n": reader.line_num}) from None
            except UnicodeDecodeError:
                raise NotASheet(_("Line %(n)d holds what is no text.") % {"n": reader.line_num + 1}) from None

    @contextmanager
    def _text(self) -> Iterator[io.TextIOWrapper]:
        self._file.seek(0)
        text = io.TextIOWrapper(self._file, encoding=self.encoding, newline="")
        try:
            yield text
        finally:
            text.detach()  # the file stays open, it is read twice

    def _encoding(self) -> str:
        head = self._file.read(4)
        self._file.seek(0)
        marked = next((name for mark, name in MARKS.items() if head.startswith(mark)), "")
        encoding = marked or "utf-8"
        decoder = codecs.getincrementaldecoder(encoding)()
        while block := self._file.read(BLOCK):
            if encoding == "cp1252":
                text = block.decode("latin-1")
            else:
                try:
                    text = decoder.decode(block)
                except UnicodeDecodeError:
                    if marked:
                        raise NotASheet(_("This is neither a workbook (XLSX) nor a text (CSV).")) from None
                    encoding, text = "cp1252", block.decode("latin-1")
            if "\0" in text:
                raise NotASheet(_("This is neither a workbook (XLSX) nor a text (CSV)."))
        self._file.seek(0)
        return encoding
