"""Bytes to text when the label may lie: no letter is dropped silently, and the result can always be stored."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import cache

# What mail programs write, and what the bytes really are: the wider sets that contain the named ones.
_REALLY = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "utf8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "cn-gb": "gb18030",
    "big5": "cp950",
    "x-big5": "cp950",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ms_kanji": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-user-defined": "utf-8",
    "x-unknown": "utf-8",
    "unknown-8bit": "utf-8",
    "default": "utf-8",
}
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ESCAPED = re.compile(rb"\x1b[$(]")
_SHIFTED = re.compile(rb"\x1b\$[@B]")
_HIGH = re.compile(rb"[\x80-\xff]")
_LETTERS = re.compile(rb"[A-Za-z]")
_UTF8_LETTER = re.compile(rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2})")
_ISO_2022 = ("iso2022_cn", "iso2022_jp_ext", "iso2022_kr", "iso2022_jp_2", "iso2022_jp_2004")
_NARROW = {"cp1252", "iso8859-15", "iso8859-2", "cp1250", "cp1254"}  # whose bytes fit almost anything
_RELATIVES = {
    **dict.fromkeys(("cp932", "euc_jp", "iso2022_jp_ext", "iso2022_jp", "iso2022_jp_2"), ("cp932", "euc_jp")),
    **dict.fromkeys(("cp949", "iso2022_kr", "johab"), ("cp949",)),
    **dict.fromkeys(("gb18030", "hz"), ("gb18030", "cp950")),
    **dict.fromkeys(("cp950", "big5hkscs"), ("big5hkscs", "gb18030")),
}
WIDE = {*_RELATIVES}


@cache
def codec_of(label: str) -> str:
    """The Python codec that a charset label means; "" when nobody knows it."""
    name = label.strip().strip("\"'").lower()
    name = _REALLY.get(name, name).replace("cp-", "cp")
    if not name.isascii() or "\0" in name:
        return ""
    try:
        found = codecs.lookup(name)
    except LookupError:
        return ""
    return found.name if getattr(found, "_is_text_encoding", True) else ""


def decode(content: bytes, label: str = "", hint: str = "") -> str:
    """Text of the bytes: as declared when that fits, else UTF-8, else the usual Western set, else with marks (�).

    `hint` is a label that stands elsewhere in the mail: it counts where the bytes have none, or one they disprove.
    """
    declared = codec_of(label) if label else "utf-8"
    if declared == "utf-8" and b"\x1b" not in content and (text := _strictly(content, declared)) is not None:
        return storable(text)  # nearly every mail
    for codec in dict.fromkeys(_likely(content, declared, codec_of(hint) if hint else "")):
        if codec and (text := _strictly(content, codec)) is not None:
            return storable(text)
    if _SHIFTED.search(content) and content.isascii() and (text := _strictly(_as_shift_jis(content), "cp932")):
        return storable(text)
    if declared not in {"", "utf-8"}:
        return storable(_bytes_as(content, declared))
    if _mostly_utf8(content):
        return storable(content.decode("utf-8", "replace"))
    return storable(_bytes_as(content, "cp1252"))


def _likely(content: bytes, declared: str, hint: str) -> Iterator[str]:
    """The codecs to try, the likeliest first."""
    if content.isascii():
        if _ESCAPED.search(content):  # pure ASCII to the eye, so any other set would fit
            yield declared if declared.startswith("iso2022") else ""
            yield from _ISO_2022
        else:
            yield declared
            yield "utf-8"
        return
    wide = hint in WIDE and (declared in {"", "utf-8"} or (declared in _NARROW and _mostly_high(content)))
    enough = 3 if declared in WIDE else 10 if declared in _NARROW else 0
    if enough and len(_UTF8_LETTER.findall(content[:100_000])) >= enough and is_utf8(content):
        yield "utf-8"  # what is whole UTF-8 is no text in those
    yield hint if wide and declared in _NARROW else ""
    yield declared
    yield "utf-8"
    yield hint if wide else ""
    if len(_HIGH.findall(content[:100])) >= (3 if declared.startswith("iso2022") else 4):
        yield from _RELATIVES.get(declared, ())


def _mostly_high(content: bytes) -> bool:
    """Four letters beyond ASCII for each one within: no Western language looks like that."""
    letters = len(_LETTERS.findall(content[:4000]))
    return len(_HIGH.findall(content[:4000])) > 4 * letters


def is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def storable(text: str) -> str:
    """Without what PostgreSQL refuses: NUL goes, a lone surrogate becomes the replacement mark."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNSTORABLE.sub(lambda match: "" if match[0] == "\0" else "\ufffd", text)


def _strictly(content: bytes, codec: str) -> str | None:
    try:
        if codec == "iso2022_cn":
            return _from_iso_2022_cn(content)
        return content.decode("utf-8-sig" if codec == "utf-8" else codec)
    except (UnicodeDecodeError, ValueError):
        return None


def _from_iso_2022_cn(content: bytes) -> str:
    """RFC 1922 with GB 2312, for which Python has no codec: the letters stand between shift-out and shift-in."""
    if b"\x1b$)A" not in content:
        raise ValueError
    pieces = content.replace(b"\x1b$)A", b"").split(b"\x0e")
    text = [pieces[0].decode("ascii")]
    for piece in pieces[1:]:
        shifted, _in, plain = piece.partition(b"\x0f")
        text.append(bytes(byte | 0x80 if byte > 0x20 else byte for byte in shifted).decode("gb2312"))
        text.append(plain.decode("ascii"))
    return "".join(text)


_JIS_RUN = re.compile(rb"\x1b(\$[@B]|\([BJI])([^\x1b]*)")


def _as_shift_jis(content: bytes) -> bytes:
    """ISO-2022-JP as Microsoft writes it, with letters that the standard lacks but Shift_JIS (CP932) has."""

    def run(match: re.Match[bytes]) -> bytes:
        if match[1].startswith(b"$"):
            return b"".join(_shifted(match[2][at], match[2][at + 1]) for at in range(0, len(match[2]) - 1, 2))
        return bytes(byte | 0x80 for byte in match[2]) if match[1] == b"(I" else match[2]

    return _JIS_RUN.sub(run, content)


def _shifted(row: int, cell: int) -> bytes:
    if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
        return bytes((row, cell))
    lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
    trail = cell + (0x7E if row % 2 == 0 else 0x20 if cell > 0x5F else 0x1F)
    return bytes((lead, trail))


def _bytes_as(content: bytes, codec: str) -> str:
    """Undefined bytes keep their Latin-1 letter in single-byte sets instead of vanishing."""
    try:
        text = content.decode(codec, "replace")
    except (UnicodeDecodeError, ValueError):
        text = content.decode("cp1252", "replace")
    if codec == "cp1252" and "\ufffd" in text:
        return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in content)
    return text


def _mostly_utf8(content: bytes) -> bool:
    """One cut or damaged sequence in a long UTF-8 text must not turn the whole into another set."""
    text = content.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    foreign = sum(1 for char in text if ord(char) > 127) - damaged
    return damaged > 0 and foreign > 2 * damaged
