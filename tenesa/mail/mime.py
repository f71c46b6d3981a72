"""Cutting a mail into its parts. One pass a level over the raw bytes, bounded depth and number, and it never raises.

The standard library's parser reads line by line and costs several times as much; here a boundary is one search.
What is broken (no boundary, a missing end, no blank line) is read the way mail programs show it.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tenesa.mail import headers, uuencode
from tenesa.mail.charsets import decode, is_utf8

_HEADER = re.compile(rb"^(?!=\?)([!-9;-~]{1,10000})[ \t]{0,100}:")
_PARAMETER = re.compile(rb"(?:boundary|charset|name|filename|format|type|report-type|protocol)\*?\d{0,3}\*?=", re.I)
_LETTER = re.compile(rb"[A-Za-z0-9\x80-\xff]")
_KNOWN = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]{2,40}|received|reply-to|return-path|sender"
    rb"|references|in-reply-to|x-[!-9;-~]{1,100}|dkim-signature|authentication-results)[ \t]{0,100}:",
    re.IGNORECASE,
)
_WORD_LABEL = re.compile(rb"=\?([\w.:+()-]{1,60})(?:\*[\w-]{0,20})?\?[bBqQ]\?")
_SAYS_LITTLE = {"", "us-ascii", "ascii", "utf-8", "utf8", "unknown-8bit", "x-unknown", "default"}
_BLANK = re.compile(rb"\r?\n\r?\n")
_GUESS = re.compile(rb"(?m)^--([!-~][ -~]{0,68}[!-~])[ \t]*\r?$")
_ENCODING_WORDS = re.compile(rb"[ _]")
_META_CHARSET = re.compile(rb"<meta\b[^<>]{0,200}?charset\s{0,3}=\s{0,3}[\"']?([\w.:-]{2,40})", re.IGNORECASE)
MAX_DEPTH = 20
MAX_PARTS = 1000
MAX_HEADERS = 2000


@dataclass
class Part:
    """One part with its headers (lower-case name, raw value) and either its own bytes or its parts."""

    headers: list[tuple[str, bytes]]
    body: bytes
    parts: list[Part] = field(default_factory=list)
    default_type: str = "text/plain"
    labels: list[str] = field(default_factory=list)  # the charsets that the whole mail names, shared by all its parts

    def first(self, name: str) -> bytes:
        return next((value for header, value in self.headers if header == name), b"")

    def all(self, name: str) -> list[bytes]:
        return [value for header, value in self.headers if header == name]

    @property
    def _type_header(self) -> bytes:
        """Of several the first; but one whose boundary the body uses says what the mail really is."""
        values = self.all("content-type")
        for value in values[:10] if len(values) > 1 else ():
            boundary = headers.parameters(value)[1].get("boundary", "")
            if boundary and b"--" + boundary.encode("utf-8", "replace") in self.body:
                return value
        return values[0] if values else b""

    @cached_property
    def _type(self) -> tuple[str, dict[str, str]]:
        value, params = headers.parameters(self._type_header)
        value = value.replace(" ", "")
        return (value if re.fullmatch(r"[\w.+-]+/[\w.+-]+", value) else self.default_type), params

    @cached_property
    def _disposition(self) -> tuple[str, dict[str, str]]:
        return headers.parameters(self.first("content-disposition"))

    @property
    def content_type(self) -> str:
        return self._type[0]

    @property
    def charset(self) -> str:
        return self._type[1].get("charset", "")

    @property
    def hint(self) -> str:
        """The first charset named in the mail that tells more than UTF-8 would; the part's own before others'."""
        return next((one for one in (self.charset, *self.labels) if one.lower() not in _SAYS_LITTLE), "")

    @property
    def type_params(self) -> dict[str, str]:
        return self._type[1]

    @property
    def disposition(self) -> str:
        return self._disposition[0]

    @property
    def filename(self) -> str:
        return self._disposition[1].get("filename", "") or self._type[1].get("name", "")

    @property
    def content_id(self) -> str:
        found = headers.message_ids(self.first("content-id"))
        return found[0] if found else ""

    @cached_property
    def content(self) -> bytes:
        """The bytes without their transfer encoding."""
        encoding = _ENCODING_WORDS.sub(b"-", self.first("content-transfer-encoding").strip().strip(b"\"'").lower())
        if encoding == b"base64":
            return headers.base64_bytes(self.body)
        if encoding == b"quoted-printable":
            return quopri.decodestring(self.body)
        if encoding in {b"x-uuencode", b"uuencode", b"x-uue"}:
            return uuencode.content(self.body)
        return self.body

    @property
    def text(self) -> str:
        charset = self.charset or (self._charset_inside if self.content_type == "text/html" else "")
        return decode(self.content, charset, self.hint).replace("\r\n", "\n").replace("\r", "\n")

    @property
    def _charset_inside(self) -> str:
        """HTML without a charset in its header often says it in a <meta>; what is UTF-8 needs nobody to say so."""
        said = _META_CHARSET.search(self.content[:4000])
        return said[1].decode("ascii", "replace") if said and not is_utf8(self.content) else ""


def parse(raw: bytes) -> Part:
    """The whole mail as a tree."""
    root = _part(_from_the_first_line(raw), "text/plain", 0, [MAX_PARTS], [])
    heads = b" ".join((root.first("subject"), root.first("from")))
    root.labels += [label.decode("ascii", "replace") for label in _WORD_LABEL.findall(heads)]
    return root


def root_headers(raw: bytes) -> list[tuple[str, bytes]]:
    """The outermost head alone: names in lower case, values as they came, unfolded."""
    return _headers(_halves(_from_the_first_line(raw), outermost=True)[0])


def _from_the_first_line(raw: bytes) -> bytes:
    if b"\n" not in raw[:2000] and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    return raw.lstrip(b"\r\n")


def _part(raw: bytes, default_type: str, depth: int, left: list[int], labels: list[str]) -> Part:
    left[0] -= 1
    head, body = _halves(raw, outermost=not depth)
    part = Part(_headers(head), body, default_type=default_type, labels=labels)
    if charset := part.charset:
        labels.append(charset)
    if part.content_type.startswith("multipart/") and depth < MAX_DEPTH and left[0] > 0:
        inside = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        for piece in _pieces(body, part.type_params.get("boundary", "")):
            if left[0] <= 0:
                break
            part.parts.append(_part(piece, inside, depth + 1, left, labels))
    return part


def _halves(raw: bytes, *, outermost: bool) -> tuple[bytes, bytes]:
    """Head and body. Without a blank line the body begins at the first line that cannot be a header."""
    if raw.startswith((b"\n", b"\r\n")):
        return b"", raw.split(b"\n", 1)[1]
    blank = _BLANK.search(raw)
    head, body = (raw[: blank.start()], raw[blank.end() :]) if blank else (raw, b"")
    position = 0
    lines = head.splitlines(keepends=True)[:MAX_HEADERS]
    for number, line in enumerate(lines):
        odd = not line.startswith((b" ", b"\t")) and not _HEADER.match(line)
        if odd and not line.startswith((b"From ", b">From ")) and not _goes_on(lines, number, outermost=outermost):
            return head[:position], raw[position:]
        position += len(line)
    return head, body


def _goes_on(lines: list[bytes], number: int, *, outermost: bool) -> bool:
    """Whether the head goes on past a line that is no header: it lost the blank that folded it, or is rubbish."""
    if number and (_PARAMETER.match(lines[number]) or lines[number].startswith(b"=?")):
        return True
    if number and outermost and lines[number - 1].rstrip().endswith((b";", b",")):
        return True
    if any(_HEADER.match(line) for line in lines[number + 1 : number + 2]):
        return True
    return (
        outermost
        and bool(_LETTER.search(lines[number]))
        and any(_KNOWN.match(line) for line in lines[number + 1 : number + 6])
    )


def _headers(head: bytes) -> list[tuple[str, bytes]]:
    """A line that is no header belongs to the header above it, also where its folding was lost."""
    found: list[tuple[str, bytes]] = []
    lines: list[bytes] = []
    name = ""
    for line in head.splitlines()[:MAX_HEADERS]:
        start = None if line[:1] in {b" ", b"\t"} else _HEADER.match(line)
        if start and b"=" in start[1] and _PARAMETER.match(line):
            start = None
        if start is None:
            lines.append(line)
            continue
        if name:
            found.append((name, b" ".join(lines).strip()))
        name = start[1].decode("ascii").lower()
        lines = [line[start.end() :]]
    if name:
        found.append((name, b" ".join(lines).strip()))
    return found


def _pieces(body: bytes, boundary: str) -> list[bytes]:
    """The raw parts between the delimiter lines; a missing end ends with the body, none at all is one plain part."""
    mark = boundary.encode("utf-8", "replace")
    pieces = _cut(body, mark) if mark else []
    lost = mark.endswith(b"-") and len(pieces) < 2  # dashes at the end are easily lost, or taken for those of the end
    if (not pieces or lost) and (guess := _GUESS.search(body)):
        pieces = max(pieces, _cut(body, guess[1]), key=len)
    if lost:
        pieces = max(pieces, _cut(body, mark.rstrip(b"-")), key=len)
    return pieces or [b"\n" + body]


def _cut(body: bytes, mark: bytes) -> list[bytes]:
    """What stands after the end does not belong to the mail, unless another part begins there."""
    pieces: list[bytes] = []
    start: int | None = None
    # Another part may have this boundary with two dashes more: then its lines look like the end of this one.
    twice = body.count(b"--" + mark + b"--") > 1
    ambiguous = twice and re.search(rb"(?i)boundary\s{0,3}=\s{0,3}\"?" + re.escape(mark) + rb"--[\s\";]", body)
    for begin, end, closes in _delimiters(body, b"--" + mark):
        if closes and ambiguous and body.find(b"--" + mark + b"--", end) >= 0:
            continue
        if start is not None:
            pieces.append(_without_last_break(body[start:begin]))
        start = None if closes else end + 1
        if len(pieces) > MAX_PARTS:
            break
    if start is not None:
        pieces.append(body[start:])
    return pieces


def _delimiters(body: bytes, line: bytes) -> Iterator[tuple[int, int, bool]]:
    """(where it begins, where its line ends, whether it is the closing one) of each delimiter line."""
    at = body.find(line)
    while at >= 0:
        if at == 0 or body[at - 1 : at] == b"\n":
            end = body.find(b"\n", at)
            end = len(body) if end < 0 else end
            rest = body[at + len(line) : min(end, at + len(line) + 200)].rstrip(b" \t\r")
            if rest in {b"", b"--"}:
                yield at, end, rest == b"--"
        at = body.find(line, at + len(line))


def _without_last_break(piece: bytes) -> bytes:
    if piece.endswith(b"\r\n"):
        return piece[:-2]
    return piece.removesuffix(b"\n")
