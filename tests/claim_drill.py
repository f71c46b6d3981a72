"""`make drill`, its second part: 50 agents of Tier 2 take 1,000 callbacks at once, each from a process of its own.

What must hold at the end: each callback was taken once and completed once, nobody ever held more than allowed, and no
claim passed over an item of a better place that nobody had locked. The last is read from the log of claims: whoever
took an item while a better one, in the queue all that time, was taken only by a claim that began later, passed it over.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

AGENTS, CALLBACKS, SEED = 50, 1000, 20261128
TRIES = 5  # times that an empty queue is asked again, while others may still give back


@dataclass(frozen=True)
class Claim:
    """One claim: when it began and was committed (seconds of the machine), what it took and the place of that."""

    began: float
    ended: float
    pk: int
    place: tuple[int, str, int]
    agent: int


def prepare(agents: int, callbacks: int, seed: int) -> list[int]:
    """The queue, in random tiers and ages, and who works on it."""
    from django.utils import timezone

    from tenesa.accounts.roles import Role
    from tests.vvip import desk
    from tests.vvip.callbacks import waiting

    chance = random.Random(seed)
    for _one in range(callbacks):
        waiting(tier=chance.randrange(5), at=timezone.now() - timedelta(seconds=chance.randrange(3000)))
    return [desk.person(f"tier2-{seed}-{number}", Role.AGENT_TIER2).pk for number in range(agents)]


def work(agent_id: int) -> list[Claim]:
    """Take and complete until nothing is left."""
    from tenesa.accounts.models import User
    from vvip.callbacks import queue

    agent, log, empty = User.objects.get(pk=agent_id), [], 0
    while empty < TRIES:
        began = time.monotonic()
        one = queue.claim_next(agent)
        if one is None:
            empty += 1
            time.sleep(0.05)
            continue
        log.append(Claim(began, time.monotonic(), one.pk, (one.tier, one.due_at.isoformat(), one.pk), agent_id))
        complete(one, agent)
    return log


def complete(one: Any, agent: Any) -> None:
    from tenesa.contact import dialling
    from tenesa.contact.models import Dial
    from tenesa.workflow.perform import perform
    from tests.vvip import desk

    perform(one, "analyse", actor=agent, data=desk.FOUND)
    perform(one, "start_dial", actor=agent)
    perform(one, "connect", actor=agent, data={"answered_by": "Pelanggan"})
    for made in Dial.objects.filter(case_id=one.pk, state=Dial.State.DIALLED):  # where a softphone is there
        dialling.hang_up(made, agent)
    perform(one, "solve", actor=agent, data={"solution": "Pulih.", "informed": True})


def wrong(log: Sequence[Claim]) -> list[str]:
    """Everything that does not hold; nothing, if all is well."""
    from tenesa.audit.models import Event
    from vvip.callbacks.states import State
    from vvip.models import Callback

    found = []
    every = set(Callback.objects.values_list("pk", flat=True))
    if (taken := Counter(one.pk for one in log)) != Counter(every):
        found.append(f"{len(every)} callbacks, taken {sum(taken.values())} times")
    if left := Callback.objects.exclude(state=State.DONE).count():
        found.append(f"{left} are not completed")
    for step in ("claim", "solve"):
        told = Counter(Event.objects.filter(procedure="vvip.callback", step=step).values_list("case_id", flat=True))
        if told != Counter(every):
            found.append(f"“{step}” stands {sum(told.values())} times in the history of {len(every)}")
    passed = [(one, better) for one in log for better in log if better.place < one.place and better.began > one.ended]
    found += [
        f"{one.pk} was taken at {one.ended:.3f}, {better.pk} of a better place lay free" for one, better in passed
    ]
    return found


def _in_process(agent_id: int, barrier: Any, pipe: Any) -> None:
    barrier.wait()
    pipe.send(work(agent_id))


def run(agents: int, callbacks: int, seed: int) -> list[str]:
    from django.db import connection

    from tests.benchmarks import processes

    people = prepare(agents, callbacks, seed)
    connection.close()
    context = processes.context()
    barrier, pipes = context.Barrier(agents), []
    started = time.monotonic()
    for agent_id in people:
        here, there = context.Pipe()
        context.Process(target=_in_process, args=(agent_id, barrier, there), daemon=True).start()
        there.close()
        pipes.append(here)
    log = [claim for pipe in pipes for claim in pipe.recv()]
    found = wrong(log)
    print(f"{len(log)} callbacks by {agents} agents in {time.monotonic() - started:.0f} s; wrong: {found or 'nothing'}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.claim_drill", description=__doc__)
    parser.add_argument("--agents", type=int, default=AGENTS)
    parser.add_argument("--callbacks", type=int, default=CALLBACKS)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    from tests.services import services

    os.environ["DJANGO_SETTINGS_MODULE"] = "tenesa.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    try:
        return bool(run(options.agents, options.callbacks, options.seed))
    finally:
        services.stop()


if __name__ == "__main__":
    sys.exit(main())
