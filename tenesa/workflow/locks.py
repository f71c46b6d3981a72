"""Rows of cases are locked in one order, by procedure and number, whoever needs two of them, so that nobody waits in
a circle."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextvars import ContextVar
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from django.apps import apps
from django.db import OperationalError, connection, transaction

from tenesa.workflow import rows
from tenesa.workflow.batched_on_commit import batched
from tenesa.workflow.case import Case

T = TypeVar("T")
Place = tuple[str, int]  # a case in the order of locking: name of its procedure, number
DEADLOCK = "40P01"
TRIES = 3

_held: ContextVar[frozenset[Place]] = ContextVar("held", default=frozenset())


class LockFirst(Exception):
    """A step needs cases that stand before its own: begin again, and lock those first."""

    def __init__(self, places: Collection[Place]) -> None:
        super().__init__(places)
        self.places = frozenset(places)


def in_order(case: Case, work: Callable[[], T]) -> T:
    """Do the work, which locks the case, in a transaction; again where it has to lock others before.

    A batch that locks many cases may still stand in the way; then PostgreSQL ends one of the two, and if it was this
    transaction it is simply done again.
    """
    first: frozenset[Place] = frozenset()
    for last in (*[False] * (TRIES - 1), True):
        token = _held.set(first)
        try:
            with batched(), transaction.atomic():
                if first:
                    _lock(first | {_place(case)})
                return work()
        except LockFirst as others:
            first |= others.places
        except OperationalError as error:
            if last or connection.in_atomic_block or getattr(error.__cause__, "pgcode", "") != DEADLOCK:
                raise
        finally:
            _held.reset(token)
    raise RuntimeError(f"{case}: its step names other cases each time")


def hold(case: Case, others: Iterable[Case]) -> None:
    """Lock other cases beside this one, which is locked; before anything is written.

    A single one that stands after it is left to its own step, which locks and reads it in one round trip.
    """
    mine = _place(case)
    missing = {_place(other) for other in others} - _held.get() - {mine}
    if missing and min(missing) < mine:
        raise LockFirst(missing)
    if len(missing) > 1:
        _lock(missing)


def _place(case: Case) -> Place:
    return case.procedure_name(), case.pk


def _lock(places: Collection[Place]) -> None:
    """In one round trip; each table's statement locks its rows one by one in their order."""
    parts: list[rows.Part] = []
    for procedure, some in groupby(sorted(places), key=itemgetter(0)):
        table = apps.get_model(procedure)._meta.db_table
        sql = f'SELECT 1 FROM "{table}" WHERE id = ANY (%s) ORDER BY id FOR UPDATE'  # noqa: S608 - our own names
        parts.append((sql, [[pk for _procedure, pk in some]]))
    if parts:
        rows.run(parts)
