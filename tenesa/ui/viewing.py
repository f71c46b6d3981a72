"""Who has a case open, and who writes in it: told by the open page every 20 s, forgotten a minute later.

Other pages hear only of a change: somebody came, began to write, stopped, or left.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from tenesa.accounts.models import User
from tenesa.redis_link import FAILURES, asking, bus
from tenesa.ui.live import name_of, tell
from tenesa.workflow.case import Case

FORGET_AFTER = 50


@dataclass(frozen=True)
class Viewer:
    user_id: int
    name: str
    writes: bool


def _key(procedure: str) -> str:
    """One hash for a procedure: as many fields as people look at its cases, so that a list asks once."""
    return f"tenesa:at:{procedure}"


def here(case: Case, user: User, *, writes: bool) -> None:
    """This person has this case open now. Without Redis nobody is shown; the work goes on."""
    key, field = _key(case.procedure_name()), f"{case.pk}:{user.pk}"
    try:
        with asking(), bus().pipeline(transaction=False) as pipe:
            pipe.hget(key, field)
            pipe.hset(key, field, f"{int(time.time())}|{int(writes)}|{user}")
            pipe.expire(key, FORGET_AFTER)
            before = cast("str | None", pipe.execute()[0])
    except FAILURES:
        return
    if before is None or _is_gone(before) or before.split("|", 2)[1] != str(int(writes)):
        tell("at", name_of(case), desk=case.desk_id, area=case.area_id or "")


def left(case: Case, user: User) -> None:
    """This person's page shows something else now; another page of theirs with this case says so within 20 s."""
    try:
        with asking():
            was_there = bus().hdel(_key(case.procedure_name()), f"{case.pk}:{user.pk}")
    except FAILURES:
        return
    if was_there:
        tell("at", name_of(case), desk=case.desk_id, area=case.area_id or "")


def _is_gone(value: str) -> bool:
    return int(value.split("|", 1)[0]) <= time.time() - FORGET_AFTER


def viewers(procedure: str, case_ids: Iterable[int], *, but: User) -> dict[int, list[Viewer]]:
    """Who else is at these cases: one round trip for a whole list. Who has left is forgotten on the way.

    Somebody of another house is told of nobody.
    """
    wanted = set() if but.is_outside else set(case_ids)
    try:
        with asking():
            people = cast("dict[str, str]", bus().hgetall(_key(procedure)) if wanted else {})
            gone = [field for field, value in people.items() if _is_gone(value)]
            if gone:
                bus().hdel(_key(procedure), *gone)
    except FAILURES:
        return {}
    found: defaultdict[int, list[Viewer]] = defaultdict(list)
    for field in people.keys() - set(gone):
        case_id, user_id = map(int, field.split(":"))
        if case_id in wanted and user_id != but.pk:
            _seen, writes, name = people[field].split("|", 2)
            found[case_id].append(Viewer(user_id, name, writes == "1"))
    return dict(found)
