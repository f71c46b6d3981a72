"""What hangs on a record, read from the models: rows that go with it, and rows that hold it back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db.models import CASCADE, SET_NULL, Model
from django.db.models.fields.reverse_related import ForeignObjectRel

from tenesa.retention.kinds import kinds, owning
from tenesa.workflow.case import Case
from tenesa.workflow.procedures import procedures

# Figures of past months stay what they were: a measurement names a case and nothing of its customer.
STAYS = frozenset({"reporting.measurement"})


@dataclass(frozen=True)
class Part:
    """Rows of `model` that belong to their owner, by a foreign key or, where `field` is "", by procedure and number."""

    model: type[Model]
    field: str

    def of(self, owner: type[Model], pks: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
        """(row, its owner) of these owners."""
        rows = self.model._base_manager.all()
        if self.field:
            yield from rows.filter(**{f"{self.field}__in": pks}).values_list("pk", self.field)
        else:
            mine = rows.filter(procedure=owner._meta.label_lower, case_id__in=pks)
            yield from mine.values_list("pk", "case_id")


@cache
def _numbered() -> tuple[type[Model], ...]:
    every = (model for model in apps.get_models() if model._meta.label_lower not in STAYS)
    return tuple(model for model in every if {"procedure", "case_id"} <= {one.name for one in model._meta.fields})


def _elsewhere(model: type[Model]) -> bool:
    return model._meta.label_lower in {name.rpartition(".")[0] for name in owning()}


@cache
def by_number() -> tuple[type[Model], ...]:
    """The tables that name a case by procedure and number, whose rows go with it."""
    return tuple(model for model in _numbered() if not _elsewhere(model))


@cache
def naming() -> tuple[type[Model], ...]:
    """The tables that name a case and are part of another record: the case waits for that one."""
    return tuple(model for model in _numbered() if _elsewhere(model))


def relations(model: type[Model]) -> list[ForeignObjectRel]:
    """Every foreign key that leads to this model, those of hidden tables too."""
    found = model._meta.get_fields(include_hidden=True)
    return [
        one
        for one in found
        if isinstance(one, ForeignObjectRel) and not one.many_to_many and not one.field.many_to_many
    ]


def belongs(relation: ForeignObjectRel) -> bool:
    """Whether rows at the other end of this relation are part of the record."""
    name = f"{relation.related_model._meta.label_lower}.{relation.field.name}"
    return relation.on_delete is CASCADE or name in owning()


def is_cleared(relation: ForeignObjectRel) -> bool:
    """Whether the row at the other end stays and merely forgets this one."""
    return relation.on_delete is SET_NULL


@cache
def parts(model: type[Model]) -> tuple[Part, ...]:
    """What hangs on a row of this model."""
    found = [Part(one.related_model, one.field.attname) for one in relations(model) if belongs(one)]
    if issubclass(model, Case):
        found += [Part(one, "") for one in by_number()]
    return tuple(found)


@cache
def holding(model: type[Model]) -> tuple[ForeignObjectRel, ...]:
    """The relations by which a row of another record may still refer to this one."""
    return tuple(one for one in relations(model) if not belongs(one) and not is_cleared(one))


@cache
def tables(name: str) -> tuple[type[Model], ...]:
    """Every table in which a record of this kind has rows."""
    seen = {kinds()[name].model: None}
    todo = list(seen)
    while todo:
        for part in parts(todo.pop()):
            if part.model not in seen:
                seen[part.model] = None
                todo.append(part.model)
    return tuple(seen)


@cache
def owners() -> dict[type[Model], str]:
    """By which foreign key a row that is no record of its own belongs to one."""
    roots = {kind.model for kind in kinds().values()}
    found: dict[type[Model], str] = {}
    for name in kinds():
        for model in tables(name):
            for part in parts(model):
                if part.field and part.model not in roots:
                    found.setdefault(part.model, part.field)
    return found


def record_of(model: type[Model], pk: Any) -> tuple[type[Model], Any]:
    """The record in which a row stands: from owner to owner; the row itself where it has none."""
    while True:
        row = model._base_manager.filter(pk=pk)
        if model in by_number():
            place = row.values_list("procedure", "case_id").first()
            if place and place[1] is not None and place[0] in procedures():
                model, pk = procedures()[place[0]], place[1]
                continue
        column = owners().get(model)
        above = row.values_list(column, flat=True).first() if column else None
        if column is None or above is None:
            return model, pk
        model, pk = model._meta.get_field(column).related_model, above  # type: ignore[assignment, unused-ignore]


@cache
def in_order() -> tuple[str, ...]:
    """Names of the kinds; one that refers to another comes before it."""
    roots = {kind.model: name for name, kind in kinds().items()}
    graph: TopologicalSorter[str] = TopologicalSorter()
    table_of: dict[type[Model], set[str]] = {}
    for name in kinds():
        for model in tables(name):
            table_of.setdefault(model, set()).add(name)
    for name in sorted(kinds()):
        graph.add(name)
        for model in tables(name):
            if model in by_number() and model is not kinds()[name].model:
                continue  # rows of each case's own
            for relation in holding(model):
                source = relation.related_model
                named = {roots[source]} if source in roots else table_of.get(source, set())
                for other in named - {name}:
                    graph.add(name, other)
        if issubclass(kinds()[name].model, Case):
            for other in set().union(*(table_of.get(source, set()) for source in naming())) - {name}:
                graph.add(name, other)
    return tuple(graph.static_order())


def forget() -> None:
    """Read anew; for tests that register kinds."""
    for one in (_numbered, by_number, naming, parts, holding, tables, owners, in_order):
        one.cache_clear()
