"""Steps a second through the one door, one connection, beside a bare UPDATE with a commit each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, cycle

from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.workflow.perform import perform
from tests.benchmarks import floor, people, population
from tests.benchmarks.measure import Line, in_turns, rates
from tickets.models import EmailCase
from tickets.states import State

Next = Iterator[EmailCase]


def measure(*, turns: int, number: int) -> list[Line]:
    people.desk_and_areas()
    rini = people.person("rini", Role.AGENT_EMAIL)
    population.waiting((turns + 2) * number)
    floor.copy_cases()
    cases = list(EmailCase.objects.filter(state=State.NEW).order_by("pk"))
    bare = floor.connect()
    ids = cycle([case.pk for case in cases])
    update = lambda number: floor.touch_cases(bare, [next(ids) for _ in range(number)])  # noqa: E731
    todo: list[tuple[str, Callable[[int], None]]] = [
        ("step by the system (want_attention)", partial(_attention, cycle(cases))),
        ("step of a person with a form (note)", partial(_note, cycle(cases), rini, count(1))),
        ("step that changes the state (take)", partial(_take, iter(cases), rini)),
    ]
    lines = []
    for name, product in todo:
        own, floors = in_turns(product, update, turns=turns, number=number)
        lines.append(rates(name, own, floors, "1/s"))
    bare.close()
    return lines


def _attention(cases: Next, number: int) -> None:
    for _ in range(number):
        perform(next(cases), "want_attention", actor=SYSTEM, why="MyCX: tidak menjawab")


def _note(cases: Next, rini: User, keys: Iterator[int], number: int) -> None:
    for _ in range(number):
        perform(next(cases), "note", actor=rini, data={"text": "Pelanggan sudah dihubungi."}, key=f"bench-{next(keys)}")


def _take(cases: Next, rini: User, number: int) -> None:
    for _ in range(number):
        perform(next(cases), "take", actor=rini)
