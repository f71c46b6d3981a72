"""The table of texts of a workbook, kept on disk: a million rows have millions of them."""

from __future__ import annotations

import re
import tempfile
from array import array
from collections import OrderedDict
from types import TracebackType
from typing import Self
from zipfile import ZipFile

from tenesa.sheets.cells import MOST_TEXT
from tenesa.sheets.opening import local, parse, parser_of

PAGE = 64  # texts that are read together
KEPT = 8 * 2**20  # letters of the pages in memory
IN_MEMORY = 2**20
END = "\0"  # which no XML holds
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """ "_x000D_" is how workbooks write a carriage return."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace(END, "") if "_x" in text else text


class Texts:
    """Texts by number, read in pages of 64 of which the latest stay in memory."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by __exit__
        self._starts = array("Q", [0])
        self._page: list[str] = []
        self._pages: OrderedDict[int, list[str]] = OrderedDict()
        self._size = 0
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, text: str) -> None:
        self._page.append(text)
        self.count += 1
        if len(self._page) == PAGE:
            self._write()

    def _write(self) -> None:
        written = END.join(self._page).encode("utf-8", "surrogatepass")
        self._file.write(written)
        self._starts.append(self._starts[-1] + len(written))
        self._page = []

    def __getitem__(self, place: int) -> str:
        """ "" where there is none."""
        if not 0 <= place < self.count:
            return ""
        at, within = divmod(place, PAGE)
        page = self._pages.get(at)
        return (page or self._read(at))[within]

    def _read(self, at: int) -> list[str]:
        if self._page:
            self._write()
        start, end = self._starts[at], self._starts[at + 1]
        self._file.seek(start)
        page = self._file.read(end - start).decode("utf-8", "surrogatepass").split(END)
        self._pages[at] = page
        self._size += end - start
        while self._size > KEPT and len(self._pages) > 1:
            old, _texts = self._pages.popitem(last=False)
            self._size -= self._starts[old + 1] - self._starts[old]
        return page


def read_texts(book: ZipFile, name: str, most: int) -> Texts:
    """The shared texts of a workbook without their furigana; the caller closes them. Raises NotASheet."""
    texts = Texts()
    inside, furigana, parts, length = False, 0, [""], 0

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal inside, furigana, length
        match local(tag):
            case "si":
                parts.clear()
                length = 0
            case "rPh":
                furigana += 1
            case "t":
                inside = not furigana

    def end(tag: str) -> None:
        nonlocal inside, furigana
        match local(tag):
            case "rPh":
                furigana -= 1
            case "t":
                inside = False
            case "si":
                texts.append(unescaped("".join(parts))[:MOST_TEXT])

    def said(data: str) -> None:
        nonlocal length
        if inside and length < MOST_TEXT:
            parts.append(data)
            length += len(data)

    try:
        for _block in parse(book, name, parser_of(start, end, said), most):
            pass
    except BaseException:
        texts.__exit__(None, None, None)
        raise
    return texts
