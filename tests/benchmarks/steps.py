"""Steps a second through the one door, one connection, beside bare statements with a commit each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, cycle, islice

from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.workflow.perform import perform
from tests.benchmarks import floor, people, population
from tests.benchmarks.measure import Line, in_turns, rates
from tickets.models import EmailCase
from tickets.states import State

Next = Iterator[EmailCase]


def measure(*, turns: int, number: int) -> list[Line]:
    """Each step beside a bare UPDATE of its case, and beside all the rows that it writes, written bare."""
    people.desk_and_areas()
    rini = people.person("rini", Role.AGENT_EMAIL)
    population.waiting(2 * (turns + 1) * number)
    floor.copy_cases()
    floor.copy_beside_cases()
    cases = list(EmailCase.objects.filter(state=State.NEW).order_by("pk"))
    bare = floor.connect()
    ids, seqs = cycle([case.pk for case in cases]), count(2)
    update = lambda number: floor.touch_cases(bare, list(islice(ids, number)))  # noqa: E731
    rows = lambda beside: lambda number: floor.write_rows(bare, list(islice(ids, number)), seqs, *beside)  # noqa: E731
    todo: list[tuple[str, Callable[[int], None], tuple[str, ...]]] = [
        ("step by the system (want_attention)", partial(_attention, cycle(cases)), (floor.EVENT,)),
        (
            "step of a person with a form (note)",
            partial(_note, cycle(cases), rini, count(1)),
            (floor.NOTE, floor.EVENT),
        ),
        ("step that changes the state (take)", partial(_take, iter(cases), rini), floor.OF_TAKE),
    ]
    lines = []
    for name, product, beside in todo:
        for against, work in (("", update), (", beside its rows", rows(beside))):
            own, floors = in_turns(product, work, turns=turns, number=number)
            lines.append(rates(name + against, own, floors, "1/s"))
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
