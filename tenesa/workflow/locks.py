"""Rows of a procedure are locked in the order of their numbers, whoever needs two of them, so that nobody waits in
a circle."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextvars import ContextVar
from typing import TypeVar

from django.db import OperationalError, connection, transaction

from tenesa.workflow.case import Case

T = TypeVar("T")
DEADLOCK = "40P01"
TRIES = 3

_held: ContextVar[frozenset[int]] = ContextVar("held", default=frozenset())


class LockFirst(Exception):
    """A step needs cases of lower numbers than its own: begin again, and lock those before it."""

    def __init__(self, pks: Collection[int]) -> None:
        super().__init__(pks)
        self.pks = frozenset(pks)


def in_order(case: Case, work: Callable[[], T]) -> T:
    """Do the work, which locks the case, in a transaction; again where it has to lock others before.

    A batch that locks many cases may still stand in the way; then PostgreSQL ends one of the two, and if it was this
    transaction it is simply done again.
    """
    first: frozenset[int] = frozenset()
    for last in (*[False] * (TRIES - 1), True):
        token = _held.set(first)
        try:
            with transaction.atomic():
                if first:
                    _lock(case, first | {case.pk})
                return work()
        except LockFirst as others:
            first |= others.pks
        except OperationalError as error:
            if last or connection.in_atomic_block or getattr(error.__cause__, "pgcode", "") != DEADLOCK:
                raise
        finally:
            _held.reset(token)
    raise RuntimeError(f"{case}: its step names other cases each time")


def hold(case: Case, others: Collection[int]) -> None:
    """Lock other cases of the procedure beside this one, which is locked; before anything is written."""
    missing = frozenset(others) - _held.get() - {case.pk}
    if missing and min(missing) < case.pk:
        raise LockFirst(missing)
    if missing:
        _lock(case, missing)


def _lock(case: Case, pks: Collection[int]) -> None:
    rows = type(case)._base_manager.filter(pk__in=pks).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk"))
