"""Where the quoted part of a mail begins. Only for folding on the page: no text is ever dropped."""

from __future__ import annotations

import re
from typing import NamedTuple

_INTRO = re.compile(
    r"^(On .{5,120} wrote:|Pada .{5,120} (menulis|wrote):|.{0,80}<[^<>\s]{3,80}> (menulis|wrote):"
    r"|-{2,}\s?(Original Message|Pesan Asli|Forwarded message|Pesan terusan)\s?-{2,}|_{20,})\s*$",
    re.IGNORECASE,
)
_HEADER = re.compile(r"^\*?(From|Dari):\*? .{1,200}$", re.IGNORECASE)
_NEXT_HEADER = re.compile(r"^\*?(Sent|Dikirim|Date|Tanggal|To|Kepada|Subject|Perihal):", re.IGNORECASE)


class Folded(NamedTuple):
    fresh: str
    quoted: str


def fold(text: str) -> Folded:
    """The new words and the quoted tail. A mail that begins with its quote is answered below it: nothing is folded."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if _begins_quote(lines, number, line):
            fresh = "\n".join(lines[:number]).rstrip()
            return Folded(fresh, "\n".join(lines[number:]).strip()) if fresh.strip() else Folded(text.strip(), "")
    return Folded(text.strip(), "")


def _begins_quote(lines: list[str], number: int, line: str) -> bool:
    line = line.strip()
    if len(line) <= 220 and _INTRO.match(line):
        return True
    if line.startswith(">"):
        return all(rest.startswith(">") or not rest.strip() for rest in lines[number:])
    following = lines[number + 1 : number + 4]
    return bool(len(line) <= 220 and _HEADER.match(line) and any(_NEXT_HEADER.match(f.strip()[:40]) for f in following))
