"""winmail.dat: the words, times and files that Outlook packs into one part (MS-OXTNEF, properties of MS-OXPROPS).

Written here because the only maintained reader is under the LGPL. Every length is checked against what is there, the
number of elements is bounded, and a torn stream gives what was read before the tear.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from compressed_rtf import decompress
from striprtf.striprtf import rtf_to_text

from tenesa.mail.charsets import decode, is_utf8

_SIGNATURE = 0x223E9F78
_MAX_ATTRIBUTES = 5_000
_MAX_PROPERTIES = 5_000
_MAX_FILES = 200
_MAX_RTF = 200_000
_MAX_DEPTH = 3
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x0B: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}
_TIME = 0x40
_STARTS, _ENDS, _PLACE = (0x820D, 0x0060), (0x820E, 0x0061), 0x8208
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)

Properties = dict[int, bytes]


@dataclass
class File:
    name: str = ""
    content_type: str = ""
    content_id: str = ""
    content: bytes = b""


@dataclass
class Packed:
    """`text` and `html` are "" where the stream has only RTF; ask `words` for whatever there is."""

    text: str = ""
    html: str = ""
    rtf: bytes = b""
    subject: str = ""
    place: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    files: list[File] = field(default_factory=list)

    def words(self) -> str:
        return self.text or _text_of_rtf(self.rtf)


def read(content: bytes, depth: int = 0) -> Packed | None:
    """None when it is no such stream."""
    if len(content) < 6 or struct.unpack_from("<I", content)[0] != _SIGNATURE:
        return None
    packed = Packed()
    codepage = ""
    for identity, data in _attributes(content):
        name = identity & 0xFFFF
        if name == 0x9007 and len(data) >= 4:
            codepage = f"cp{struct.unpack_from('<I', data)[0]}"
        elif name == 0x9003:
            _message(packed, _properties(data), codepage)
        elif name == 0x800C:
            packed.text = packed.text or decode(data.rstrip(b"\0"), codepage)
        elif name == 0x8004:
            packed.subject = packed.subject or decode(data.rstrip(b"\0"), codepage)
        elif name == 0x9002 and len(packed.files) < _MAX_FILES:
            packed.files.append(File())
        elif packed.files:
            _file(packed, name, data, codepage, depth)
    packed.files = [one for one in packed.files if one.content]
    return packed


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    for _number in range(_MAX_ATTRIBUTES):
        if at + 9 > len(content):
            return
        _level, identity, size = struct.unpack_from("<BII", content, at)
        yield identity, content[at + 9 : at + 9 + size]
        at += 9 + size + 2


def _message(packed: Packed, found: Properties, codepage: str) -> None:
    packed.text = _string(found, 0x1000, codepage).replace("\r\n", "\n") or packed.text
    packed.html = _string(found, 0x1013, codepage) or packed.html
    packed.rtf = found.get(0x1009, b"") or packed.rtf
    packed.subject = _string(found, 0x0037, codepage) or packed.subject
    packed.place = _string(found, _PLACE, codepage)
    packed.starts, packed.ends = _moment(found, _STARTS), _moment(found, _ENDS)


def _file(packed: Packed, name: int, data: bytes, codepage: str, depth: int) -> None:
    one = packed.files[-1]
    if name == 0x8010:
        one.name = one.name or decode(data.rstrip(b"\0"), codepage)
    elif name == 0x800F:
        one.content = data
    elif name == 0x9005:
        found = _properties(data)
        one.name = _string(found, 0x3707, codepage) or one.name or _string(found, 0x3001, codepage)
        one.content_type = _string(found, 0x370E, codepage).lower()
        one.content_id = _string(found, 0x3712, codepage).strip("<>")
        one.content = one.content or found.get(0x3701, b"")
        inner = read(one.content[16:], depth + 1) if depth < _MAX_DEPTH else None  # a mail in the mail, after its GUID
        if inner is not None:
            one.name, one.content = f"{one.name or inner.subject}.txt", inner.words().encode()
            packed.files += inner.files[: max(0, _MAX_FILES - len(packed.files))]
            packed.files.append(File())  # what follows belongs to none of these


def _properties(data: bytes) -> Properties:
    """Property (or, of a named one, the number of its name) to its first value; what was read before a tear."""
    found: Properties = {}
    try:
        at = 4
        for _number in range(min(struct.unpack_from("<I", data)[0], _MAX_PROPERTIES)):
            kind, name = struct.unpack_from("<HH", data, at)
            at += 4
            if name >= 0x8000:
                name, at = _named(data, at)
            value, at = _value(data, at, kind)
            found.setdefault(name, value)
    except (struct.error, KeyError):
        pass
    return found


def _named(data: bytes, at: int) -> tuple[int, int]:
    sort, value = struct.unpack_from("<II", data, at + 16)
    at += 24
    return (value & 0xFFFF, at) if not sort else (-1, at + value + -value % 4)


def _value(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    """(first value, where the next property begins)."""
    bare = kind & 0xFFF
    if bare in _FIXED:
        number, at = (struct.unpack_from("<I", data, at)[0], at + 4) if kind & 0x1000 else (1, at)
        return data[at : at + _FIXED[bare]], at + _FIXED[bare] * number
    if bare not in {0x1E, 0x1F, 0x0D, 0x102}:
        raise KeyError(kind)
    first: bytes | None = None
    count = struct.unpack_from("<I", data, at)[0]
    at += 4
    for _number in range(min(count, _MAX_PROPERTIES)):
        size = struct.unpack_from("<I", data, at)[0]
        piece = data[at + 4 : at + 4 + size]
        at += 4 + size + -size % 4
        if first is None:
            first = piece.decode("utf-16-le", "replace").encode() if bare == 0x1F else piece
    return first or b"", at


def _string(found: Properties, name: int, codepage: str) -> str:
    value = found.get(name, b"").rstrip(b"\0")
    return decode(value, "" if is_utf8(value) else codepage)


def _moment(found: Properties, names: tuple[int, ...]) -> datetime | None:
    value = next((found[name] for name in names if len(found.get(name, b"")) == _FIXED[_TIME]), None)
    ticks = struct.unpack("<Q", value)[0] if value else 0  # of 100 ns
    try:
        moment = _EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None
    return moment if 1970 <= moment.year <= 2200 else None


def _text_of_rtf(rtf: bytes) -> str:
    if not rtf or len(rtf) > _MAX_RTF:
        return ""
    try:
        plain = decompress(rtf)[: 5 * _MAX_RTF].decode("latin-1")
        return str(rtf_to_text(plain, errors="replace")).strip()
    except Exception:  # whatever two libraries do on torn input
        return ""
