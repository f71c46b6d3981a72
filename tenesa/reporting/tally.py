"""The tallies by day and by month, kept by differences in the transaction of the measurements, or added up anew."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from tenesa.reporting.buckets import BOUNDS, COUNT, bucket_of
from tenesa.reporting.models import Measurement

Cell = tuple[Any, ...]
_KEY = ("kpi", "day", "desk_id", "area_id", "team_id", "agent_id", "segment", "part")
_COLUMNS = ", ".join(_KEY)
_COLUMNS_OF = _COLUMNS.replace("day", "{day}")
_MONTH = "date_trunc('month', day)::date"

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
_EMPTY_CELLS = f"""{_DELTA} INSERT INTO {{table}} ({_COLUMNS}, total, met, seconds, buckets)
    SELECT {_COLUMNS}, 0, 0, 0, '{{{{}}}}' FROM delta ON CONFLICT DO NOTHING"""  # noqa: S608
_ADD = f"""{_DELTA} UPDATE {{table}} t
    SET total = t.total + d.total, met = t.met + d.met, seconds = t.seconds + d.seconds,
        buckets = CASE WHEN d.buckets = '{{{{}}}}' THEN t.buckets ELSE (
            SELECT CASE WHEN sum(abs(n)) = 0 THEN '{{{{}}}}' ELSE array_agg(n ORDER BY place) END FROM (
                SELECT coalesce(a, 0) + coalesce(b, 0) AS n, place
                  FROM unnest(t.buckets, d.buckets) WITH ORDINALITY AS both_of(a, b, place)) added) END
   FROM delta d WHERE {_SAME}"""  # noqa: S608
_DROP_EMPTY = f"{_DELTA} DELETE FROM {{table}} t USING delta d WHERE {_SAME} AND t.total = 0"  # noqa: S608

_THRESHOLDS = ", ".join(str(bound + 1) for bound in BOUNDS)  # the bounds are inclusive
_BUCKETS = ", ".join(f"count(*) FILTER (WHERE place = {place})" for place in range(COUNT))
_COUNTED = f"""
    SELECT {_COLUMNS_OF}, count(*)::integer, (count(*) FILTER (WHERE met))::integer, coalesce(sum(seconds), 0)::bigint,
           CASE WHEN count(seconds) = 0 THEN '{{{{}}}}' ELSE ARRAY[{_BUCKETS}]::integer[] END
      FROM (SELECT *, width_bucket(seconds, ARRAY[{_THRESHOLDS}]) AS place FROM reporting_measurement) m
     GROUP BY {_COLUMNS_OF}"""  # noqa: S608


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


@dataclass(frozen=True)
class Kept:
    """A table of sums: what it makes of a measurement's day, and the same in SQL."""

    table: str
    day: Callable[[date], date]
    sql_day: str

    @property
    def counted(self) -> str:
        return _COUNTED.format(day=self.sql_day)


KEPT = (
    Kept("reporting_tally", lambda day: day, "day"),
    Kept("reporting_monthly", lambda day: day.replace(day=1), _MONTH),
)


def add(rows: Collection[Measurement], *, less: Collection[Measurement] = ()) -> None:
    """Count these rows in, and those `less` out."""
    for kept in KEPT:
        sums: defaultdict[Cell, Sum] = defaultdict(Sum)
        for sign, some in ((1, rows), (-1, less)):
            for row in some:
                kpi, day, *others = (getattr(row, name) for name in _KEY)
                sums[kpi, kept.day(day), *others].count(row, sign)
        cells = [dict(zip(_KEY, cell, strict=True)) | vars(one) for cell, one in sums.items() if one]
        if cells:
            _run(kept, json.dumps(cells, default=str))


def rebuild() -> None:
    with connection.cursor() as cursor:
        for kept in KEPT:
            cursor.execute(f"DELETE FROM {kept.table}")  # noqa: S608
            cursor.execute(f"INSERT INTO {kept.table} ({_COLUMNS}, total, met, seconds, buckets) {kept.counted}")


def counted(kept: Kept = KEPT[0]) -> list[Cell]:
    """What the measurements add up to."""
    return _cells(kept.counted)


def stored(kept: Kept = KEPT[0]) -> list[Cell]:
    return _cells(f"SELECT {_COLUMNS}, total, met, seconds, buckets FROM {kept.table}")  # noqa: S608


def _cells(sql: str) -> list[Cell]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [(*row[:-1], tuple(row[-1])) for row in cursor.fetchall()]


def _run(kept: Kept, cells: str) -> None:
    with connection.cursor() as cursor:
        for statement in (_EMPTY_CELLS, _ADD, _DROP_EMPTY):
            cursor.execute(statement.format(table=kept.table), {"cells": cells})
