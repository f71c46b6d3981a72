"""The scripts that agents read aloud (W-26 5.2.5: Knowledge › Script Handling 147 › Way Out; S-19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tenesa.systems.readings import Fields


@dataclass(frozen=True)
class Entry:
    """One script of the tree, without its text. `path` is its place from the top, divided by "/"."""

    path: str
    title: str
    version: str
    published_at: datetime

    @classmethod
    def read(cls, data: Fields) -> Entry:
        return cls(data.text("path"), data.text("title"), data.text("version"), data.moment("published_at"))


@dataclass(frozen=True)
class Script:
    """A published script; `script` is its text in Markdown."""

    path: str
    title: str
    script: str
    version: str
    published_at: datetime

    @classmethod
    def read(cls, data: Fields) -> Script:
        return cls(
            data.text("path"),
            data.text("title"),
            data.text("script"),
            data.text("version"),
            data.moment("published_at"),
        )
