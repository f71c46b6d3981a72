"""The declared score: by hand, on any facts, and the same by the statement that scores many at once (8.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from caring import billing, scoring
from caring.models import Prospect
from caring.promises.models import Promise
from caring.score import ScoreFacts, facts_of, parts_of, score_of, why_this_one
from tenesa.accounts.models import User
from tenesa.contact import zones
from tenesa.contact.day_parts import part_of
from tenesa.contact.kinds import By, Result
from tenesa.contact.models import ContactAttempt, Dial
from tenesa.rupiah import in_rupiah
from tests.caring import desk

NOTHING = ScoreFacts()
FACTS = st.builds(
    ScoreFacts, st.booleans(), st.booleans(), st.integers(0, 120), st.integers(0, 9_000_000), st.integers(0, 1_000),
    st.integers(0, 9),
)  # fmt: skip


# --- by hand ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "score"),
    [
        ({}, 0),
        ({"broken_promise": True}, 400),
        ({"appointment_due": True}, 300),
        ({"days": 15}, 100),
        ({"days": 0}, 200),
        ({"days": 29}, 6),  # 6.67
        ({"days": 31}, 0),
        ({"arrears": 750_000}, 50),
        ({"arrears": 1_500_000}, 100),
        ({"arrears": 9_000_000}, 100),
        ({"contact_rate": 500}, 25),
        ({"contact_rate": 1_000}, 50),
        ({"attempts": 2}, -80),
        ({"broken_promise": True, "days": 3, "arrears": 350_000}, 400 + 180 + 23),
        ({"contact_rate": 333, "attempts": 1}, 16 - 40),
    ],
)  # fmt: skip
def test_the_score_is_the_declared_one(changes: dict[str, Any], score: int) -> None:
    assert score_of(replace(NOTHING, **changes)) == score


def test_it_is_told_why_the_weightiest_first() -> None:
    facts = ScoreFacts(True, False, 15, 1_500_000, 500, 1)
    assert [words.rpartition("(")[2] for words in why_this_one(facts)] == ["+400)", "+100)", "+100)", "-40)", "+25)"]
    assert in_rupiah(1_500_000) in why_this_one(facts)[2]
    assert why_this_one(NOTHING) == []


@given(FACTS)
def test_what_is_stored_tells_the_same_next_month(facts: ScoreFacts) -> None:
    assert facts_of(facts.stored()) == facts
    assert sum(points for _words, points in parts_of(facts)) == score_of(facts)
    assert facts_of({**facts.stored(), "later": 1}) == facts


@given(FACTS)
def test_a_broken_promise_comes_before_all_else_alike(facts: ScoreFacts) -> None:
    kept = replace(facts, broken_promise=False, appointment_due=False)
    order = [
        kept, replace(kept, appointment_due=True), replace(kept, broken_promise=True),
        replace(kept, broken_promise=True, appointment_due=True),
    ]  # fmt: skip
    assert all(score_of(one) < score_of(other) for one, other in pairwise(order))
    assert score_of(replace(facts, attempts=facts.attempts + 1)) == score_of(facts) - 40


# --- many at once ----------------------------------------------------------------------------------------------------
NOW = datetime(2026, 12, 1, 6, 30, tzinfo=zones.ZONES["WIB"]) + timedelta(hours=5)  # 11.30 in Jakarta, 12.30 in Bali


def called(agent: User, one: Prospect, result: str, hours: float, **changes: Any) -> ContactAttempt:
    person = f"customer:{one.ncli or one.fastel}"
    given: dict[str, Any] = {
        "person": person, "number": one.phones[0], "purpose": "caring", "agent": agent,
        "procedure": "caring.prospect", "case_id": one.pk, "result": result, **changes,
    }  # fmt: skip
    who = "Bonar" if result == Result.CONNECTED else ""
    return ContactAttempt.objects.create(at=NOW - timedelta(hours=hours), answered_by=who, **given)


def by_python(one: Prospect, rates: dict[str, int]) -> ScoreFacts:
    """Read one by one, as the text says it."""
    payer = one.ncli or one.fastel
    promises = Promise.objects.filter(ncli=payer, period__lte=one.period).order_by("id")
    newest = {promise.fastel: promise.state for promise in promises}  # each line of the customer has its own
    mine = {"person": f"customer:{payer}", "at__gt": NOW - timedelta(days=1), "at__lte": NOW}
    by_hand = ContactAttempt.objects.filter(dial=None, **mine).exclude(by=By.INBOUND).count()
    dialled = Dial.objects.filter(**mine).exclude(state=Dial.State.FAILED).count()
    return ScoreFacts(
        broken_promise=Promise.State.BROKEN in newest.values(),
        appointment_due=one.at is not None and one.at <= NOW,
        days=billing.days_to_termination(one.oldest_month, timezone.localdate(NOW)),
        arrears=one.total,
        contact_rate=rates[one.zone],
        attempts=by_hand + dialled,
    )


@pytest.fixture
def several(db: None, citra: User) -> list[Prospect]:
    soon, over = NOW + timedelta(hours=1), NOW - timedelta(minutes=1)
    months = [date(2026, 11, 1), date(2026, 10, 1), date(2026, 9, 1), date(2026, 5, 1)]
    found = [
        desk.prospect(oldest_month=months[n % 4], total=200_000 * n, zone=["WIB", "WITA", "WIT", ""][n % 4],
                      at=[None, soon, over][n % 3], ncli=f"5{n:08d}" if n % 5 else "")
        for n in range(12)
    ]  # fmt: skip
    for n, one in enumerate(found):
        for hours in (1, 20, 23.9, 24.1, 30)[: n % 6]:
            called(citra, one, Result.CONNECTED if n % 2 else Result.BUSY, hours)
        called(citra, one, Result.CONNECTED, 2, by=By.INBOUND)
    made: dict[str, Any] = {
        "number": found[3].phones[0],
        "purpose": "hold",
        "agent": citra,
        "at": NOW - timedelta(hours=3),
    }
    person = f"customer:{found[3].ncli}"
    dial = Dial.objects.create(person=person, state="LINKED", **made)
    called(citra, found[3], Result.BUSY, 2.9, dial=dial)
    Dial.objects.create(person=person, state="FAILED", **made)
    return found


def test_the_statement_scores_as_python_does(several: list[Prospect], citra: User) -> None:
    broken = desk.agreed(citra, desk.prospect(ncli="700000001"))
    Promise.objects.filter(result=broken).update(state="BROKEN", settled_at=NOW)
    again = desk.prospect(ncli="700000001", at=None)
    scoring.refresh(at=NOW)
    rates = scoring.contact_rates(NOW)
    for one in [*several, again]:
        stored = Prospect.objects.get(pk=one.pk)
        assert facts_of(stored.score_facts) == by_python(stored, rates)
        assert stored.score == score_of(facts_of(stored.score_facts))
        assert stored.scored_at == NOW
    assert Prospect.objects.get(pk=again.pk).score_facts["broken_promise"] is True
    assert scoring.refresh(at=NOW) == 0  # what has not changed is not written


def test_the_contact_rate_is_that_of_this_part_of_the_day_where_they_are(several: list[Prospect]) -> None:
    rates = scoring.contact_rates(NOW)
    zone_of = {one.pk: one.zone for one in several}
    for zone, rate in rates.items():
        place = zones.named(zone)[0]
        made = [
            row.result == Result.CONNECTED
            for row in ContactAttempt.objects.exclude(by=By.INBOUND)
            if zone_of[row.case_id or 0] == zone
            and part_of(row.at.astimezone(place)) == part_of(NOW.astimezone(place))
        ]  # fmt: skip
        assert rate == (sum(made) * 1000 // len(made) if made else scoring.UNKNOWN)
    assert len(set(rates.values())) > 1


def test_only_those_asked_for_and_only_open_ones(several: list[Prospect]) -> None:
    wanted = several[3:5]
    Prospect.objects.filter(pk=several[4].pk).update(state="PAID", ready=False)
    assert scoring.refresh([one.pk for one in wanted], at=NOW) == 1
    assert list(Prospect.objects.exclude(score_facts={}).values_list("pk", flat=True)) == [several[3].pk]
    assert scoring.refresh([], at=NOW) == 0


def test_slices_leave_nobody_out(several: list[Prospect], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring, "SLICE", 2)
    assert scoring.refresh(at=NOW) == len(several)
