"""The table of texts of a workbook, kept on disk: a million rows have millions of them."""

from __future__ import annotations

import re
import tempfile
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self
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
    return _ESCAPED.sub(_letter, text) if "_x" in text else text


def _letter(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return "" if not code or 0xD800 <= code < 0xE000 else chr(code)  # what no database holds


class Texts:
    """Texts by number, in pages of 64 of which the latest stay in memory; `more` brings further ones when asked for."""

    def __init__(self, more: Callable[[Texts], Iterator[None]] = lambda _texts: iter(())) -> None:
        self._more = more(self)
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
        self._file.seek(self._starts[-1])
        self._file.write(written)
        self._starts.append(self._starts[-1] + len(written))
        self._page = []

    def __getitem__(self, place: int) -> str:
        """ "" where there is none."""
        while place >= self.count:
            if next(self._more, self) is self:
                return ""
        at, within = divmod(place, PAGE)
        if at == len(self._starts) - 1:
            return self._page[within]
        page = self._pages.get(at)
        return (page or self._read(at))[within]

    def _read(self, at: int) -> list[str]:
        start, end = self._starts[at], self._starts[at + 1]
        self._file.seek(start)
        page = self._file.read(end - start).decode("utf-8", "surrogatepass").split(END)
        self._pages[at] = page
        self._size += end - start
        while self._size > KEPT and len(self._pages) > 1:
            old, _texts = self._pages.popitem(last=False)
            self._size -= self._starts[old + 1] - self._starts[old]
        return page


def texts_of(book: ZipFile, name: str, most: int) -> Texts:
    """The shared texts of a workbook without their furigana, read as far as is asked for. Their reading raises
    NotASheet."""
    return Texts(lambda texts: parse(book, name, _parser(texts), most))


def _parser(texts: Texts) -> Any:
    inside, furigana, length = False, 0, 0
    parts: list[str] = []

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

    return parser_of(start, end, said)
