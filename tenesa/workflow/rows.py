"""The rows that every step reads and writes: the case under lock, its changed columns, the event.

The statements are written here once a model, and a step makes two round trips: all it reads, then all it writes.
Through the ORM a whole step takes 1.5 (by the system) to 3.3 times (one with a clock) as long (ADR-0020).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import connection, transaction
from django.db.models import Field, ForeignKey, Model, QuerySet
from django.db.models.query import get_related_populators

from tenesa.accounts.models import Actor
from tenesa.audit.models import Event
from tenesa.workflow.case import Case
from tenesa.workflow.step import Ahead

C = TypeVar("C", bound=Case)
Part = tuple[str, Sequence[Any]]  # a statement with its values
Related = Callable[[Sequence[Any], Case], None]
AnyField = Field[Any, Any]

_AS_STORED = "_as_stored"  # on a case that was read by `lock`: its columns then
_PRESENCE = "(SELECT state FROM accounts_presence WHERE user_id = %s)"
_DONE_BEFORE = "(SELECT fingerprint FROM audit_event WHERE procedure = %s AND case_id = %s AND key = %s)"


def run(parts: Sequence[Part]) -> tuple[Any, ...] | None:
    """Run statements in one round trip inside a transaction; the first row of the last one's answer, if any."""
    with connection.cursor() as cursor:
        cursor.execute("; ".join(sql for sql, _values in parts), [value for _sql, values in parts for value in values])
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def part(sql: str, values: Mapping[str, Any]) -> Part:
    """One statement with %(names)s instead of %s."""
    text, names = _by_place(sql)
    return text, [values[name] for name in names]


@cache
def _by_place(sql: str) -> tuple[str, tuple[str, ...]]:
    return re.sub(r"%\(\w+\)s", "%s", sql), tuple(re.findall(r"%\((\w+)\)s", sql))


@dataclass(frozen=True)
class Statement(Generic[C]):
    """A SELECT of whole rows of a case's table, compiled once and run often, with the rows that it selects beside."""

    model: type[C]
    sql: str
    related: Related

    @classmethod
    def first_free(cls, cases: QuerySet[C]) -> Statement[C]:
        """The first row of the queryset that no other transaction holds; with `select_related` what stands beside."""
        free = cases.select_for_update(skip_locked=True, of=("self",))[:1]
        compiler = free.query.get_compiler(connection=connection)
        with transaction.atomic(), connection.cursor() as cursor:
            sql, values = compiler.as_sql()
            # with its values written in, PostgreSQL knows which index has such rows
            written = cursor.mogrify(sql, values).decode().replace("%", "%%")
        return cls(cases.model, written.replace(" FROM ", f", {_PRESENCE} FROM ", 1), _related(compiler))

    def lock(self, actor: Actor) -> C | None:
        """The row as a case, locked until the transaction ends."""
        row = run([(self.sql, [actor.pk])])
        if row is None:
            return None
        case = _case_of(self.model, row[: len(_names(self.model))], actor, row[-1])
        self.related(row, case)
        return case


def _related(compiler: Any) -> Related:
    """How the rows beside a case become its related objects."""
    converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
    populators: list[Any] = get_related_populators(compiler.klass_info, compiler.select, connection.alias)  # type: ignore[call-arg, unused-ignore]

    def populate(row: Sequence[Any], case: Case) -> None:
        values = list(next(iter(compiler.apply_converters([row], converters))))
        for populator in populators:
            populator.populate(values, case)

    return populate if populators else lambda _row, _case: None


def lock(model: type[C], pk: int, actor: Actor, key: str | None = None) -> tuple[C | None, str | None]:
    """The case, its row locked until the transaction ends, and the fingerprint of the request done with this key.

    What may change while one waits for the lock is read after it: a twin request has then committed.
    """
    first, then = _lock_statements(model)
    row = run([(first, [pk]), (then, [actor.pk, model.procedure_name(), pk, key, pk])])
    return (None, None) if row is None else (_case_of(model, row[:-2], actor, row[-2]), row[-1])


def _case_of(model: type[C], row: Sequence[Any], actor: Actor, presence: str | None) -> C:
    values = list(row)
    for place, field, converters in _conversions(model):
        for convert in converters:
            values[place] = convert(values[place], field, connection)
    names = _names(model)
    case = model.from_db(connection.alias, names, values)
    setattr(case, _AS_STORED, dict(zip(names, values, strict=True)))
    case.found_presence = (actor.pk, presence)
    return case


def before_step(case: Case) -> Mapping[str, Any]:
    """The columns of a case that is under a step, as they were before it; of a new case none."""
    return getattr(case, _AS_STORED, {})


def write(case: Case, event: Event, *, new: bool, ahead: Sequence[Ahead] = (), added: Sequence[Model] = ()) -> None:
    """Store the case (all columns of a new one, else those that changed), the event, and `added` rows of the case.

    `ahead` runs before. Rows that are added get no number that the database would give.
    """
    parts: list[Part] = [part for one in ahead for part in one.parts]
    for row in (*added, event):
        columns = _insertable(row, _columns(type(row)))
        parts.append((_insert_statement(type(row), columns), [column.stored(row) for column in columns]))
    parts.append(_case_part(case, new=new, given=ahead[-1] if ahead else None))
    event.pk, *given = run(parts) or ()
    if ahead:
        for name, value in zip(ahead[-1].columns, given, strict=True):
            setattr(case, name, value)
    for stored in (case, event, *added):
        stored._state.adding, stored._state.db = False, connection.alias
    setattr(case, _AS_STORED, {name: vars(case)[name] for name in _names(type(case))})


def _case_part(case: Case, *, new: bool, given: Ahead | None) -> Part:
    decided = given.columns if given else ()
    before = None if new else getattr(case, _AS_STORED)
    now = vars(case)
    columns = tuple(column for column in _columns(type(case)) if column.name not in decided)
    if before is None:
        columns = _insertable(case, columns)
    else:
        columns = tuple(column for column in columns if now[column.attname] != before[column.attname])
    sql = _write_statement(type(case), columns, decided, given.given if given else "", new)
    values = [*(given.given_values if given else ()), *(column.stored(case) for column in columns)]
    return sql, values if new else [*values, case.pk]


# --- statements, written once ----------------------------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class Column:
    """A column of a model, with the type that goes to the database as it is."""

    name: str
    attname: str
    placeholder: str
    plain: type | None
    field: AnyField

    def stored(self, row: Model) -> Any:
        value = vars(row)[self.attname]
        if value is None or type(value) is self.plain:
            return value
        return self.field.get_db_prep_save(value, connection)


_PLAIN: dict[str, type] = {
    "CharField": str,
    "TextField": str,
    "BooleanField": bool,
    "BigIntegerField": int,
    "PositiveIntegerField": int,
    "BigAutoField": int,
    "DateTimeField": datetime,
}


def _column(field: AnyField) -> Column:
    target = field.target_field if isinstance(field, ForeignKey) else field
    placeholder = f"%s::{field.db_type(connection)}" if hasattr(field, "get_placeholder") else "%s"
    plain = None if hasattr(field, "get_placeholder") else _PLAIN.get(target.get_internal_type())
    return Column(str(field.column), field.attname, placeholder, plain, field)


@cache
def _columns(model: type[Model]) -> tuple[Column, ...]:
    return tuple(_column(field) for field in model._meta.concrete_fields)


@cache
def _names(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


def _insertable(row: Model, columns: Sequence[Column]) -> tuple[Column, ...]:
    """Without what the database fills in: a number, a default of its own."""
    now = vars(row)
    return tuple(
        column
        for column in columns
        if not (hasattr(now[column.attname], "as_sql") or (now[column.attname] is None and column.field.primary_key))
    )


@cache
def _conversions(model: type[Model]) -> tuple[tuple[int, AnyField, Sequence[Callable[..., Any]]], ...]:
    """The columns that a driver's value does not fit as it is: place, field and converters."""
    found = ((place, field, field.get_db_converters(connection)) for place, field in enumerate(_fields(model)))
    return tuple(one for one in found if one[2])


def _fields(model: type[Model]) -> Sequence[AnyField]:
    return model._meta.concrete_fields


@cache
def _lock_statements(model: type[Case]) -> tuple[str, str]:
    table = model._meta.db_table
    columns = ", ".join(f'"{column.name}"' for column in _columns(model))
    return (
        f'SELECT 1 FROM "{table}" WHERE id = %s FOR UPDATE',  # noqa: S608
        f'SELECT {columns}, {_PRESENCE}, {_DONE_BEFORE} FROM "{table}" WHERE id = %s',  # noqa: S608
    )


@cache
def _insert_statement(model: type[Model], columns: Sequence[Column]) -> str:
    names = ", ".join(f'"{column.name}"' for column in columns)
    values = ", ".join(column.placeholder for column in columns)
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({values})'  # noqa: S608


@cache
def _write_statement(
    model: type[Case], columns: Sequence[Column], decided: Sequence[str], given: str, new: bool
) -> str:
    """INSERT or UPDATE of the case, the `decided` columns from the SELECT, returning the event's number and them."""
    table = model._meta.db_table
    values = [(column.name, column.placeholder) for column in columns]
    values += [(name, f"(SELECT {name} FROM given)") for name in decided]  # noqa: S608
    if new:
        names = ", ".join(f'"{name}"' for name, _value in values)
        places = ", ".join(value for _name, value in values)
        body = f'INSERT INTO "{table}" ({names}) VALUES ({places})'  # noqa: S608
    else:
        assignments = ", ".join(f'"{name}" = {value}' for name, value in values)
        body = f'UPDATE "{table}" SET {assignments} WHERE id = %s'  # noqa: S608
    returned = ", ".join(["currval(pg_get_serial_sequence('audit_event', 'id'))", *decided])
    return (f"WITH given AS ({given}) " if decided else "") + f"{body} RETURNING {returned}"
