"""Records with all that hangs on them, and what holds them back: read alike for the list and before the removal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Model
from django.utils import timezone

from tenesa.retention import holds
from tenesa.retention.kinds import Kind, members
from tenesa.retention.models import Why
from tenesa.retention.structure import holding, naming, parts, record_of
from tenesa.workflow.case import Case

Reason = tuple[str, str]  # a Why, and the number of what it is about
Record = tuple[str, Any]  # the name of a kind or model, and the key
Sources = dict[Any, set[tuple[type[Model], Any]]]  # by record, the rows that refer to it


@dataclass(frozen=True)
class Ended:
    """Whether a row with an end of its own has ended, and on which day."""

    final: bool
    on: date | None


class Dossiers:
    """Some records of one kind. `rows` has for each table the row and the record that it belongs to.

    `units` are the records with the unit that they are removed in: of a unit all go, or none.
    """

    def __init__(self, kind: Kind, units: Mapping[Any, Any]) -> None:
        self.kind, self.units = kind, units
        self.rows: dict[type[Model], dict[Any, Any]] = {kind.model: {pk: pk for pk in units}}
        self._walk()

    def _walk(self) -> None:
        todo: list[tuple[type[Model], list[Any]]] = [(self.kind.model, list(self.units))]
        while todo:
            model, pks = todo.pop()
            owners = self.rows[model]
            for part in parts(model):
                known = self.rows.setdefault(part.model, {})
                found = {pk: owners[owner] for pk, owner in part.of(model, pks) if pk not in known}
                known.update(found)
                if found:
                    todo.append((part.model, list(found)))

    def lock(self) -> None:
        """Lock these records and every case in them until the transaction ends: nobody takes a step with them."""
        for model, rows in self.rows.items():
            if rows and (model is self.kind.model or issubclass(model, Case)):
                list(model._base_manager.filter(pk__in=list(rows)).order_by("pk").select_for_update().values_list("pk"))

    def ends(self) -> dict[Any, list[tuple[Record, Ended]]]:
        """By record, its own end and those of the rows in it that have one."""
        found: dict[Any, list[tuple[Record, Ended]]] = defaultdict(list)
        for model, rows in self.rows.items():
            one = self.kind.end if model is self.kind.model else members().get(model._meta.label_lower)
            if one is None or not rows:
                continue
            final = ExpressionWrapper(one.final, output_field=BooleanField())
            read = one.prepare(model._base_manager.filter(pk__in=list(rows))).annotate(has_ended=final)
            for pk, has_ended, closed in read.values_list("pk", "has_ended", one.closed):
                found[rows[pk]].append(((model._meta.label_lower, pk), Ended(bool(has_ended), day_of(closed))))
        return found

    def held(self) -> dict[Any, Reason]:
        """By record, the hold that lies on it, on something in it, or on its customer."""
        found: dict[Any, Reason] = {}
        active = holds.active()
        for model, rows in self.rows.items():
            for pk in active.records.get(model._meta.label_lower, frozenset()) & rows.keys():
                found[rows[pk]] = (Why.HOLD, "")
        if self.kind.customer and active.customers:
            mine = self.kind.model._base_manager.filter(pk__in=list(self.units))
            for pk in mine.filter(**{f"{self.kind.customer}__in": active.customers}).values_list("pk", flat=True):
                found[pk] = (Why.HOLD, "")
        return found

    def referrers(self) -> dict[Any, set[Record]]:
        """By record, the other records that refer to it or that it must go with; those of its own unit are none."""
        rows: Sources = defaultdict(set)
        for model, owners in self.rows.items():
            if owners:
                for relation in holding(model):
                    self._refer(relation, owners, rows)
            if owners and issubclass(model, Case):
                self._name(model, owners, rows)
        self._together(rows)
        above: dict[tuple[type[Model], Any], tuple[type[Model], Any]] = {}
        found: dict[Any, set[Record]] = defaultdict(set)
        for root, sources in rows.items():
            for source in sources:
                if source not in above:
                    above[source] = record_of(*source)
                model, pk = above[source]
                if not (model is self.kind.model and self._same_unit(root, pk)):
                    found[root].add((model._meta.label_lower, pk))
        return found

    def _refer(self, relation: Any, owners: Mapping[Any, Any], into: Sources) -> None:
        source, column = relation.related_model, relation.field.attname
        read = source._base_manager.filter(**{f"{column}__in": list(owners)}).values_list("pk", column)
        mine = self.rows.get(source, {})
        for pk, target in read:
            root = owners[target]
            if not (pk in mine and self._same_unit(root, mine[pk])):
                into[root].add((source, pk))

    def _name(self, model: type[Case], owners: Mapping[Any, Any], into: Sources) -> None:
        """Rows of other records that name these cases by number."""
        for source in naming():
            found = source._base_manager.filter(procedure=model.procedure_name(), case_id__in=list(owners))
            for pk, target in found.values_list("pk", "case_id"):
                into[owners[target]].add((source, pk))

    def _together(self, into: Sources) -> None:
        for column in self.kind.together:
            mine = self.kind.model._base_manager.filter(pk__in=list(self.units), **{f"{column}__isnull": False})
            for pk, other in mine.values_list("pk", f"{column}_id"):
                if not self._same_unit(pk, other):
                    into[pk].add((self.kind.model, other))

    def _same_unit(self, one: Any, other: Any) -> bool:
        return other in self.units and self.units[one] == self.units[other]


def day_of(moment: date | None) -> date | None:
    """The local day of a moment or of a date."""
    return timezone.localdate(moment) if isinstance(moment, datetime) else moment


def behind(day: date) -> datetime:
    """The first moment after this day."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def too_young(ends: list[tuple[Record, Ended]], root: Record, until: date) -> tuple[Reason, Record] | None:
    """Why a record with these ends is not due: it, or something in it, is open or was closed after `until`."""
    for record, ended in ends:
        if not ended.final or ended.on is None:
            return (Why.OPEN, "" if record == root else "part"), record
    for record, ended in ends:
        if ended.on is not None and ended.on > until:
            return (Why.YOUNGER, ""), record
    return None
