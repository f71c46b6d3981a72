"""Removal of whole records from the database, each row's hash taken in the statement that deletes it.

Triggers that keep rows append-only are set aside for these statements and these tables alone. Foreign keys are checked
before the transaction goes on, so nothing is left that refers to a row that is gone.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection
from django.db.models import CASCADE, Model
from django.db.models.fields.reverse_related import ForeignObjectRel

from tenesa.mail.models import Blob
from tenesa.retention.dossiers import Dossiers
from tenesa.retention.structure import STAYS, is_cleared, relations
from tenesa.workflow.case import Case


@dataclass(frozen=True)
class Removed:
    """How many rows a record had, and the SHA-256 over "table key hash" of each, sorted, a line each."""

    rows: int
    sha256: str


def remove(dossiers: Dossiers, records: Collection[Any]) -> Mapping[Any, Removed]:
    """Delete these records with all that hangs on them. Raises IntegrityError where something still refers to them."""
    wanted = set(records)
    rows = {model: [pk for pk, record in owned.items() if record in wanted] for model, owned in dossiers.rows.items()}
    rows = {model: pks for model, pks in rows.items() if pks}
    lines: dict[Any, list[str]] = defaultdict(list)
    blobs = _blobs(rows)
    with pgtrigger.ignore(*_triggers(rows)):
        for model, pks in rows.items():
            _forget(model, pks)
            for pk, digest in _delete(model, pks):
                lines[dossiers.rows[model][pk]].append(f"{model._meta.label_lower} {pk} {digest}")
    _check_references()
    _drop_unused(blobs)
    return {record: Removed(len(found), _digest(found)) for record, found in lines.items()}


def _digest(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _triggers(rows: Mapping[type[Model], list[Any]]) -> list[str]:
    """The protections of the tables that lose rows, and of those that merely forget them, by pgtrigger's names."""
    touched = {*rows, *(one.related_model for model in rows for one in relations(model) if is_cleared(one))}
    return [f"{one._meta.label}:{trigger.name}" for one in touched for trigger in getattr(one._meta, "triggers", [])]


def _forget(model: type[Model], pks: list[Any]) -> None:
    """Rows that stay forget those that go; figures keep nothing that leads to a customer."""
    for relation in relations(model):
        if is_cleared(relation):
            relation.related_model._base_manager.filter(**{f"{relation.field.attname}__in": pks}).update(
                **{relation.field.attname: None}
            )
    if issubclass(model, Case):
        for name in STAYS:
            figures = apps.get_model(name)._base_manager.filter(procedure=model._meta.label_lower, case_id__in=pks)
            figures.exclude(reference="").update(reference="")


def _delete(model: type[Model], pks: list[Any]) -> Iterator[tuple[Any, str]]:
    """Delete the rows; (key, SHA-256 of the row as JSON) of each."""
    key = model._meta.pk
    kind = key.rel_db_type(connection)
    sql = (
        f'DELETE FROM "{model._meta.db_table}" AS gone WHERE "{key.column}" = ANY(%s::{kind}[])'  # noqa: S608
        f" RETURNING \"{key.column}\", encode(sha256(convert_to(to_jsonb(gone)::text, 'UTF8')), 'hex')"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [[key.get_prep_value(pk) for pk in pks]])
        found = cursor.fetchall()
    yield from ((key.to_python(pk), digest) for pk, digest in found)


def _check_references() -> None:
    """Every foreign key now, not at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _blobs(rows: Mapping[type[Model], list[Any]]) -> set[str]:
    """Names of the contents that these rows refer to."""
    found: set[str] = set()
    for relation in relations(Blob):
        if pks := rows.get(relation.related_model):
            held = relation.related_model._base_manager.filter(pk__in=pks)
            found.update(held.values_list(relation.field.attname, flat=True))
    return found


def _drop_unused(names: set[str]) -> None:
    """Delete the contents that nobody refers to any more; one content may stand in many mails."""
    unused = Blob.objects.filter(pk__in=names)
    for relation in relations(Blob):
        if not _cascades(relation):
            still = relation.related_model._base_manager.filter(**{f"{relation.field.attname}__in": names})
            unused = unused.exclude(pk__in=list(still.values_list(relation.field.attname, flat=True)))
    unused.delete()


def _cascades(relation: ForeignObjectRel) -> bool:
    return relation.on_delete is CASCADE
