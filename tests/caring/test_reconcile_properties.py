"""Whatever rows come: one class each, a proof that closes, no guess at a tie, no regard to the order of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caring.reconciliation import spool
from caring.reconciliation.rows import Finding, Kind, Row
from tests.caring.rows import compared, ours, row

LINES = st.sampled_from(["122055500001", "122055500002"])
LOGINS = st.sampled_from(["citra", "citra.lest", "citra.lestari"])
MINUTES = st.integers(0, 60) | st.sampled_from([0, 15, 16, 30, 899, 900, 901])
CONTENT = st.fixed_dictionaries({"fastel": LINES, "login": LOGINS, "amount": st.sampled_from([350_000, 700_000])})
MINE = st.lists(st.tuples(MINUTES, CONTENT), max_size=8)
THEIRS = st.lists(st.tuples(MINUTES, CONTENT, st.none() | st.integers(0, 9)), max_size=10)
Sides = tuple[list[Row], list[Row]]


@st.composite
def sides(draw: st.DrawFn) -> Sides:
    """Few lines, logins and minutes, so that keys meet; a third of their rows name a result, some one that is not."""
    mine = [ours(f"HC{n}-1", minutes, **content) for n, (minutes, content) in enumerate(draw(MINE))]
    others = [
        row(f"T{n}", minutes, ref="" if ref is None else f"HC{ref}-1", **content)
        for n, (minutes, content, ref) in enumerate(draw(THEIRS))
    ]
    return mine, others


@pytest.fixture(autouse=True, scope="module")
def short_runs() -> Iterator[None]:
    """Runs and blocks of a few rows, so that rows are merged from the file as of a large list."""
    was = spool.RUN, spool.BLOCK
    spool.RUN, spool.BLOCK = 3, 2
    yield
    spool.RUN, spool.BLOCK = was


@given(sides())
def test_every_row_is_exactly_one_class_and_the_proof_closes(both: Sides) -> None:
    found, proof = compared(*both)
    assert Counter(one.ours.id for one in found if one.ours) == Counter(one.id for one in both[0])
    assert Counter(one.theirs.id for one in found if one.theirs) == Counter(one.id for one in both[1])
    assert (proof.ours.fetched, proof.theirs.fetched) == (len(both[0]), len(both[1]))
    assert proof.closes


@given(sides(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(both: Sides, random: Random) -> None:
    turned = [random.sample(side, len(side)) for side in both]
    assert set(compared(*turned)[0]) == set(compared(*both)[0])


@given(sides())
def test_every_row_is_what_its_neighbours_say(both: Sides) -> None:
    """The same by laying each row beside each, without sorting: which pairs there are, and what the rest is."""
    assert set(map(_short, compared(*both)[0])) == set(_expected(*both))


Short = tuple[str, str | None, str | None]


def _short(found: Finding) -> Short:
    kind = "PAIR" if found.ours and found.theirs else found.kind
    return kind, found.ours and found.ours.id, found.theirs and found.theirs.id


def _expected(mine: list[Row], others: list[Row]) -> Iterator[Short]:
    known = {one.id for one in mine}
    nameless = [other for other in others if not other.ref]
    left = []
    for one in mine:
        named = [other for other in others if other.ref == one.id]
        if not named:
            left.append(one)
        elif len(named) == 1:
            yield "PAIR", one.id, named[0].id
        else:
            yield Kind.DUPLICATE, one.id, None
            yield from ((Kind.DUPLICATE, None, other.id) for other in named)
    yield from ((Kind.ORPHAN, None, other.id) for other in others if other.ref and other.ref not in known)
    for part in _parts(left, nameless):
        yield from _of_part([one for one in left if one in part], [one for one in nameless if one in part])


def _parts(mine: list[Row], others: list[Row]) -> list[list[Row]]:
    """Rows that hang together by calls of one key at most 15 minutes apart."""
    parts: list[list[Row]] = [[one] for one in (*mine, *others)]
    for one, other in product(mine, others):
        if _key(one) == _key(other) and abs((one.at - other.at).total_seconds()) <= 900:
            both = [part for part in parts if one in part or other in part]
            parts = [part for part in parts if part not in both] + [[row for part in both for row in part]]
    return parts


def _key(one: Row) -> Any:
    return one.fastel, one.login[:10], one.campaign, one.day


def _of_part(mine: list[Row], others: list[Row]) -> Iterator[Short]:
    if not mine or not others:
        yield from ((Kind.MISSING, one.id, None) for one in mine)
        yield from ((Kind.ORPHAN, None, one.id) for one in others)
        return
    mine, others = (sorted(side, key=lambda one: one.at) for side in (mine, others))
    alone = all(len({one.at for one in side}) == len(side) for side in (mine, others))
    near = all(abs((one.at - other.at).total_seconds()) <= 900 for one, other in zip(mine, others, strict=False))
    if len(mine) == len(others) and alone and near:
        yield from (("PAIR", one.id, other.id) for one, other in zip(mine, others, strict=True))
    else:
        yield from ((Kind.DUPLICATE, one.id, None) for one in mine)
        yield from ((Kind.DUPLICATE, None, one.id) for one in others)


@given(sides())
def test_no_tie_is_ever_matched(both: Sides) -> None:
    """Whatever was matched without a key is alone with its line, login, campaign and moment on its side."""
    found, _proof = compared(*both)
    named = {other.ref for other in both[1]}
    for one in found:
        if one.ours and one.theirs and not one.theirs.ref:
            left = [mine for mine in both[0] if mine.ref not in named]
            nameless = [other for other in both[1] if not other.ref]
            for row_, side in ((one.ours, left), (one.theirs, nameless)):
                assert [(_key(other), other.at) for other in side].count((_key(row_), row_.at)) == 1
