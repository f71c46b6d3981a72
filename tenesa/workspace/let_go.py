"""What somebody let go, or the system took back from them, and it waits as before: it goes to others first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.cache import cache

from tenesa.workflow.step import Step
from tenesa.workspace.desk import Desk
from tenesa.workspace.notify import NEW_OWNER

KEPT_FOR = 15 * 60  # seconds; it may have moved on meanwhile
KEPT = 20  # of one person


def gives(desk: Desk) -> list[Step]:
    """The steps by which a case comes to a new owner, who hears of it."""
    return [step for name, step in desk.steps.items() if NEW_OWNER in desk.notices.get(name, ())]


def is_back(desk: Desk, case: Any, before: Mapping[str, Any]) -> bool:
    """Nobody has it any more, and it waits where it may be given to somebody; what had ended comes anew."""
    lost = before.get("owner_id") is not None and case.owner_id is None
    return lost and before["state"] not in desk.ended and any(case.state in step.source for step in gives(desk))


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
