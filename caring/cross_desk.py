"""Prospects and results as other desks know them: those of a customer."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from caring.models import CaringResult, Prospect
from tenesa.workspace import cross_desk
from tenesa.workspace.cross_desk import CustomerKeys


def register() -> None:
    cross_desk.register_cases(Prospect, _of_customer)
    cross_desk.register_cases(CaringResult, _results)


def _of_customer(keys: CustomerKeys) -> Iterator[Q]:
    if keys.reference:
        yield Q(ncli=keys.reference)
    if keys.services:
        yield Q(fastel__in=list(keys.services))


def _results(keys: CustomerKeys) -> Iterator[Q]:
    if keys.reference:
        yield Q(ncli=keys.reference)
