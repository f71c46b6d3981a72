"""Rows of several models in one question, compiled once: of what a page reads, most time went into writing it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from types import MappingProxyType
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import QuerySet
from django.db.models.query import get_related_populators

from tenesa.workflow.compiled import COMPILED

Read = Callable[[Any], Any]
ARGUMENTS = 100  # that PostgreSQL lets a function have


@dataclass(frozen=True)
class Statement:
    """A queryset written once: the SQL that gives its rows as one array, and how a row becomes an object again."""

    sql: str
    values: tuple[Any, ...]
    model: type[models.Model]
    names: list[str]
    reads: list[Read | None]
    start: int
    related: list[Any]
    annotated: Mapping[str, int]

    @classmethod
    def of(cls, rows: QuerySet[Any]) -> Statement:
        compiler = rows.query.get_compiler(connection=connection)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:
            return cls("NULL", (), rows.model, [], [], 0, [], {})
        select, own = compiler.select, compiler.klass_info["select_fields"]
        columns = [f"c{place}" for place in range(len(select))]
        groups = [", ".join(columns[at : at + ARGUMENTS]) for at in range(0, len(columns), ARGUMENTS)]
        row = ", ".join(f"json_build_array({group})" for group in groups)
        array = f"(SELECT json_agg(json_build_array({row})) FROM ({sql}) AS part({', '.join(columns)}))"  # noqa: S608
        names = [select[place][0].target.attname for place in own]
        reads = [_read(column[0].output_field) for column in select]
        related: list[Any] = get_related_populators(compiler.klass_info, select, connection.alias)  # type: ignore[call-arg, unused-ignore]
        annotated = compiler.annotation_col_map or {}
        return cls(array, tuple(values), rows.model, names, reads, own[0], related, annotated)

    def objects(self, rows: Sequence[list[list[Any]]] | None) -> list[Any]:
        changed = [(place, read) for place, read in enumerate(self.reads) if read is not None]
        end, found = self.start + len(self.names), []
        for groups in rows or ():
            row = list(chain.from_iterable(groups))
            for place, read in changed:
                if row[place] is not None:
                    row[place] = read(row[place])
            one = self.model.from_db(connection.alias, self.names, row[self.start : end])
            for populator in self.related:
                populator.populate(row, one)
            for name, place in self.annotated.items():
                setattr(one, name, row[place])
            found.append(one)
        return found


def _read(field: Any) -> Read | None:
    """What makes of a value in JSON the value that the column has."""
    if isinstance(field, models.DateTimeField):
        return datetime.fromisoformat
    if isinstance(field, models.UUIDField | models.DurationField | models.DateField | models.ForeignKey):
        target = field.target_field if isinstance(field, models.ForeignKey) else field
        return None if isinstance(target, models.CharField | models.IntegerField) else target.to_python
    if isinstance(field, models.BinaryField | models.DecimalField | models.TimeField):
        msg = f"{field} is not read by way of JSON"
        raise TypeError(msg)
    if not isinstance(field, models.JSONField) and hasattr(field, "from_db_value"):
        return lambda value: field.from_db_value(value, None, connection)
    return None


Part = tuple[Hashable, Callable[[], QuerySet[Any]]]
_statements: dict[Hashable, Statement] = {}
STAND_IN = {int, str}


def _statement(key: Hashable, write: Callable[[], QuerySet[Any]]) -> Statement:
    if key not in _statements:
        if len(_statements) >= COMPILED:
            _statements.pop(next(iter(_statements), None), None)
        _statements[key] = Statement.of(write())
    return _statements[key]


def rows_of(parts: Sequence[Part], values: Mapping[Any, Any] = MappingProxyType({})) -> list[list[Any]]:
    """The rows of each part, in its order. Querysets of the same key are the same but for what `values` replaces."""
    statements = [_statement(*part) for part in parts]
    given = [
        values.get(value, value) if type(value) in STAND_IN else value for one in statements for value in one.values
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(one.sql for one in statements)}", given)
        return [one.objects(rows) for one, rows in zip(statements, cursor.fetchone(), strict=True)]
