"""The procedures of this house: every concrete case model, by the name that the platform's tables use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import cast

from django.apps import apps

from tenesa.accounts.models import Actor
from tenesa.workflow.case import Case, CaseQuerySet


@cache
def procedures() -> Mapping[str, type[Case]]:
    return {model.procedure_name(): model for model in apps.get_models() if issubclass(model, Case)}


def visible(procedure: type[Case], actor: Actor) -> CaseQuerySet:
    """The cases of a procedure that this actor may know of."""
    return cast("CaseQuerySet", procedure._default_manager.all()).visible_to(actor)


def has_cases(procedure: type[Case], actor: Actor) -> bool:
    """Whether a case of it was ever theirs to see: who leads another desk begins elsewhere, and gets no card."""
    return visible(procedure, actor).exists()


def unread(procedure: str, pk: int | None) -> Case | None:
    """A case that was not read: it knows its number and its page. None for no case of this house."""
    model = procedures().get(procedure)
    return model(id=pk) if model is not None and pk is not None else None  # type: ignore[misc, unused-ignore]
