"""Our results beside the rows of another system: classes, keys, tolerances (C-18; requirements 8.1)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from caring.reconciliation.names import CURRENT, names
from caring.reconciliation.rows import ZONE
from caring.tree import Category, Reason, Status
from tests.caring.rows import NINE, compared, ours, row, told


def test_it_matches_by_our_key_whatever_else_is_written() -> None:
    found, proof = compared([ours("HC1-1")], [row("T9", 200, ref="HC1-1", fastel="122055500009", login="other")])
    assert told(found) == ["DIFFERENT HC1-1 T9 fastel login"]
    assert proof.closes


@pytest.mark.parametrize(("apart", "kinds"), [(15, ["EQUAL A T"]), (15.02, ["MISSING A -", "ORPHAN - T"])])
def test_it_matches_without_a_key_within_a_quarter_of_an_hour(apart: float, kinds: list[str]) -> None:
    for minutes in (apart, -apart):
        assert told(compared([ours("A")], [row("T", minutes)])[0]) == kinds


@pytest.mark.parametrize("other", [{"fastel": "122055500002"}, {"login": "bima"}, {"campaign": "CT0"}])
def test_it_does_not_match_another_line_login_or_campaign(other: dict[str, Any]) -> None:
    assert told(compared([ours("A")], [row("T", **other)])[0]) == ["MISSING A -", "ORPHAN - T"]


def test_it_never_takes_a_row_that_names_another_result() -> None:
    found, _proof = compared([ours("HC1-1")], [row("T", ref="HC2-1")])
    assert told(found) == ["MISSING HC1-1 -", "ORPHAN - T"]


def test_it_pairs_calls_of_one_day_in_their_order() -> None:
    found, _proof = compared([ours("A"), ours("B", 10)], [row("S", 3), row("T", 12)])
    assert told(found) == ["EQUAL A S", "EQUAL B T"]


def test_it_leaves_rows_that_nobody_can_tell_apart_as_questions() -> None:
    """Five rows with the same amount and reference stay five questions."""
    found, proof = compared([ours("A")], [row(f"T{n}", ref="A") for n in range(5)])
    assert told(found) == ["DUPLICATE - T0", "DUPLICATE - T1", "DUPLICATE - T2", "DUPLICATE - T3", "DUPLICATE - T4",
                           "DUPLICATE A -"]  # fmt: skip
    assert {one.group for one in found} == {"A"}
    assert proof.closes
    twins, proof = compared([ours("A"), ours("B")], [row("S"), row("T")])
    assert [one.kind for one in twins] == ["DUPLICATE"] * 4
    assert proof.closes


def test_it_does_not_guess_which_of_two_is_the_second_entry() -> None:
    found, _proof = compared([ours("A")], [row("S", 1), row("T", 4)])
    assert told(found) == ["DUPLICATE - S", "DUPLICATE - T", "DUPLICATE A -"]


def test_it_asks_where_the_order_leads_too_far() -> None:
    """A chain of calls that are near one by one, but not in order."""
    found, _proof = compared([ours("A"), ours("B", 1), ours("C", 14)], [row("S", 10), row("T", 20), row("U", 28)])
    assert {one.kind for one in found} == {"DUPLICATE"}


def test_it_asks_only_about_calls_that_are_near() -> None:
    found, _proof = compared([ours("A"), ours("B", 180)], [row("S", 1), row("T", 2), row("U", 181)])
    assert told(found) == ["DUPLICATE - S", "DUPLICATE - T", "DUPLICATE A -", "EQUAL B U"]


def test_it_leaves_a_call_at_midnight_with_its_day() -> None:
    """23:59:50 and 00:00:05 are two days in Jakarta; with our key that is a difference of the day."""
    late = datetime(2026, 11, 27, 23, 59, 50, tzinfo=ZONE)
    mine = ours("A", at=late)
    other = row("T", at=late + timedelta(seconds=15))
    assert told(compared([mine], [other])[0]) == ["MISSING A -", "ORPHAN - T"]
    assert told(compared([mine], [other._replace(ref="A")])[0]) == ["DIFFERENT A T day"]
    same_moment = row("T", ref="A", at=datetime.fromisoformat("2026-11-27T16:59:50+00:00"))
    assert told(compared([mine], [same_moment])[0]) == ["EQUAL A T"]


@pytest.mark.parametrize(
    ("field", "mine", "other", "same"),
    [
        ("receiver", "Raden Ayu Siti Rahmawati", "Raden Ayu Siti Rahma", True),
        ("receiver", "Raden  Ayu Siti Rahmawati", "RADEN AYU siti rahm ", True),
        ("receiver", "Raden Ayu Siti Rahmawati", "Raden Ayu Siti", False),
        ("receiver", "Siti", "Sita", False),
        ("login", "citra.lestari", "citra.lest", True),
        ("login", "citra.lestari", "citra.le", False),
        ("amount", 350_000, 350_001, False),
        ("promised_on", date(2026, 12, 3), date(2026, 12, 4), False),
        ("duration", 184, 186, True),
        ("duration", 184, 187, False),
        ("category", "DECLINE", "Not Agree", True),
        ("category", "DECLINE", "Decline/Not Agree", True),
        ("category", "DECLINE", "Agree", False),
        ("status", "FOLLOW_UP", "Follow Up Recall", True),
        ("reason", "RNA", "Ring no answer", True),
        ("reason", "RNA", "Line busy", False),
        ("reason", "KEEPS", "something new", False),
        ("fastel", "0215550001", "215550001", True),
        ("amount", 350_000, None, True),
        ("receiver", "Siti", None, True),
        ("receiver", "Siti", "", False),
    ],
)
def test_it_compares_each_field_as_far_as_the_other_keeps_it(field: str, mine: Any, other: Any, same: bool) -> None:
    found, _proof = compared([ours("A", **{field: mine})], [row("T", ref="A", **{field: other})])
    assert told(found) == (["EQUAL A T"] if same else [f"DIFFERENT A T {field}"])


def test_it_says_when_a_row_came_after_its_day() -> None:
    midnight = (NINE + timedelta(days=1)).replace(hour=0)
    for taken, kind in ((midnight - timedelta(seconds=1), "EQUAL"), (midnight, "LATE")):
        assert told(compared([ours("A")], [row("T", ref="A", taken_at=taken)])[0]) == [f"{kind} A T"]
    wrong = row("T", ref="A", taken_at=midnight, amount=1)
    assert told(compared([ours("A")], [wrong])[0]) == ["DIFFERENT A T amount"]


def test_it_does_not_miss_what_is_still_under_way() -> None:
    assert told(compared([ours("A", under_way=True), ours("B", 60)], [])[0]) == ["LATE A -", "MISSING B -"]
    before = row("T", ref="A", amount=1)  # what stands there until it is written over
    assert told(compared([ours("A", under_way=True)], [before])[0]) == ["LATE A T amount"]


@pytest.mark.parametrize("language", ["id", "en"])
def test_it_knows_our_own_words_as_pages_and_sheets_write_them(language: str) -> None:
    own = names(CURRENT)
    for field, words in {"status": Status, "category": Category, "reason": Reason}.items():
        with translation.override(language):
            known = {code: own(field, str(label)) for code, label in words.choices}
        assert known == {code: own(field, code) for code in words.values}


def test_it_keeps_old_versions_of_the_names() -> None:
    assert names(1)("category", " NOT  agree ") == "decline"
    assert names(CURRENT)("reason", "Unheard of") == "unheard of"
    with pytest.raises(KeyError):
        names(0)


def test_it_tells_when_the_proof_does_not_close() -> None:
    _found, proof = compared([ours("A")], [row("T", ref="A")])
    assert proof.closes
    proof.theirs.fetched += 1
    assert not proof.closes
