"""What a file is, and whether it may be unpacked."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

BLOCK = 65_536
HEAD = 8_192
MOST_PARTS = 10_000
MOST_TOKEN = 8 * 2**20  # bytes of one tag: a larger one is no workbook's
SMALL_PART = 16 * 2**20  # below it the ratio is not asked: a short sheet of blanks packs very well
LOCKED = 1  # flag bit of a part with a password
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x10\x00", b"\x09\x08\x08\x00")
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
UNREADABLE = (
    BadZipFile,
    zlib.error,
    expat.ExpatError,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
)


class NotASheet(Exception):
    """The file cannot be read as a table; the text says why, in the reader's language."""


@dataclass(frozen=True)
class Limits:
    """Bytes of a part and of the whole when unpacked, and how many times more than packed."""

    part: int = 8 * 2**30
    whole: int = 12 * 2**30
    ratio: int = 400


def is_zip(file: IO[bytes]) -> bool:
    return _head(file).startswith(ZIP)


def refuse_other_kinds(file: IO[bytes]) -> None:
    """Raise NotASheet, in clear words, for what is neither an XLSX nor a text."""
    head = _head(file)
    if not head:
        raise NotASheet(_("The file is empty."))
    if head.startswith(OLE):
        raise NotASheet(_of_ole(file))
    if head.startswith(BIFF):
        raise NotASheet(_("This is an old XLS file. Save it as XLSX and send that."))
    if head.startswith(b"%PDF"):
        raise NotASheet(_("This is a PDF, not a table."))
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        raise NotASheet(_("This is an XML table of Excel 2003. Open it in Excel, save it as XLSX and send that."))
    if start.startswith((b"<", b"mime-version:")) and any(mark in start for mark in (b"<html", b"<table", b"mime-")):
        raise NotASheet(_("This is a web page that was named XLS. Open it in Excel, save it as XLSX and send that."))
    if start.startswith(b"<"):
        raise NotASheet(_("This is no XLSX file."))


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    return head


def _of_ole(file: IO[bytes]) -> str:
    """Locked workbooks and old ones come in the same wrapping; the names in its directory tell them apart."""
    file.seek(0)
    names, before = {"EncryptedPackage".encode("utf-16-le"): True}, b""
    while block := file.read(2**20):
        if any(name in before + block for name in names):
            return _("The file is locked with a password. Take the password off and send it again.")
        before = block[-64:]
    return _("This is an old XLS file. Save it as XLSX and send that.")


# --- unpacking -------------------------------------------------------------------------------------------------------
def opened(file: IO[bytes], limits: Limits) -> ZipFile:
    """The parts of a workbook, none of them larger than it may be. Raises NotASheet."""
    refuse_other_kinds(file)
    try:
        book = ZipFile(file)
    except UNREADABLE:
        raise NotASheet(_("This is no XLSX file.")) from None
    parts = book.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names:
        raise NotASheet(_("This is an XLSB file. Save it as XLSX and send that."))
    if "content.xml" in names:
        raise NotASheet(_("This is an OpenDocument file. Save it as XLSX and send that."))
    if any(part.flag_bits & LOCKED for part in parts):
        raise NotASheet(_("The file is locked with a password. Take the password off and send it again."))
    _measure(parts, limits, _size(file))
    return book


def _measure(parts: list[ZipInfo], limits: Limits, size: int) -> None:
    swells = any(
        part.file_size > limits.part
        or (part.file_size > SMALL_PART and part.file_size > limits.ratio * max(part.compress_size, 1))
        for part in parts
    )
    if swells or len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > limits.whole:
        raise too_large()
    if sum(part.compress_size for part in parts) > size:  # parts that share their bytes
        raise NotASheet(_("The file is damaged."))


def too_large() -> NotASheet:
    return NotASheet(_("The file is too large when it is unpacked."))


def _size(file: IO[bytes]) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return size


def parse(book: ZipFile, name: str, parser: Any, most: int) -> Iterator[None]:
    """Give the part to the parser block by block, pausing after each. Raises NotASheet."""
    read = 0
    try:
        with book.open(name) as part:
            while block := part.read(BLOCK):
                read += len(block)
                if read > most:
                    raise too_large()
                parser.Parse(block)
                if read - parser.CurrentByteIndex > MOST_TOKEN:
                    raise NotASheet(_("The file is damaged."))
                yield
            parser.Parse(b"", True)
            yield
    except (*UNREADABLE, KeyError) as error:
        raise NotASheet(_("The file is damaged.")) from error


def parser_of(start: Any, end: Any = None, text: Any = None) -> Any:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = MOST_TOKEN // 128
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    return parser


def _no_doctype(*_declared: Any) -> None:
    raise NotASheet(_("The file holds what no workbook has (DTD)."))


def local(name: str) -> str:
    """ "row" of "x:row"."""
    return name.rpartition(":")[2]
