"""The results of a search: grouped by procedure, each with the place where it matched and a few words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from tenesa.accounts.models import User
from tenesa.audit.masking import mask
from tenesa.contact.numbers import telephone
from tenesa.search import normal
from tenesa.search.find import find
from tenesa.search.index import pieces_of
from tenesa.search.registry import Line, Piece, Source, sources
from tenesa.search.search_query import SearchQuery

AROUND = 60  # characters shown on each side of a match
_PRIVATE = re.compile(rf"(?:{normal.ADDRESS.pattern.partition('|')[0]})|(?:{normal.NUMBER.pattern})", re.IGNORECASE)


@dataclass(frozen=True)
class Match:
    """One case; `where` and `snippet` are "" where only the stem of a word matched in what is not shown."""

    pk: int
    line: Line
    where: str = ""
    snippet: SafeString = SafeString("")  # noqa: RUF009 - a constant


@dataclass(frozen=True)
class Group:
    """The cases of one procedure; `more` tells that there are others."""

    source: Source
    matches: Sequence[Match]
    more: bool


def search(user: User, text: str, limit: int = 20, procedure: str = "") -> list[Group]:
    """Cases of every procedure, or of one, that have all the words; procedures without any are left out."""
    query = SearchQuery.of(text)
    wanted = [source for source in sources() if procedure in {"", source.procedure}]
    found = find(user, wanted, query, limit + 1)
    return [_group(user, source, found[source.procedure], query, limit) for source in wanted if found[source.procedure]]


def _group(user: User, source: Source, ids: Sequence[int], query: SearchQuery, limit: int) -> Group:
    return Group(source, list(_shown(user, source, ids[:limit], query)), len(ids) > limit)


def _shown(user: User, source: Source, ids: Sequence[int], query: SearchQuery) -> Iterator[Match]:
    cases = source.visible_to(user).select_related(*source.related).in_bulk(ids)
    pieces = pieces_of(source, ids)
    for pk in ids:
        if pk in cases:
            yield _explained(pk, source.line(cases[pk]), pieces[pk], query)


def _explained(pk: int, line: Line, pieces: Sequence[Piece], query: SearchQuery) -> Match:
    """Told of the place that has most of the terms; of equal ones the first."""
    best, most = None, 0
    for piece in pieces:
        number = sum(1 for look in query.looks if look.search(piece.text))
        if number > most:
            best, most = piece, number
    if best is None:
        return Match(pk, line)
    return Match(pk, line, str(best.place.label), highlighted(best.text, query))


def highlighted(text: str, query: SearchQuery) -> SafeString:
    """The words around the first match, matches marked, private addresses and telephone numbers half hidden."""
    flat = " ".join(text.split())
    spans = sorted(match.span() for look in query.looks for match in look.finditer(flat))
    if not spans:
        return SafeString("")
    start, end = max(0, spans[0][0] - AROUND), min(len(flat), spans[0][1] + AROUND)
    private = [match.span() for match in _PRIVATE.finditer(flat) if _is_private(match[0])]
    start, end = (
        min([start, *(a for a, b in private if a < start < b)]),
        max([end, *(b for a, b in private if a < end < b)]),
    )
    is_marked = partial(_overlaps, spans)
    parts, at = ["…" if start else ""], start
    for one in _cuts(private, spans, start, end):
        parts.append(escape(flat[at : one[0]]))
        shown = escape(mask(flat[slice(*one)]) if one in private else flat[slice(*one)])
        parts.append(f"<mark>{shown}</mark>" if is_marked(one) else shown)
        at = one[1]
    parts.append(escape(flat[at:end]) + ("…" if end < len(flat) else ""))
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped


Span = tuple[int, int]


def _cuts(private: Sequence[Span], spans: Sequence[Span], start: int, end: int) -> Iterator[Span]:
    """Private spans and marks between start and end, in order, none over another; a private one is never cut."""
    free = [span for span in spans if not _overlaps(private, span)]
    at = start
    for one in sorted([*private, *free]):
        if one[0] >= at and one[1] <= end:
            yield one
            at = one[1]


def _overlaps(spans: Sequence[Span], one: Span) -> bool:
    return any(a < one[1] and one[0] < b for a, b in spans)


def _is_private(text: str) -> bool:
    return "@" in text or bool(telephone(re.sub(r"\D", "", text)))
