"""Clauses in short and terms in full, for every page: read once and kept for some seconds in every process."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from tenesa.documents.models import Clause, Term

LIFE = 60.0  # seconds after which another process's change is seen


@dataclass(frozen=True)
class Words:
    """`clauses` by (document, number): code of the document and text; `terms` by their word: in full."""

    clauses: Mapping[tuple[str, str], tuple[str, str]]
    terms: Mapping[str, str]


_kept: tuple[float, Words] | None = None


def words() -> Words:
    global _kept  # noqa: PLW0603
    if _kept is None or _kept[0] < time.monotonic() - LIFE:
        rows = Clause.objects.values_list("document__short", "number", "document__code", "text")
        terms = dict(Term.objects.exclude(long="").values_list("word", "long"))
        clauses = {(short, number): (code, text) for short, number, code, text in rows}
        _kept = time.monotonic(), Words(clauses, terms)
    return _kept[1]


def forget(**signal: Any) -> None:
    """Read again at the next question, and once more when the change that is being made is committed."""
    global _kept  # noqa: PLW0603
    _kept = None
    if signal:
        transaction.on_commit(forget)
