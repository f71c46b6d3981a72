"""Readable text of HTML. Linear time: what is large or hostile is stripped by a plain rule instead of laid out."""

from __future__ import annotations

import re
from html import unescape

from inscriptis import get_text
from inscriptis.model.config import ParserConfig

MAX_HTML = 2_000_000
_HTML_BY_LIBRARY = 200_000
TAG = re.compile(r"<[^<>]{0,2000}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d|p|div|tr|li)\b[^<>]{0,500}>", re.I)
_QUOTE_OPENS = re.compile(r"<blockquote\b[^<>]{0,2000}>", re.IGNORECASE)
_QUOTE_CLOSES = re.compile(r"</blockquote\s{0,10}>", re.IGNORECASE)
_RULE = re.compile(r"<hr\b[^<>]{0,500}>", re.IGNORECASE)
_OPENED, _CLOSED = "\ue0f0", "\ue0f1"  # private letters that no mail shows
_HIDDEN = re.compile(r"<(script|style|head|title)\b", re.IGNORECASE)
_PARSER_CONFIG = ParserConfig()


def html_to_text(html: str) -> str:
    """Readable text of HTML; what stands in a <blockquote> gets the ">" that a plain mail would have."""
    marked = _QUOTE_OPENS.sub(rf"\g<0><div>{_OPENED}</div>", html.replace(_OPENED, "").replace(_CLOSED, ""))
    marked = _QUOTE_CLOSES.sub(rf"<div>{_CLOSED}</div>\g<0>", _RULE.sub("<div>----------</div>", marked))
    return _quoted_lines(_laid_out(marked))


def _quoted_lines(text: str) -> str:
    if _OPENED not in text:
        return text.strip()
    lines: list[tuple[int, str]] = []
    depth = 0
    for line in text.split("\n"):
        depth += line.count(_OPENED)
        bare = line.replace(_OPENED, "").replace(_CLOSED, "")
        if bare.strip() or bare == line:
            lines.append((min(depth, 20), bare))
        depth = max(0, depth - line.count(_CLOSED))
    least = min((level for level, line in lines if line.strip()), default=0)  # all in one quote is no quote
    return "\n".join(">" * (level - least) + " " * (level > least) + line for level, line in lines).strip()


def _laid_out(html: str) -> str:
    """Large or hostile HTML is stripped by the plain rule instead of laid out."""
    if len(html) <= _HTML_BY_LIBRARY and html.lower().count("<table") < 200:
        try:
            return str(get_text(html, _PARSER_CONFIG)).strip()
        except (ValueError, RecursionError, AssertionError, IndexError, KeyError, TypeError, AttributeError):
            pass
    bare = _without_hidden(html[:MAX_HTML])
    lines = unescape(TAG.sub("", _BREAK.sub("\n", bare))).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())


def _without_hidden(html: str) -> str:
    """Without scripts, styles and the head; one that is never closed hides nothing."""
    lower = html.lower()
    kept: list[str] = []
    position = 0
    unclosed: set[str] = set()
    for match in _HIDDEN.finditer(lower):
        name = match[1]
        if match.start() < position or name in unclosed:
            continue
        end = lower.find(f"</{name}", match.end())
        if end < 0:
            unclosed.add(name)
            continue
        kept.append(html[position : match.start()])
        position = end
    return " ".join([*kept, html[position:]])
