"""When a promise to pay is kept, in part, broken or paid before (requirements 8.1; C-20)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caring.promises.rules import Judgement, Line, judge, may_promise_again, problems

MADE, DUE = date(2026, 12, 1), date(2026, 12, 10)
DAY = timedelta(days=1)
ONE = [(DUE, 350_000)]
TWO = [(DUE, 200_000), (date(2026, 12, 18), 150_000)]


@dataclass(frozen=True)
class Paid:
    amount: int
    value_date: date
    posted_on: date


def paid(amount: int, day: str, posted: str = "") -> Paid:
    on = date.fromisoformat(f"2026-{day}")
    return Paid(amount, on, date.fromisoformat(f"2026-{posted}") if posted else on)


def on(day: str, *payments: Paid, lines: list[Line] = ONE, told: str = "") -> Judgement:
    told_on = date.fromisoformat(f"2026-{told}") if told else None
    return judge(lines, payments, MADE, date.fromisoformat(f"2026-{day}"), told_on)


# --- one line --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("payments", "state", "counted"),
    [
        ([paid(350_000, "12-10")], "KEPT", 350_000),
        ([paid(350_000, "12-11")], "KEPT", 350_000),
        ([paid(350_000, "12-12")], "BROKEN", 0),
        ([paid(349_000, "12-10")], "KEPT", 349_000),
        ([paid(348_999, "12-10")], "PARTIAL", 348_999),
        ([paid(70_000, "12-10")], "PARTIAL", 70_000),
        ([paid(69_999, "12-10")], "BROKEN", 69_999),
        ([paid(200_000, "12-05"), paid(150_000, "12-11")], "KEPT", 350_000),
        ([paid(200_000, "12-05"), paid(150_000, "12-12")], "PARTIAL", 200_000),
        ([paid(350_000, "12-01")], "KEPT", 350_000),  # on the day of the call
        ([paid(350_000, "11-30")], "BROKEN", 0),  # could be read then, and was no part of what was promised
        ([paid(350_000, "11-30", "12-03")], "PAID_BEFORE", 350_000),
        ([paid(349_000, "11-28", "12-01")], "PAID_BEFORE", 349_000),
        ([paid(348_999, "11-30", "12-03")], "BROKEN", 0),
        ([paid(350_000, "12-10", "12-13")], "KEPT", 350_000),  # posted late
        ([], "BROKEN", 0),
    ],
)
def test_a_line_is_judged_by_what_was_paid_in_time(payments: list[Paid], state: str, counted: int) -> None:
    assert on("12-13", *payments) == Judgement(state, counted)


@pytest.mark.parametrize(
    ("day", "ask_on"),
    [("12-01", "12-11"), ("12-10", "12-11"), ("12-11", "12-13"), ("12-12", "12-13"), ("12-13", None)],
)
def test_it_is_asked_the_day_after_and_again_before_it_is_judged(day: str, ask_on: str | None) -> None:
    found = on(day, paid(100_000, "12-01"))
    assert found.state == ("OPEN" if ask_on else "PARTIAL")
    assert found.ask_on == (date.fromisoformat(f"2026-{ask_on}") if ask_on else None)
    assert found.paid == 100_000


def test_it_is_kept_as_soon_as_it_is_paid() -> None:
    assert on("12-03", paid(350_000, "12-03")) == Judgement("KEPT", 350_000)


def test_what_is_said_to_be_paid_is_asked_again_and_not_judged() -> None:
    assert on("12-14", told="12-12") == Judgement("OPEN", 0, date(2026, 12, 15))
    assert on("12-15", told="12-12").state == "BROKEN"
    assert on("12-13", told="12-02").state == "BROKEN"
    assert on("12-15", paid(350_000, "12-10", "12-15"), told="12-12").state == "KEPT"


def test_a_due_day_on_a_holiday_stays() -> None:
    lines = [(date(2026, 12, 25), 350_000)]
    assert on("12-28", paid(350_000, "12-26"), lines=lines).state == "KEPT"
    assert on("12-28", paid(350_000, "12-27"), lines=lines).state == "BROKEN"


def test_without_lines_there_is_no_promise() -> None:
    with pytest.raises(ValueError, match="without lines"):
        judge([], [], MADE, DUE)


# --- instalments -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "payments", "state", "ask_on"),
    [
        ("12-13", [], "BROKEN", None),
        ("12-13", [paid(200_000, "12-10")], "OPEN", "12-19"),
        ("12-20", [paid(200_000, "12-10")], "OPEN", "12-21"),
        ("12-21", [paid(200_000, "12-10")], "PARTIAL", None),
        ("12-21", [paid(200_000, "12-10"), paid(150_000, "12-19")], "KEPT", None),
        ("12-12", [paid(350_000, "12-10")], "KEPT", None),  # both at once
        ("12-13", [paid(250_000, "12-10")], "OPEN", "12-19"),
        ("12-21", [paid(250_000, "12-10"), paid(99_000, "12-18")], "KEPT", None),
        ("12-13", [paid(40_000, "12-10")], "PARTIAL", None),  # of what was due until then
        ("12-13", [paid(39_999, "12-10")], "BROKEN", None),
        ("12-30", [paid(150_000, "12-19"), paid(200_000, "12-12")], "BROKEN", None),  # the first came too late
    ],
)
def test_each_instalment_has_its_day(day: str, payments: list[Paid], state: str, ask_on: str | None) -> None:
    found = on(day, *payments, lines=TWO)
    assert (found.state, found.ask_on) == (state, date.fromisoformat(f"2026-{ask_on}") if ask_on else None)
    assert on(day, *payments[::-1], lines=TWO[::-1]) == found


# --- on any promise --------------------------------------------------------------------------------------------------
DAYS = st.integers(0, 40).map(lambda days: MADE + days * DAY)
LINES = st.lists(st.tuples(DAYS, st.integers(1, 2_000_000)), min_size=1, max_size=3, unique_by=lambda line: line[0])
PAYMENTS = st.lists(
    st.builds(
        lambda amount, day, late: Paid(amount, MADE + day * DAY, MADE + (day + late) * DAY),
        st.integers(1, 2_000_000), st.integers(-10, 45), st.integers(0, 5),
    ),
    max_size=4,
)  # fmt: skip


@given(LINES, PAYMENTS, DAYS)
def test_payments_add_up_and_a_judgement_stands(lines: list[Line], payments: list[Paid], at: date) -> None:
    found = judge(lines, payments, MADE, at)
    assert 0 <= found.paid <= sum(one.amount for one in payments)
    assert (found.ask_on is None) == (found.state != "OPEN")
    if found.ask_on is not None:
        assert at < found.ask_on <= max(due for due, _amount in lines) + 3 * DAY
    else:
        assert judge(lines, payments, MADE, at + 10 * DAY).state == found.state
    assert judge(lines, payments, MADE, MADE + 60 * DAY).state != "OPEN"


@given(LINES)
def test_whoever_pays_each_line_in_time_keeps_it_and_nobody_else_does(lines: list[Line]) -> None:
    end = MADE + 60 * DAY
    whole = [Paid(amount, due + DAY, due + 3 * DAY) for due, amount in lines]
    assert judge(lines, whole, MADE, end).state == "KEPT"
    late = [replace(one, value_date=one.value_date + DAY) for one in whole]
    assert judge(lines, late[-1:], MADE, end).state != "KEPT"


@given(LINES, PAYMENTS, DAYS, st.integers(1, 1_000_000))
def test_paying_more_never_makes_it_worse(lines: list[Line], payments: list[Paid], day: date, more: int) -> None:
    order = ["BROKEN", "PARTIAL", "KEPT", "PAID_BEFORE"]
    end = MADE + 60 * DAY
    before = judge(lines, payments, MADE, end).state
    after = judge(lines, [*payments, Paid(more, day, day)], MADE, end).state
    if before == "PARTIAL":
        assert after in {"PARTIAL", "KEPT", "BROKEN"}  # a later line may come to be the one that fails
    else:
        assert order.index(after) >= order.index(before)


# --- what may be promised --------------------------------------------------------------------------------------------
CUT_OFF, LAST = date(2026, 12, 21), date(2026, 12, 31)


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        (ONE, 0), ([(MADE, 1)], 0), ([(date(2026, 12, 20), 1)], 0), ([(date(2026, 12, 21), 1)], 1),
        ([(date(2027, 1, 2), 1)], 1), ([(MADE - DAY, 1)], 1), ([(DUE, 0)], 1), ([(DUE, -5), (DUE, 5)], 2), ([], 1),
    ],
)  # fmt: skip
def test_no_line_lies_after_the_end_of_the_offer_or_of_the_service(lines: list[Line], count: int) -> None:
    assert len(list(problems(lines, MADE, LAST, CUT_OFF))) == count


def test_the_offers_last_day_counts_where_it_comes_first() -> None:
    (words,) = problems([(date(2026, 12, 12), 1)], MADE, date(2026, 12, 11), CUT_OFF)
    assert "11" in words


def test_a_customer_promises_anew_twice_at_most() -> None:
    assert [may_promise_again(again) for again in range(4)] == [True, True, False, False]
