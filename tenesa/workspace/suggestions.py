"""The next step that the facts ask for, with the reason in words: a table of each desk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.datastructures import MultiValueDict

from tenesa.accounts.roles import Role

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from tenesa.workflow.step import StepForm

KEY = "0"  # takes the suggested step, on every desk


@dataclass(frozen=True)
class Suggestion:
    """In these states this step, where `why` says a reason; it may ask for nothing but what the page has read.

    With `whole` the key takes the step at once where what stands in its fields is complete: for steps whose fields are
    filled by evidence that the reason names. `says` names a field of its form that a second button states, with the
    words of the field: a tick, or what the form proposes there. The key presses that button. `to` are the roles whose
    work it is, where others may take the step as well.
    """

    states: Collection[str]
    step: str
    why: _StrOrPromise | Callable[[Any], str]
    whole: bool = False
    says: str = ""
    to: Collection[Role] = tuple(Role)

    def reason(self, case: Any) -> str:
        return self.why(case) if callable(self.why) else str(self.why)


def suggested(
    table: Iterable[Suggestion], case: Any, offered: Collection[str], roles: Collection[Role] = tuple(Role)
) -> tuple[Suggestion | None, _StrOrPromise]:
    """The first row that holds, whose step is offered and is the work of these roles, and its reason; None and "" where
    there is none."""
    for row in table:
        fits = case.state in row.states and row.step in offered and not set(row.to).isdisjoint(roles)
        if fits and (words := row.reason(case)):
            return row, words
    return None, ""


def is_whole(form: StepForm, says: str = "") -> bool:
    """Would the form be taken as it stands on the page, and with what the button of `says` states? Files, and what else
    a person has to tick, are never there."""
    values = MultiValueDict[str, Any]({says: ["on"]} if says else {})
    for bound in form:
        given = bound.value()
        if given not in (None, ""):
            values.setlist(bound.html_name, list(given) if isinstance(given, list | tuple) else [given])
    return type(form)(values, case=form.case, actor=form.actor).is_valid()
