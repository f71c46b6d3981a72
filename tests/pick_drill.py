"""`make drill`, its third part: 100 caring agents, each a process, pick prospects from a list of a million.

What must hold at the end: each prospect was picked once and ended once, nobody held more than allowed, and those that
were taken are the first of the stored order: no pick passed over one of a better place that nobody had locked.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

AGENTS, PROSPECTS, EACH, SEED = 100, 1_000_000, 10, 20261128
CHANGED = {  # columns of a copy, by number g and the row t that is copied
    "fastel": "'131' || lpad(g::text, 9, '0')", "ncli": "'4' || lpad(g::text, 8, '0')",
    "phones": "ARRAY['08131' || lpad(g::text, 7, '0')]", "place": "-score", "score": "score",
    "touched_at": "touched", "scored_at": "touched", "ready": "true", "state": "'AVAILABLE'",
}  # fmt: skip
FILL = """
    INSERT INTO caring_prospect ({names}) SELECT {values}
      FROM caring_prospect t, (SELECT g, (random() * 1000)::int AS score,
                                      now() - random() * interval '1 day' AS touched
                                 FROM generate_series(1, %(count)s) g) made
     WHERE t.id = %(pattern)s"""
PLACE = ("place", "scored_at", "pk")  # a pick changes the touch; the fill keeps it at `scored_at` as well


@dataclass(frozen=True)
class Pick:
    """One pick: when it began and was committed (seconds of the machine), and of what."""

    began: float
    ended: float
    pk: int
    agent: int


def fill(prospects: int, seed: int) -> None:
    """That many prospects in a random order of scores; each has an agreed time now, so that they may be called at any
    hour of the drill."""
    from django.db import connection

    from caring.models import Prospect
    from tests.caring import desk

    pattern = desk.prospect(fastel="131999999999", ncli="499999999")
    columns = [str(field.column) for field in Prospect._meta.concrete_fields if field.column and field.column != "id"]
    values = [CHANGED.get(name, f"t.{name}").replace("score", "made.score") if name in ("place", "score")
              else CHANGED.get(name, f"t.{name}") for name in columns]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [(seed % 1000) / 1000])
        given = {"count": prospects, "pattern": pattern.pk}
        cursor.execute(FILL.format(names=", ".join(columns), values=", ".join(values)), given)
        cursor.execute("UPDATE caring_prospect SET ready = false WHERE id = %s", [pattern.pk])
        cursor.execute("ANALYZE caring_prospect")


def people(agents: int, seed: int) -> list[int]:
    from tenesa.accounts.roles import Role
    from tests.caring import desk

    return [desk.person(f"caring-{seed}-{number}", Role.AGENT_CARING).pk for number in range(agents)]


def work(agent_id: int, picks: int) -> list[Pick]:
    """Pick so many, and end each: I-payment says that it is paid."""
    from caring.prospects import queue
    from tenesa.accounts.models import SYSTEM, User
    from tenesa.workflow.perform import perform

    agent, log = User.objects.get(pk=agent_id), []
    for _one in range(picks):
        began = time.monotonic()
        one = queue.pick_next(agent)
        if one is None:
            break
        log.append(Pick(began, time.monotonic(), one.pk, agent_id))
        perform(one, "find_paid", actor=SYSTEM)
    return log


def wrong(log: Sequence[Pick], expected: int) -> list[str]:
    """Everything that does not hold; nothing, if all is well."""
    from caring.models import Prospect
    from caring.prospects.states import HELD, State
    from tenesa.audit.models import Event

    found, taken = [], [one.pk for one in log]
    if len(taken) != expected or len(set(taken)) != expected:
        found.append(f"{len(taken)} picks of {len(set(taken))} prospects instead of {expected}")
    first = set(Prospect.objects.filter(version__gte=1).exclude(ready=False, state=State.AVAILABLE)
                .order_by(*PLACE).values_list("pk", flat=True)[:expected])  # fmt: skip
    if passed := first - set(taken):
        found.append(f"{len(passed)} of a better place were passed over")
    if left := Prospect.objects.filter(pk__in=taken).exclude(state=State.PAID).count():
        found.append(f"{left} are not ended")
    if held := Prospect.objects.filter(state__in=HELD).count():
        found.append(f"{held} are still held")
    for step in ("pick", "find_paid"):
        told = Counter(Event.objects.filter(procedure="caring.prospect", step=step).values_list("case_id", flat=True))
        if told != Counter(taken):
            found.append(f"“{step}” stands {sum(told.values())} times in the history of {len(taken)}")
    return found


def _in_process(agent_id: int, picks: int, barrier: Any, pipe: Any) -> None:
    barrier.wait()
    pipe.send(work(agent_id, picks))


def run(agents: int, prospects: int, each: int, seed: int) -> list[str]:
    from django.db import connection

    from tests.benchmarks import processes

    started = time.monotonic()
    fill(prospects, seed)
    filled = time.monotonic() - started
    staff = people(agents, seed)
    connection.close()
    context = processes.context()
    barrier, pipes = context.Barrier(agents), []
    started = time.monotonic()
    for agent_id in staff:
        here, there = context.Pipe()
        context.Process(target=_in_process, args=(agent_id, each, barrier, there), daemon=True).start()
        there.close()
        pipes.append(here)
    log = [pick for pipe in pipes for pick in pipe.recv()]
    spent = time.monotonic() - started
    found = wrong(log, agents * each)
    print(f"{prospects} prospects in {filled:.0f} s; {len(log)} picked by {agents} in {spent:.0f} s; "
          f"wrong: {found or 'nothing'}")  # fmt: skip
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.pick_drill", description=__doc__)
    parser.add_argument("--agents", type=int, default=AGENTS)
    parser.add_argument("--prospects", type=int, default=PROSPECTS)
    parser.add_argument("--each", type=int, default=EACH)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    from tests.services import services

    os.environ["DJANGO_SETTINGS_MODULE"] = "tenesa.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    try:
        return bool(run(options.agents, options.prospects, options.each, options.seed))
    finally:
        services.stop()


if __name__ == "__main__":
    sys.exit(main())
