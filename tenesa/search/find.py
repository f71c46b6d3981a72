"""Which cases have what was asked for: the newest first, only those that the person may see.

The index alone tells which cases have a rare word, and they are sorted. Of a common word (more than CAP cases) the
newest cases are read one by one until enough have it. Parts of words are looked for only where whole words and
beginnings found too little, so that a common word never costs more than a rare one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from tenesa.accounts.models import User
from tenesa.search.index import home
from tenesa.search.registry import Source, source_of
from tenesa.search.search_query import BEGINNING, SearchQuery

CAP = 2000  # cases that are sorted; above, the newest are looked through
WINDOW = 15_000  # how many of the newest are looked through
FOR_A_LIST = 1000


class _Hit(NamedTuple):
    """In the order of a list: what has the whole words before what has parts of them, then the newest."""

    whole: bool
    at: datetime
    case_id: int


# One question for all procedures: to an index of words "begins with" costs the same whatever stands beside it.
_RARE = f"""
WITH hits AS MATERIALIZED (
     SELECT procedure, at, case_id FROM search_document WHERE words @@ %s::tsquery AND {{where}} LIMIT {CAP + 1}),
ranked AS (
     SELECT *, row_number() OVER (PARTITION BY procedure ORDER BY at DESC, case_id DESC) AS place FROM hits)
SELECT procedure, at, case_id, (SELECT count(*) FROM hits) FROM ranked WHERE place <= %s"""  # noqa: S608
_COMMON = f"""
SELECT at, case_id
  FROM (SELECT at, case_id, words FROM search_document
         WHERE procedure = %s AND {{where}} ORDER BY at DESC, id DESC LIMIT {WINDOW}) AS newest
 WHERE words @@ %s::tsquery ORDER BY at DESC LIMIT %s"""  # noqa: S608
_PARTS = f"""
WITH hits AS MATERIALIZED (
     SELECT at, case_id FROM search_document WHERE procedure = %s AND {{where}} AND {{parts}} LIMIT {CAP})
SELECT at, case_id FROM hits ORDER BY at DESC, case_id DESC LIMIT %s"""  # noqa: S608


@dataclass(frozen=True)
class _Where:
    """One desk of a person, and the areas there."""

    desk: str
    sql: str
    values: list[Any]


def matching(user: User, procedure: str, text: str, limit: int = FOR_A_LIST) -> list[int]:
    """Numbers of the cases that have these words, the newest first; for the procedure's own lists."""
    source = source_of(procedure)
    return find(user, [source], SearchQuery.of(text), limit)[procedure] if source else []


def find(user: User, sources: Sequence[Source], query: SearchQuery, limit: int) -> dict[str, list[int]]:
    """As `matching`, by procedure. Our own number alone finds that case, indexed or not."""
    found: dict[str, list[int]] = {source.procedure: [] for source in sources}
    if not query.terms:
        return found
    for source in sources:
        if (own := query.own_number(source.model.prefix)) is not None:
            return found | {source.procedure: _seen(user, source, [own])}
    hits: dict[str, list[_Hit]] = defaultdict(list)
    mine = [source for source in sources if source.open_to(user)]
    for where in _places(user):
        for procedure, at_this_place in _at(where, mine, query, limit).items():
            hits[procedure] += at_this_place
    for source in mine:
        newest = dict.fromkeys(hit.case_id for hit in sorted(hits[source.procedure], reverse=True))
        found[source.procedure] = _seen(user, source, list(newest)[:limit])
    return found


def _seen(user: User, source: Source, ids: list[int]) -> list[int]:
    seen = set(source.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return [pk for pk in ids if pk in seen]


def _places(user: User) -> Iterator[_Where]:
    areas: dict[str, list[str | None]] = {}
    for _role, desk, area in user.workplaces:
        areas.setdefault(desk, []).append(area)
    for desk, of_desk in areas.items():
        if None in of_desk:
            yield _Where(desk, "desk_id = %s", [desk])
        else:
            yield _Where(desk, "desk_id = %s AND (area_id = ANY (%s) OR area_id IS NULL)", [desk, of_desk])


def _at(where: _Where, sources: Sequence[Source], query: SearchQuery, limit: int) -> dict[str, list[_Hit]]:
    rows: list[Any] = []
    for one in query.queries:
        text = f"'{home(where.desk)}' & {one}"
        if rows := _run(_RARE.format(where=where.sql), [text, *where.values, limit]):
            break
    hits: dict[str, list[_Hit]] = defaultdict(list)
    for procedure, at, case_id, _count in rows:
        hits[procedure].append(_Hit(True, at, case_id))
    common = bool(rows) and rows[0][-1] > CAP
    for source in sources:
        own = hits[source.procedure]
        if common:
            newest = _run(_COMMON.format(where=where.sql), [source.procedure, *where.values, text, limit])
            own[:] = [*(_Hit(True, *row) for row in newest), *(own if len(newest) < limit else ())]
        elif not own or (len(own) < limit and query.may_be_a_part):
            own += _with_parts(source, where, query, limit)
    return hits


def _with_parts(source: Source, where: _Where, query: SearchQuery, limit: int) -> list[_Hit]:
    """Cases that have every term as a part of a number, name, address or subject."""
    terms = [term.likes for term in query.terms]
    if not any(len(part) >= BEGINNING for term in query.terms for part in term.parts):
        return []
    parts = " AND ".join("(" + " OR ".join(["grams LIKE %s"] * len(likes)) + ")" for likes in terms if likes)
    values = [source.procedure, *where.values, *(like for likes in terms for like in likes), limit]
    return [_Hit(False, *row) for row in _run(_PARTS.format(where=where.sql, parts=parts), values)]


def _run(sql: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[Any] = cursor.fetchall()
    return rows
