"""Clauses in short and terms in full, for every page: read once and kept for some seconds in every process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tenesa.documents.models import Clause, Term
from tenesa.remembered import Remembered


@dataclass(frozen=True)
class Words:
    """`clauses` by (document, number): code of the document and text; `terms` by their word: in full."""

    clauses: Mapping[tuple[str, str], tuple[str, str]]
    terms: Mapping[str, str]


def _read() -> Words:
    rows = Clause.objects.values_list("document__short", "number", "document__code", "text")
    terms = dict(Term.objects.exclude(long="").values_list("word", "long"))
    return Words({(short, number): (code, text) for short, number, code, text in rows}, terms)


words = Remembered(_read, seconds=60)
forget = words.forget
