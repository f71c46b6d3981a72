"""What two versions of a text differ in, line by line and word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "added", "removed", "changed", "skipped"]
CONTEXT = 2  # lines that stand unchanged around a change
ALIKE = 0.4  # lines less alike than this are one removed and one added
_WORDS = re.compile(r"\s+|[\w'’-]+|[^\w\s]")


@dataclass(frozen=True)
class Part:
    """Words of a line that both texts have (`same`), or one of them."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Line:
    """A line of either text; `skipped` stands for `count` lines that are the same."""

    kind: Kind
    parts: tuple[Part, ...] = ()
    count: int = 0


def between(old: str, new: str) -> list[Line]:
    """The lines of both texts in their order, those far from any change left out."""
    before, after = old.strip().splitlines(), new.strip().splitlines()
    lines: list[Line] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            lines.extend(Line("same", (Part("same", text),)) for text in before[a:b])
        else:
            lines.extend(_replaced(before[a:b], after[c:d]))
    return list(_folded(lines))


def _replaced(old: list[str], new: list[str]) -> Iterator[Line]:
    """Lines that were changed, each beside the one most like it; then those that only one of the texts has."""
    left = list(new)
    for text in old:
        best = max(left, key=lambda line: _alike(text, line), default="")
        if left and _alike(text, best) >= ALIKE:
            yield from (Line("added", (Part("added", line),)) for line in left[: left.index(best)])
            left = left[left.index(best) + 1 :]
            yield Line("changed", tuple(_words(text, best)))
        else:
            yield Line("removed", (Part("removed", text),))
    yield from (Line("added", (Part("added", line),)) for line in left)


def _alike(old: str, new: str) -> float:
    """0 to 1, by the words alone."""
    return SequenceMatcher(None, old.split(), new.split(), autojunk=False).ratio()


def _words(old: str, new: str) -> Iterator[Part]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Part("same", "".join(before[a:b]))
            continue
        if b > a:
            yield Part("removed", "".join(before[a:b]))
        if d > c:
            yield Part("added", "".join(after[c:d]))


def _folded(lines: list[Line]) -> Iterator[Line]:
    near = [
        any(line.kind != "same" for line in lines[max(0, at - CONTEXT) : at + CONTEXT + 1]) for at in range(len(lines))
    ]
    skipped = 0
    for line, shown in zip(lines, near, strict=True):
        if not shown:
            skipped += 1
            continue
        if skipped:
            yield Line("skipped", count=skipped)
            skipped = 0
        yield line
    if skipped:
        yield Line("skipped", count=skipped)
