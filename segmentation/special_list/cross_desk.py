"""Entries as other desks know them: among the cases of their customer."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from segmentation.lists import ListEntry
from tenesa.workspace import cross_desk
from tenesa.workspace.cross_desk import CustomerKeys


def register() -> None:
    cross_desk.register_cases(ListEntry, conditions, related=["customer"])


def conditions(keys: CustomerKeys) -> Iterator[Q]:
    if keys.reference:
        yield Q(customer__reference=keys.reference)
