"""The next step that the facts ask for, with the reason in words: a table of each desk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

KEY = "0"  # takes the suggested step, on every desk


@dataclass(frozen=True)
class Suggestion:
    """In these states this step, where `why` says a reason; it may ask for nothing but what the page has read."""

    states: Collection[str]
    step: str
    why: _StrOrPromise | Callable[[Any], str]

    def reason(self, case: Any) -> str:
        return self.why(case) if callable(self.why) else str(self.why)


def suggested(table: Iterable[Suggestion], case: Any, offered: Collection[str]) -> tuple[str, str]:
    """Name and reason of the first row that holds and whose step is offered; two empty words where none is."""
    for row in table:
        if case.state in row.states and row.step in offered and (words := row.reason(case)):
            return row.step, words
    return "", ""
