"""Which cases have what was asked for: the newest first, only those that the person may see.

The index alone tells which cases have a rare word, and they are sorted. Of a common word (more than CAP cases) the
newest cases are read one by one until enough have it. Parts of words are looked for only where whole words and
beginnings found too little, so that a common word never costs more than a rare one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from tenesa.accounts.models import User
from tenesa.search.asked import Asked
from tenesa.search.index import home
from tenesa.search.registry import Source, source_of

CAP = 4000  # cases that are sorted; above, the newest are looked through
WINDOW = 20_000  # how many of the newest are looked through
FOR_A_LIST = 1000


class _Hit(NamedTuple):
    """In the order of a list: what has the whole words before what has parts of them, then the newest."""

    whole: bool
    at: datetime
    case_id: int


_RARE = f"""
WITH hits AS MATERIALIZED (
     SELECT at, case_id FROM search_document WHERE words @@ %s::tsquery AND {{where}} LIMIT {CAP + 1})
SELECT at, case_id, (SELECT count(*) FROM hits) FROM hits ORDER BY at DESC, case_id DESC LIMIT %s"""  # noqa: S608
_COMMON = f"""
SELECT at, case_id
  FROM (SELECT at, case_id, words FROM search_document
         WHERE procedure = %s AND {{where}} ORDER BY at DESC, id DESC LIMIT {WINDOW}) AS newest
 WHERE words @@ %s::tsquery LIMIT %s"""  # noqa: S608
_PARTS = f"""
WITH hits AS MATERIALIZED (
     SELECT at, case_id FROM search_document WHERE procedure = %s AND {{where}} AND {{terms}} LIMIT {CAP})
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
    return find(user, source, Asked.of(text), limit) if source else []


def find(user: User, source: Source, asked: Asked, limit: int) -> list[int]:
    """As `matching`; our own number alone finds that case, indexed or not."""
    if not asked.terms or not source.open_to(user):
        return []
    if (own := asked.own_number(source.model.prefix)) is not None:
        return list(source.visible_to(user).filter(pk=own).values_list("pk", flat=True))
    hits = [hit for where in _places(user) for hit in _of_place(source, where, asked, limit)]
    newest = list(dict.fromkeys(hit.case_id for hit in sorted(hits, reverse=True)))[:limit]
    seen = set(source.visible_to(user).filter(pk__in=newest).values_list("pk", flat=True))
    return [pk for pk in newest if pk in seen]


def _places(user: User) -> Iterator[_Where]:
    areas: dict[str, list[str | None]] = {}
    for _role, desk, area in user.workplaces:
        areas.setdefault(desk, []).append(area)
    for desk, of_desk in areas.items():
        if None in of_desk:
            yield _Where(desk, "desk_id = %s", [desk])
        else:
            yield _Where(desk, "desk_id = %s AND (area_id = ANY (%s) OR area_id IS NULL)", [desk, of_desk])


def _of_place(source: Source, where: _Where, asked: Asked, limit: int) -> list[_Hit]:
    query = " & ".join([f"'{home(source.procedure, where.desk)}'", *(term.query for term in asked.terms)])
    rows = _run(_RARE.format(where=where.sql), [query, *where.values, limit])
    hits = [_Hit(True, at, case_id) for at, case_id, _count in rows]
    if rows and rows[0][2] > CAP:
        newest = _run(_COMMON.format(where=where.sql), [source.procedure, *where.values, query, limit])
        hits = [*(_Hit(True, *row) for row in newest), *(hits if len(newest) < limit else ())]
    elif len(hits) < limit and any(term.parts for term in asked.terms):
        hits += [_Hit(False, *row) for row in _with_parts(source, where, asked, limit)]
    return hits


def _with_parts(source: Source, where: _Where, asked: Asked, limit: int) -> list[Any]:
    """Cases that have each term as a word or as a part of a number, name, address or subject."""
    terms, values = [], []
    for term in asked.terms:
        terms.append("(" + " OR ".join(["words @@ %s::tsquery", *["grams LIKE %s"] * len(term.likes)]) + ")")
        values += [term.query, *term.likes]
    sql = _PARTS.format(where=where.sql, terms=" AND ".join(terms))
    return _run(sql, [source.procedure, *where.values, *values, limit])


def _run(sql: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[Any] = cursor.fetchall()
    return rows
