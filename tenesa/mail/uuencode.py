"""Files that old mail programs wrote into the text: "begin 644 foto.jpg", coded lines, "end"; or without the first."""

from __future__ import annotations

import binascii
import re

_LINE = r"[\x20-\x60]{1,62}\n"
_FILE = re.compile(rf"(?m)^begin [0-7]{{3,4}} ([^\n]{{1,200}})\n((?:{_LINE}){{0,200000}})[`\s]?\n?end[ \t]*$")
# Full lines begin with M and have 61 letters; after them one shorter line, an empty one, "end".
_HEADLESS = re.compile(
    rf"(?m)^(?<!M[\x20-\x60]{{60}}\n)()((?:M[\x20-\x60]{{60}}\n){{2,200000}}(?:{_LINE})?)[`\s]?\n?end[ \t]*$"
)


def apart(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text without such files, and (name, content) of each; a name that was lost is ""."""
    if "\nend" not in text:
        return text, []
    found: list[tuple[str, bytes]] = []

    def take(match: re.Match[str]) -> str:
        found.append((match[1], _decoded(match[2])))
        return ""

    if "begin " in text:
        text = _FILE.sub(take, text)
    if "\nM" in text or text.startswith("M"):
        text = _HEADLESS.sub(take, text)
    return text, found


def content(body: bytes) -> bytes:
    """What a part in this transfer encoding holds, also without its first or last line; else its bytes as they are."""
    text = body.decode("latin-1").replace("\r\n", "\n")
    _text, found = apart(text)
    if found:
        return found[0][1]
    lines = [line for line in text.split("\n") if line.strip() and not line.startswith("begin ")]
    whole = lines and all(len(line) >= _size_of(line) and line.isascii() for line in lines if line != "end")
    return _decoded("\n".join(line for line in lines if line != "end")) if whole else body


def _size_of(line: str) -> int:
    """How many letters a coded line has by its first, without blanks that were cut from its end."""
    return 1 + (((ord(line[0]) - 32) & 63) * 4 + 2) // 3


def _decoded(lines: str) -> bytes:
    out = bytearray()
    for line in filter(None, lines.split("\n")):
        try:
            out += binascii.a2b_uu(line.encode("ascii", "replace"))
        except binascii.Error:
            size = (((ord(line[0]) - 32) & 63) * 4 + 5) // 3
            try:
                out += binascii.a2b_uu(line[:size].encode("ascii", "replace"))
            except binascii.Error:
                continue
    return bytes(out)
