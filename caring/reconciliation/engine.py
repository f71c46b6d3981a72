"""Our results laid beside the rows of one other system; each row of either side gets exactly one class.

First by our key, where their row carries one: a row that names another result, or none that we have, is never taken
for this one. What is left goes by line, login (as far as the other keeps it), campaign and local day; of one such
group, calls at most 15 minutes apart belong together, in the order of their times. Where that order does not tell
(unequal numbers, the same time twice), nothing is matched: five rows that look the same stay five questions.

Nothing depends on the order in which the rows come, and memory does not grow with their number (`spool`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import chain, groupby, pairwise
from operator import itemgetter
from typing import Any, Self

from caring.reconciliation.compare import differing, kept, line
from caring.reconciliation.names import Names, plain
from caring.reconciliation.rows import Finding, Kind, Proof, Row, local_day
from caring.reconciliation.spool import Key, Spool

APART = timedelta(minutes=15)  # at most, of the times that two systems have of one call


class Theirs:
    """All rows of the other system, sorted on disk: those that carry our key, and the others. Close it."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self.named, self.nameless = Spool(by_ref), Spool(by_call)
        for row in rows:
            self.add(row)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.named.close()
        self.nameless.close()

    def add(self, row: Row) -> None:
        (self.named if row.ref else self.nameless).add(row)

    @property
    def count(self) -> int:
        return self.named.count + self.nameless.count


def reconcile(ours: Spool, theirs: Theirs, names: Names, proof: Proof) -> Iterator[Finding]:
    """All findings; `ours` is sorted `by_ref`. The proof is complete when the last finding was taken."""
    proof.ours.fetched, proof.theirs.fetched = ours.count, theirs.count
    with Spool(by_call) as left:
        for found in chain(_by_ref(ours, theirs.named, left, names), _by_call(left, theirs.nameless, names)):
            proof.count(found)
            yield found


def by_ref(row: Row) -> tuple[str, str]:
    return row.ref, row.id


def by_call(row: Row) -> tuple[str, str, str, date, datetime, str]:
    return *_call(row), row.at, row.id


def _call(row: Row) -> tuple[str, str, str, date]:
    return line(row.fastel), kept("login", row.login), plain(row.campaign), row.day


def _by_ref(ours: Iterable[Row], theirs: Iterable[Row], left: Spool, names: Names) -> Iterator[Finding]:
    """What our key tells; our rows that no row of theirs names are added to `left`."""
    for key, mine, others in _joined(ours, theirs, lambda row: row.ref):
        if not others or not key:
            for row in mine:
                left.add(row)
        elif len(mine) == len(others) == 1:
            yield _paired(mine[0], others[0], names)
        elif mine:
            yield from _questions(mine, others, key)
        else:
            yield from (Finding(Kind.ORPHAN, None, row) for row in others)


def _by_call(ours: Iterable[Row], theirs: Iterable[Row], names: Names) -> Iterator[Finding]:
    """What line, login, campaign, day and time tell of rows that carry no key of ours."""
    for key, mine, others in _joined(ours, theirs, _call):
        for my_part, other_part in _near(mine, others):
            if not other_part:
                yield from map(_without, my_part)
            elif not my_part:
                yield from (Finding(Kind.ORPHAN, None, row) for row in other_part)
            elif _in_order(my_part, other_part):
                yield from (_paired(one, other, names) for one, other in zip(my_part, other_part, strict=True))
            else:
                yield from _questions(my_part, other_part, f"{' '.join(map(str, key))} {my_part[0].at.isoformat()}")


def _joined(ours: Iterable[Row], theirs: Iterable[Row], key: Key) -> Iterator[tuple[Any, list[Row], list[Row]]]:
    """(key, our rows, their rows) of each key that either side has; both are sorted by it."""
    marked = merge(((key(row), 0, row) for row in ours), ((key(row), 1, row) for row in theirs), key=itemgetter(0, 1))
    for value, group in groupby(marked, key=itemgetter(0)):
        sides: tuple[list[Row], list[Row]] = [], []
        for _key, side, row in group:
            sides[side].append(row)
        yield value, *sides


def _near(mine: list[Row], others: list[Row]) -> Iterator[tuple[list[Row], list[Row]]]:
    """Parts between which no call of the one side is near enough to a call of the other; each in order of time."""
    marked = list(merge(((row.at, 0, row) for row in mine), ((row.at, 1, row) for row in others), key=itemgetter(0, 1)))
    ahead: list[list[datetime | None]] = [[None, None]]  # the next call of either side, from each place on
    for at, side, _row in reversed(marked):
        ahead.append([at if place == side else ahead[-1][place] for place in (0, 1)])
    ahead.reverse()
    part: tuple[list[Row], list[Row]] = [], []
    last: list[datetime | None] = [None, None]
    for (at, side, row), coming in zip(marked, ahead, strict=False):
        if not (_close(last[0], coming[1]) or _close(last[1], coming[0])) and any(part):
            yield part
            part = [], []
        part[side].append(row)
        last[side] = at
    if any(part):
        yield part


def _close(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and other - one <= APART


def _in_order(mine: list[Row], others: list[Row]) -> bool:
    """Whether the order of their times tells which belong together."""
    if len(mine) != len(others) or any(
        one.at == next_one.at for side in (mine, others) for one, next_one in pairwise(side)
    ):
        return False
    return all(abs(one.at - other.at) <= APART for one, other in zip(mine, others, strict=True))


def _paired(one: Row, other: Row, names: Names) -> Finding:
    fields = differing(one, other, names)
    if fields:
        return Finding(Kind.LATE if one.under_way else Kind.DIFFERENT, one, other, fields)
    late = other.taken_at is not None and local_day(other.taken_at) > one.day
    return Finding(Kind.LATE if late else Kind.EQUAL, one, other)


def _without(row: Row) -> Finding:
    return Finding(Kind.LATE if row.under_way else Kind.MISSING, row, None)


def _questions(mine: list[Row], others: list[Row], group: str) -> Iterator[Finding]:
    yield from (Finding(Kind.DUPLICATE, row, None, group=group) for row in mine)
    yield from (Finding(Kind.DUPLICATE, None, row, group=group) for row in others)
