"""Words that threaten, which no script may have that is read to people in arrears (requirements 8.1).

The list is a setting (`SCRIPT_THREATS`); each entry is the beginning of a word, or several words in their order. What
tells agents not to threaten names such words as well: a line that says “jangan” is left out, unless it is read aloud.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from django.conf import settings
from django.utils.translation import gettext as _

from tenesa.accounts.roles import Role

CAREFUL = frozenset({Role.AGENT_CARING})  # who speaks with people in arrears
_FORBIDS = re.compile(r"\b(jangan|dilarang|tidak boleh)\b", re.IGNORECASE)


def threats_in(text: str) -> list[str]:
    """The threatening words of a text as they stand in it, each once."""
    read = "\n".join(line for line in text.splitlines() if line.lstrip().startswith(">") or not _FORBIDS.search(line))
    found = (match[0] for match in _pattern().finditer(re.sub(r"[*_`]", "", read)))
    return list(dict.fromkeys(" ".join(one.casefold().split()) for one in found))


def refused_for(text: str, readers: Collection[str]) -> str:
    """Why these readers may not read the text aloud, in words; "" where they may."""
    found = threats_in(text) if CAREFUL & set(readers) else []
    if not found:
        return ""
    return _("This script threatens (%(words)s). Say it without a threat.") % {"words": ", ".join(found)}


def _pattern() -> re.Pattern[str]:
    starts = (r"\s+".join(re.escape(word) + r"\w*" for word in entry.split()) for entry in settings.SCRIPT_THREATS)
    return re.compile(rf"(?<!\w)(?:{'|'.join(starts)})", re.IGNORECASE)
