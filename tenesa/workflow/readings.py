"""What is read of a case: each kind of row once a page, and all kinds that a page wants in one question."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import ForeignKey, IntegerField, QuerySet

from tenesa.workflow.at_once import rows_of
from tenesa.workflow.case import Case


@dataclass(frozen=True)
class Reading:
    """Rows that belong to a case; `rows` asks it for nothing but its own columns and its family."""

    name: str
    rows: Callable[[Any], QuerySet[Any]]

    def of(self, case: Case) -> list[Any]:
        return case.once(self.name, lambda: list(self.rows(case)))


def gather(case: Case, readings: Iterable[Reading]) -> None:
    """Read these together, for whoever asks `Reading.of` after it."""
    wanted, family = list(readings), case.family()
    pattern, values = _pattern(case, family)
    parts = [((type(case), len(family), one.name), partial(one.rows, pattern)) for one in wanted]
    for one, found in zip(wanted, rows_of(parts, values), strict=True):
        case.once(one.name, partial(_linked, case, found))


def _linked(case: Case, found: list[Any]) -> list[Any]:
    """Rows with a key to the case know it without asking."""
    for field in found[0]._meta.concrete_fields if found else ():
        if field.related_model is type(case):
            for row in found:
                if getattr(row, field.attname) == case.pk:
                    setattr(row, field.name, case)
    return found


def _pattern(case: Case, family: list[int]) -> tuple[Case, dict[int, Any]]:
    """A case whose numbers stand for those of any: statements are written for it once; and what they stand for."""
    fresh: Iterator[int] = iter(range(-2_000_000_000, 0))
    values: dict[int, Any] = {next(fresh): one for one in family}
    pattern = type(case)()
    pattern.pk = next(iter(values))
    pattern.once("family", lambda: list(values)[: len(family)])
    for field in case._meta.concrete_fields:
        if isinstance(field, ForeignKey) and isinstance(field.target_field, IntegerField):
            number = next(fresh)
            setattr(pattern, field.attname, number)
            values[number] = getattr(case, field.attname)
    return pattern, values
