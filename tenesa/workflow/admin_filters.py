"""What the administration shows of a procedure and of codes: their words, also where a list is narrowed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


def procedure_words(name: str) -> str:
    """The cases of a procedure in words; the name itself where its model is gone."""
    try:
        return str(capfirst(apps.get_model(name)._meta.verbose_name_plural))
    except (LookupError, ValueError):
        return name


def narrowed_by(
    column: str, label: _StrOrPromise, choices: Callable[[], Iterable[tuple[str, Any]]]
) -> type[admin.SimpleListFilter]:
    """A filter of a list by the words of a column's codes."""

    class ByWords(admin.SimpleListFilter):
        title, parameter_name = label, column

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
            return list(choices())

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            return queryset.filter(**{column: self.value()}) if self.value() is not None else queryset

    return ByWords
