"""What somebody let go, or the system took back from them, and it waits as before: it goes to others first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.cache import cache

from tenesa.workflow.step import Step
from tenesa.workspace.desk import Desk
from tenesa.workspace.notify import NEW_OWNER
from tenesa.workspace.step_names import LETS_GO

KEPT_FOR = 15 * 60  # seconds; it may have moved on meanwhile
KEPT = 20  # of one person


def gives(desk: Desk) -> list[Step]:
    """The steps by which a case comes to a new owner, who hears of it."""
    return [step for name, step in desk.steps.items() if NEW_OWNER in desk.notices.get(name, ())]


def is_back(desk: Desk, case: Any, before: Mapping[str, Any], step: Step) -> bool:
    """By this step nobody has it any more, and it waits for somebody as before; what had ended comes anew."""
    lost = before.get("owner_id") is not None and case.owner_id is None
    may_be_given = step.name in LETS_GO or any(case.state in given.source for given in gives(desk))
    return lost and before["state"] not in desk.ended and may_be_given


def remember(person: int, name: str) -> None:
    """`name` is that of `tenesa.ui.live.name_of`."""
    cache.set(_key(person), [*_names(person), name][-KEPT:], KEPT_FOR)


def by(person: int, procedure: str) -> set[int]:
    """The cases of a procedure that this person has just let go."""
    return _of(_names(person), procedure)


def by_all(people: Collection[int], procedure: str) -> dict[int, set[int]]:
    """The same of many persons; who let nothing go is missing."""
    known = cache.get_many([_key(person) for person in people]) or {}
    return {person: _of(known[_key(person)], procedure) for person in people if _key(person) in known}


def _of(names: Collection[str], procedure: str) -> set[int]:
    return {int(number) for of, _colon, number in (name.rpartition(":") for name in names) if of == procedure}


def _names(person: int) -> Collection[str]:
    return cache.get(_key(person)) or ()


def _key(person: int) -> str:
    return f"let-go:{person}"
