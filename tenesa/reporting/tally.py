"""The daily tally, kept by differences in the transaction of the measurements, or added up from nothing."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from tenesa.reporting.buckets import BOUNDS, COUNT, bucket_of
from tenesa.reporting.models import Measurement

Cell = tuple[Any, ...]
_KEY = ("kpi", "day", "desk_id", "area_id", "team_id", "agent_id", "segment", "part")
_COLUMNS = ", ".join(_KEY)

_DELTA = """
WITH delta AS (SELECT * FROM jsonb_to_recordset(%(cells)s::jsonb) AS d(
    kpi text, day date, desk_id text, area_id text, team_id bigint, agent_id bigint, segment text, part text,
    total integer, met integer, seconds bigint, buckets integer[]))
"""
# "IS NOT DISTINCT FROM" finds no index: the others lead to the row, these choose among the few that are left.
_SAME = """
    t.kpi = d.kpi AND t.desk_id = d.desk_id AND t.day = d.day AND t.segment = d.segment AND t.part = d.part
    AND t.agent_id IS NOT DISTINCT FROM d.agent_id AND t.team_id IS NOT DISTINCT FROM d.team_id
    AND t.area_id IS NOT DISTINCT FROM d.area_id"""
_EMPTY_CELLS = f"""{_DELTA} INSERT INTO reporting_tally ({_COLUMNS}, total, met, seconds, buckets)
    SELECT {_COLUMNS}, 0, 0, 0, '{{}}' FROM delta ON CONFLICT DO NOTHING"""  # noqa: S608
_ADD = f"""{_DELTA} UPDATE reporting_tally t
    SET total = t.total + d.total, met = t.met + d.met, seconds = t.seconds + d.seconds,
        buckets = CASE WHEN d.buckets = '{{}}' THEN t.buckets ELSE (
            SELECT CASE WHEN sum(abs(n)) = 0 THEN '{{}}' ELSE array_agg(n ORDER BY place) END FROM (
                SELECT coalesce(a, 0) + coalesce(b, 0) AS n, place
                  FROM unnest(t.buckets, d.buckets) WITH ORDINALITY AS both_of(a, b, place)) added) END
   FROM delta d WHERE {_SAME}"""  # noqa: S608
_DROP_EMPTY = f"{_DELTA} DELETE FROM reporting_tally t USING delta d WHERE {_SAME} AND t.total = 0"  # noqa: S608

_THRESHOLDS = ", ".join(str(bound + 1) for bound in BOUNDS)  # the bounds are inclusive
_BUCKETS = ", ".join(f"count(*) FILTER (WHERE place = {place})" for place in range(COUNT))
_COUNTED = f"""
    SELECT {_COLUMNS}, count(*)::integer, (count(*) FILTER (WHERE met))::integer, coalesce(sum(seconds), 0)::bigint,
           CASE WHEN count(seconds) = 0 THEN '{{}}' ELSE ARRAY[{_BUCKETS}]::integer[] END
      FROM (SELECT *, width_bucket(seconds, ARRAY[{_THRESHOLDS}]) AS place FROM reporting_measurement) m
     GROUP BY {_COLUMNS}"""  # noqa: S608


@dataclass
class Sum:
    total: int = 0
    met: int = 0
    seconds: int = 0
    buckets: list[int] = field(default_factory=list)

    def count(self, row: Measurement, sign: int) -> None:
        self.total += sign
        self.met += sign * bool(row.met)
        if row.seconds is not None:
            self.seconds += sign * row.seconds
            self.buckets = self.buckets or [0] * COUNT
            self.buckets[bucket_of(row.seconds)] += sign

    def __bool__(self) -> bool:
        return any((self.total, self.met, self.seconds, *self.buckets))


def add(rows: Iterable[Measurement], *, less: Iterable[Measurement] = ()) -> None:
    """Count these rows in, and those `less` out."""
    sums: defaultdict[Cell, Sum] = defaultdict(Sum)
    for sign, some in ((1, rows), (-1, less)):
        for row in some:
            sums[tuple(getattr(row, name) for name in _KEY)].count(row, sign)
    cells = [dict(zip(_KEY, cell, strict=True)) | vars(one) for cell, one in sums.items() if one]
    if cells:
        _run((_EMPTY_CELLS, _ADD, _DROP_EMPTY), json.dumps(cells, default=str))


def rebuild() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reporting_tally")
        cursor.execute(f"INSERT INTO reporting_tally ({_COLUMNS}, total, met, seconds, buckets) {_COUNTED}")


def counted() -> list[Cell]:
    """What the measurements add up to."""
    return _cells(_COUNTED)


def stored() -> list[Cell]:
    return _cells(f"SELECT {_COLUMNS}, total, met, seconds, buckets FROM reporting_tally")  # noqa: S608


def _cells(sql: str) -> list[Cell]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [(*row[:-1], tuple(row[-1])) for row in cursor.fetchall()]


def _run(statements: Sequence[str], cells: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, {"cells": cells})
