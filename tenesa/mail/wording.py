"""Patterns made of many wordings, written one by one so that they can be read and added to."""

from __future__ import annotations

import re


def any_of(*words: str, before: str = "", after: str = "") -> re.Pattern[str]:
    """One pattern of several wordings, whatever the case of letters; the wording itself is group 1."""
    return re.compile(f"{before}({'|'.join(words)}){after}", re.IGNORECASE)
