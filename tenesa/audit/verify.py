"""Reading the chain again: every hash, every link, no gap, and the case's own record of its end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from django.apps import apps
from django.db.models import Exists, Model, OuterRef

from tenesa.audit.models import Event


def broken_links() -> Iterator[str]:
    """Yield one sentence for each fault found in any case's history; nothing when all is well."""
    events = Event.objects.order_by("procedure", "case_id", "seq").iterator(chunk_size=2000)
    for (procedure, case_id), chain in groupby(events, key=attrgetter("procedure", "case_id")):
        yield from _chain_faults(procedure, case_id, list(chain))
    for model in apps.get_models():
        if {"version", "chain"} <= {field.name for field in model._meta.fields}:
            yield from _cases_without_history(model)


def _cases_without_history(model: type[Model]) -> Iterator[str]:
    name = model._meta.label_lower
    told = Event.objects.filter(procedure=name, case_id=OuterRef("pk"))
    for pk in model._base_manager.exclude(Exists(told)).values_list("pk", flat=True):
        yield f"{name} {pk}: has no history"


def _chain_faults(procedure: str, case_id: int, chain: list[Event]) -> Iterator[str]:
    previous = ""
    for number, event in enumerate(chain, start=1):
        if event.seq != number:
            yield f"{procedure} {case_id}: event {number} is missing"
            return
        if event.previous_hash != previous or event.hash != event.digest():
            yield f"{procedure} {case_id}: event {number} was changed"
            return
        previous = event.hash
    case = apps.get_model(procedure)._base_manager.filter(pk=case_id).values_list("version", "chain").first()
    if case != (len(chain), previous):
        yield f"{procedure} {case_id}: the case does not end where its history ends"
