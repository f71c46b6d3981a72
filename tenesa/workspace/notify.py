"""Whom a step of a case tells of it: what the tables `notices` of the desks are written with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from tenesa.accounts.models import Actor, User
from tenesa.accounts.roles import LEADERS
from tenesa.notices.models import Kind
from tenesa.workspace.step_names import NOTE


@dataclass(frozen=True)
class Change:
    """A step just taken. `case` is as it now is, `before` its columns as they were, by name of the column."""

    case: Any
    actor: Actor
    inputs: Mapping[str, Any]
    before: Mapping[str, Any]


Whom = Callable[[Change], Iterable[int | None]]  # keys of persons; None: nobody


@dataclass(frozen=True)
class Notify:
    kind: Kind
    whom: Whom


def column(name: str) -> Whom:
    """Whoever stands in this column after the step."""
    return lambda change: [getattr(change.case, f"{name}_id")]


def former(name: str) -> Whom:
    """Whoever stood in this column before the step, and stands there no longer."""

    def whom(change: Change) -> Iterable[int | None]:
        before = change.before.get(f"{name}_id")
        return [] if before == getattr(change.case, f"{name}_id") else [before]

    return whom


@cache
def newly(name: str) -> Whom:
    """Whoever stands in this column only since the step; one rule a column, so that `NEW_OWNER` is known again."""

    def whom(change: Change) -> Iterable[int | None]:
        now = getattr(change.case, f"{name}_id")
        return [] if now == change.before.get(f"{name}_id") else [now]

    return whom


def by_a_person(change: Change) -> Iterable[int | None]:
    """The owner, where a person took the step; what follows from another case's step, that case tells."""
    return [change.case.owner_id] if isinstance(change.actor, User) else []


def _mentioned(change: Change) -> Iterable[int | None]:
    return change.inputs.get("mentions") or ()


def _owner_of_noted(change: Change) -> Iterable[int | None]:
    leads = isinstance(change.actor, User) and change.actor.has_role(*LEADERS)
    return [change.case.owner_id] if leads else []


taken, given, returned, acted = (partial(Notify, kind) for kind in (Kind.TAKEN, Kind.GIVEN, Kind.RETURNED, Kind.ACTED))
NEW_OWNER = given(newly("owner"))
CHANGES_HANDS = (taken(former("owner")), NEW_OWNER)
AT_EVERY_DESK: dict[str, tuple[Notify, ...]] = {
    "take_over": CHANGES_HANDS,
    "change_hands": CHANGES_HANDS,
    "assign": CHANGES_HANDS,
    NOTE: (Notify(Kind.MENTIONED, _mentioned), Notify(Kind.NOTED, _owner_of_noted)),
}
