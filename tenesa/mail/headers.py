"""Header values: encoded words, addresses, parameters, ids, dates. Linear time, and nothing here raises."""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from tenesa.mail.address import normal
from tenesa.mail.charsets import WIDE, codec_of, decode, is_utf8, storable
from tenesa.mail.values import Address

_ENCODED = re.compile(r"=\?([\w.:+()-]{1,60})(?:\*[\w-]{0,20})?\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,50})\?=")
_RAW_WORD = re.compile(rb"(=\?[\w.:+()-]{1,60}\?[bBqQ]\?)([^?]*(?:\?(?!=)[^?]*){0,50})\?=")
_RAW_BYTE = re.compile(rb"[\x80-\xff\x1b]")
_RAW_PAIR = re.compile(rb"[\x80-\xff][\x40-\xff]|[\x80-\xff]|\x1b")
_SPACE = re.compile(r"\s+")
_ANGLED = re.compile(r"<([^<>]{1,2000})>")
_BARE_ADDRESS = re.compile(r"[^\s<>\"(),:;\[]{1,200}@(?:\[[\w.:]{1,60}\]|[^\s<>\"(),:;@\[\]]{1,200})")
_EMPTY_END = re.compile(r"\s{0,3}(?:<\s?>|\[\s?\])$")
_SPACED = re.compile(r"(?<=\S)\s{0,20}([.@])\s{1,20}(?=\S)|(?<=\S)\s{1,20}([.@])(?=\S)")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)')
# A parameter that no semicolon parts from what stands before it; what is quoted is passed over.
_SEPARATOR = re.compile(
    r'"(?:[^"\\]|\\.)*"|(?<=[^\s;,])[\s,]{1,20}(?=(?:boundary|charset|name|filename|format|type|report-type|delsp'
    r"|method|protocol|micalg|smime-type)\*?\d{0,3}\*?\s{0,3}=)",
    re.IGNORECASE,
)
_CONTINUED = re.compile(r"^([^*]{1,60})(?:\*(\d{1,3}))?(\*)?$")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
MAX_VALUE = 60_000


def text_of(raw: bytes, charset: str = "") -> str:
    """The header's bytes as characters, encoded words still encoded; 8-bit headers are read as UTF-8 first.

    `charset` is what other parts of the mail are labelled with.
    """
    raw = raw[:MAX_VALUE]
    if b"=?" in raw and not (raw.isascii() and b"\x1b" not in raw):
        raw = _RAW_WORD.sub(_all_encoded, raw)
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    return raw.decode("utf-8") if b"\x1b" not in raw and is_utf8(raw) else decode(raw, charset)


def _all_encoded(match: re.Match[bytes]) -> bytes:
    """An encoded word that holds bytes as they are, against RFC 2047: they are in its charset, not in the header's."""
    head, content = match[1], match[2]
    if head[-2:-1] in b"bB":
        return match[0]
    wide = codec_of(head[2:-3].decode("ascii", "replace")) in WIDE
    raw = _RAW_PAIR if wide else _RAW_BYTE
    return head + raw.sub(lambda found: b"".join(b"=%02X" % byte for byte in found[0]), content) + b"?="


def unstructured(raw: bytes, charset: str = "") -> str:
    """A header for people, for example the subject: encoded words decoded, white space single."""
    return clean(decoded_words(text_of(raw, charset)))


def clean(text: str) -> str:
    """What may be shown: no control character, and none that turns the direction of what follows."""
    return storable(_SPACE.sub(" ", _CONTROL.sub(" ", undirected(text))).strip())


def undirected(text: str) -> str:
    return _DIRECTION.sub("", text)


def decoded_words(text: str) -> str:
    """Replace encoded words. Neighbours of one charset are joined as bytes: a letter may be cut between them."""
    if "=?" not in text:
        return text
    out: list[str] = []
    pending = b""
    charset = ""
    position = 0
    for match in _ENCODED.finditer(text):
        between = text[position : match.start()]
        label, content = match[1], _word(match[2], match[3])
        if pending and (between.strip() or label.lower() != charset):
            out.append(_decoded(pending, charset))
            pending = b""
        if between.strip() or not position:
            out.append(between)
        pending += content
        charset = label.lower()
        position = match.end()
    out.append(_decoded(pending, charset))
    out.append(text[position:])
    return "".join(out)


def _decoded(content: bytes, charset: str) -> str:
    return decode(content, charset) if codec_of(charset) else decode(content)


def _word(encoding: str, content: str) -> bytes:
    data = content.encode("utf-8", "replace")
    if encoding in "qQ":
        return _quoted(data.replace(b"_", b" "))
    return base64_bytes(data)


def _quoted(data: bytes) -> bytes:
    return re.sub(rb"=([0-9a-fA-F]{2})", lambda match: bytes([int(match[1], 16)]), data)


def base64_bytes(data: bytes) -> bytes:
    """Base64 as found in the wild: foreign characters skipped, padding repaired, a broken tail cut."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def addresses(raw: bytes, charset: str = "") -> list[Address]:
    """All addresses of a header. Addresses are read before any decoding, so an encoded word can only be a name."""
    found = []
    surname = ""  # of "Santoso, Budi <budi@…>": the comma ought to be quoted, and often is not
    for display, angled, comment in _mailboxes(text_of(raw, charset)):
        address, label = _address(angled) if angled else None, display
        if address is None:
            label = _SPACED.sub(r"\1\2", display) if "@" in display else display
            bare = _BARE_ADDRESS.search(label) or _BARE_ADDRESS.search(angled)
            if not bare:
                surname = "" if angled else display
                continue
            address, label = bare[0], label.replace(bare[0], " ")
        elif surname and label:
            label = f"{surname}, {label}"
        surname = ""
        name = _EMPTY_END.sub("", clean(decoded_words(_unprotected(label))).strip("\"' "))
        name = name or clean(decoded_words(comment))
        found.append(Address(normal(storable(_unprotected(address.strip("'\""))))[:254], name[:200]))
    return found


def sender(raw: bytes, charset: str = "") -> Address | None:
    """The first address of a From header; only when none is written in clear may it come out of an encoded word."""
    found = addresses(raw, charset)
    if not found and b"=?" in raw and b"@" not in raw:
        found = addresses(decoded_words(text_of(raw, charset)).encode("utf-8", "replace"))
    return found[0] if found else None


_QUOTE, _BLANK = "\ue0f3", "\ue0f4"  # stand in a quoted local part for what would end an address elsewhere
_ATOM = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]+")


def _protected(local: str) -> str:
    """A quoted local part as one word ("budi santoso"@b.example); quotes around what needs none are dropped."""
    return local if _ATOM.fullmatch(local) else f"{_QUOTE}{_SPACE.sub(_BLANK, local)}{_QUOTE}"


def _unprotected(text: str) -> str:
    return text.replace(_QUOTE, '"').replace(_BLANK, " ")


def _address(angled: str) -> str | None:
    text = angled.rpartition(":")[2] if angled.startswith("@") else angled  # <@route,@route:user@host>
    text = _SPACE.sub("", text)
    if text.lower().startswith("mailto:"):
        text = text[7:]
    local, at, domain = text.rpartition("@")
    return text if at and local and domain and "=?" not in text else None


class _Splitter:
    """Splits an address list into (display, angled, comment): one pass, quotes, comments and groups respected."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, str, str]] = []
        self.display: list[str] = []
        self.angled: list[str] = []
        self.comment: list[str] = []
        self.into = self.display
        self.outside = self.display
        self.depth = 0
        self.quoted = self.escaped = False
        self.opened = -1  # where the quoted text begins that has just ended

    def feed(self, char: str) -> None:
        if char == "@" and self.opened >= 0 and not (self.quoted or self.depth or self.escaped):
            self.into[self.opened :] = [*_protected("".join(self.into[self.opened :]))]
        if not (self.quoted or char == '"'):
            self.opened = -1
        if self.escaped:
            self.into.append(char)
            self.escaped = False
        elif char == "\\" and (self.quoted or self.depth):
            self.escaped = True
        elif char == '"' and not self.depth:
            self.quoted = not self.quoted
            self.opened = len(self.into) if self.quoted else self.opened
        elif self.quoted:
            self.into.append(char)
        elif char in "()":
            self._comment(char)
        elif self.depth:
            self.into.append(char)
        else:
            self._structure(char)

    def _comment(self, char: str) -> None:
        if char == "(":
            if not self.depth:
                self.outside = self.into
            self.depth += 1
            self.into = self.comment
            if self.depth > 1:
                self.comment.append(char)
        elif self.depth:
            self.depth -= 1
            self.into = self.comment if self.depth else self.outside
            if self.depth:
                self.comment.append(char)

    def _structure(self, char: str) -> None:
        if char == "<":
            self.angled.clear()
            self.into = self.angled
        elif char == ">":
            self.into = self.display
        elif self.into is self.angled:
            self.angled.append(char)
        elif char in ",;":
            self.flush()
        elif char == ":" and "@" not in self.display:
            self.display.clear()  # the name of a group
        else:
            self.into.append(char)

    def flush(self) -> None:
        if self.display or self.angled:
            one, two, three = ("".join(part).strip() for part in (self.display, self.angled, self.comment))
            self.parts.append((one, two, three))
        for part in (self.display, self.angled, self.comment):
            part.clear()
        self.into = self.display


def _mailboxes(text: str) -> list[tuple[str, str, str]]:
    splitter = _Splitter()
    for char in text:
        splitter.feed(char)
    splitter.quoted = False
    splitter.flush()
    return splitter.parts


def parameters(raw: bytes, charset: str = "") -> tuple[str, dict[str, str]]:
    """(value, parameters) of Content-Type or Content-Disposition, RFC 2231 pieces and raw 8-bit names included."""
    text = text_of(raw, charset)
    if text.count("=") > text.count(";"):
        text = _SEPARATOR.sub(lambda match: match[0] if match[0][0] == '"' else ";", text)
    value, _semicolon, _rest = text.partition(";")
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    plain: dict[str, str] = {}
    for match in _PARAMETER.finditer(text):
        content = match[2].strip()
        if content.startswith('"'):
            content = re.sub(r"\\(.)", r"\1", content.strip('"')) if "\\" in content else content.strip('"')
        name = _CONTINUED.match(match[1].lower())
        if name is None:
            continue
        if name[2] is None and name[3] is None:
            plain.setdefault(name[1], content)
        else:
            pieces.setdefault(name[1], {})[int(name[2] or 0)] = (content, bool(name[3]))
    plain.update({name: _joined(parts) for name, parts in pieces.items()})
    return clean(value).lower(), {name: clean(decoded_words(content)) for name, content in plain.items()}


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231: the first piece names the charset; encoded pieces are percent-bytes."""
    charset = ""
    content = b""
    for index in sorted(parts):
        text, encoded = parts[index]
        if encoded and index == min(parts) and text.count("'") >= 2:
            charset, _language, text = text.split("'", 2)
        content += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return _decoded(content, charset) if charset else decode(content)


def message_ids(raw: bytes) -> list[str]:
    """The ids of Message-ID, In-Reply-To or References, without angle brackets, each once, none longer than 250.

    Some mail programs write an id that is longer than a line as encoded words, against RFC 2047.
    """
    text = decoded_words(text_of(raw))
    found = _ANGLED.findall(text)
    if not found:
        words = text.replace(",", " ").split()
        found = [word for word in words if "@" in word or len(words) == 1]
    short = (storable(_SPACE.sub("", one)) for one in found)
    return [one for one in dict.fromkeys(short) if one and len(one) <= 250][:200]


def moment(raw: bytes) -> datetime | None:
    """A Date header as a moment; None when it is none or lies outside what a database can hold."""
    try:
        parsed = parsedate_to_datetime(clean(text_of(raw[:200])))
        aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
        return aware.astimezone(UTC) if 1970 <= aware.year <= 2200 else None
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
