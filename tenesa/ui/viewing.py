"""Who has a case open, and who writes in it: told by the open page every 20 s, forgotten a minute later."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import redis

from tenesa.accounts.models import User
from tenesa.ui.live import bus

FORGET_AFTER = 50


@dataclass(frozen=True)
class Viewer:
    user_id: int
    name: str
    writes: bool


def _key(procedure: str, case_id: int) -> str:
    return f"tenesa:at:{procedure}:{case_id}"


def here(procedure: str, case_id: int, user: User, *, writes: bool) -> None:
    """This person has this case open now. Without Redis nobody is shown; the work goes on."""
    try:
        with bus().pipeline(transaction=False) as pipe:
            pipe.hset(_key(procedure, case_id), str(user.pk), f"{int(time.time())}|{int(writes)}|{user}")
            pipe.expire(_key(procedure, case_id), FORGET_AFTER)
            pipe.execute()
    except redis.RedisError:
        return


def viewers(procedure: str, case_ids: Iterable[int], *, but: User) -> dict[int, list[Viewer]]:
    """Who else is at these cases: one round trip for a whole list."""
    ids = list(case_ids)
    found: defaultdict[int, list[Viewer]] = defaultdict(list)
    try:
        with bus().pipeline(transaction=False) as pipe:
            for case_id in ids:
                pipe.hgetall(_key(procedure, case_id))
            answers = pipe.execute() if ids else []
    except redis.RedisError:
        return {}
    for case_id, people in zip(ids, answers, strict=True):
        for user_id, value in people.items():
            seen, writes, name = value.split("|", 2)
            if int(user_id) != but.pk and int(seen) > time.time() - FORGET_AFTER:
                found[case_id].append(Viewer(int(user_id), name, writes == "1"))
    return dict(found)
