"""Files that old mail programs wrote into the text: "begin 644 foto.jpg", coded lines, "end"."""

from __future__ import annotations

import binascii
import re

_FILE = re.compile(r"(?m)^begin [0-7]{3,4} ([^\n]{1,200})\n((?:[\x20-\x60]{1,62}\n){0,200000})[`\s]?\n?end[ \t]*$")


def apart(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text without such files, and (name, content) of each."""
    if "\nend" not in text or "begin " not in text:
        return text, []
    found: list[tuple[str, bytes]] = []

    def take(match: re.Match[str]) -> str:
        found.append((match[1], _decoded(match[2])))
        return ""

    return _FILE.sub(take, text), found


def content(body: bytes) -> bytes:
    """What a part in this transfer encoding holds; its bytes as they are when they are not that."""
    _text, found = apart(body.decode("latin-1").replace("\r\n", "\n"))
    return found[0][1] if found else body


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
