"""The rows that every step reads and writes: the case under lock, its changed columns, the event.

The statements are written here once a model. Building them anew through the ORM for every step costs several times
what PostgreSQL needs to run them, and case and event go out together in one round trip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Field, Model, QuerySet

from tenesa.audit.models import Event
from tenesa.workflow.case import Case

C = TypeVar("C", bound=Case)
AnyField = Field[Any, Any]

_AS_STORED = "_as_stored"  # on a case that was read by `lock`: its values then, in the order of its fields


@dataclass(frozen=True)
class Statement(Generic[C]):
    """A SELECT of whole rows of a case's table, compiled once and run often."""

    model: type[C]
    sql: str
    values: tuple[Any, ...]

    @classmethod
    def first_free(cls, cases: QuerySet[C]) -> Statement[C]:
        """The first row of the queryset that no other transaction holds. Compiled in a transaction, as it locks."""
        sql, values = cases.select_for_update(skip_locked=True, of=("self",))[:1].query.sql_with_params()
        return cls(cases.model, sql, tuple(values))

    def lock(self) -> C | None:
        """The row as a case, locked until the transaction ends."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.values)
            row = cursor.fetchone()
        return None if row is None else _case_of(self.model, row)


def lock(model: type[C], pk: int) -> C | None:
    """The case, its row locked until the transaction ends."""
    return Statement(model, _lock_statement(model), (pk,)).lock()


def _case_of(model: type[C], row: Sequence[Any]) -> C:
    fields = model._meta.concrete_fields
    values = [_from_database(field, value) for field, value in zip(fields, row, strict=True)]
    case = model.from_db(connection.alias, [field.attname for field in fields], values)
    setattr(case, _AS_STORED, values)
    return case


def has_key(case: Case, key: str) -> bool:
    """Was an event of this case written with this key? Asked under lock: a twin request has committed or waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM audit_event WHERE procedure = %s AND case_id = %s AND key = %s)",
            [case.procedure_name(), case.pk, key],
        )
        return bool(cursor.fetchone()[0])


def write(case: Case, event: Event, *, new: bool) -> None:
    """Store the case (all columns of a new one, else those that changed) and the event."""
    fields = case._meta.concrete_fields
    values = [getattr(case, field.attname) for field in fields]
    before = None if new else getattr(case, _AS_STORED)
    changed = [
        (field, value)
        for place, (field, value) in enumerate(zip(fields, values, strict=True))
        if before is None or value != before[place]
    ]
    case_statement, case_values = _insert(case, changed) if new else _update(case, changed)
    event_fields = _event_fields()
    event_values = [_to_database(field, getattr(event, field.attname)) for field in event_fields]
    with connection.cursor() as cursor:
        cursor.execute(f"{case_statement}; {_event_statement()}", [*case_values, *event_values])
        event.pk = cursor.fetchone()[0]
    for row in (case, event):
        row._state.adding, row._state.db = False, connection.alias
    setattr(case, _AS_STORED, values)


def _insert(case: Case, columns: Sequence[tuple[AnyField, Any]]) -> tuple[str, list[Any]]:
    return _insert_statement(type(case)), [_to_database(field, value) for field, value in columns]


def _update(case: Case, columns: Sequence[tuple[AnyField, Any]]) -> tuple[str, list[Any]]:
    assignments = ", ".join(f'"{field.column}" = {_placeholder(field)}' for field, _value in columns)
    values = [_to_database(field, value) for field, value in columns]
    return f'UPDATE "{case._meta.db_table}" SET {assignments} WHERE id = %s', [*values, case.pk]  # noqa: S608


@cache
def _lock_statement(model: type[Case]) -> str:
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
    return f'SELECT {columns} FROM "{model._meta.db_table}" WHERE id = %s FOR UPDATE'  # noqa: S608


@cache
def _event_fields() -> list[AnyField]:
    return [field for field in Event._meta.concrete_fields if not field.primary_key]


@cache
def _event_statement() -> str:
    return f"{_insert_into(Event, _event_fields())} RETURNING id"


@cache
def _insert_statement(model: type[Case]) -> str:
    return _insert_into(model, model._meta.concrete_fields)


def _insert_into(model: type[Model], fields: Sequence[AnyField]) -> str:
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({", ".join(map(_placeholder, fields))})'  # noqa: S608


def _placeholder(field: AnyField) -> str:
    return f"%s::{field.db_type(connection)}" if hasattr(field, "get_placeholder") else "%s"


def _to_database(field: AnyField, value: Any) -> Any:
    return field.get_db_prep_save(value, connection)


def _from_database(field: AnyField, value: Any) -> Any:
    for convert in _converters(field):
        value = convert(value, None, connection)
    return value


@cache
def _converters(field: AnyField) -> list[Any]:
    return field.get_db_converters(connection)
