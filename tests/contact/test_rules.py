"""Who may be called when: hours in the customer's zone, Sundays, holidays, wishes, limits over desks, gaps."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from tenesa.accounts.models import User
from tenesa.contact import zones
from tenesa.contact.facts import Facts
from tenesa.contact.kinds import By, Purpose, Result
from tenesa.contact.models import ContactAttempt, Dial, Holiday
from tenesa.contact.policy import DAY, WEEK, Policy, Rule, Tried, policy_of
from tenesa.contact.rules import Verdict, judge, may_contact

NUMBER, OTHER, WHO = "02155501234", "081200001187", "customer:1000123"
MINUTE = timedelta(minutes=1)


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zones.ZONES["WIB"])


def asked(at: datetime, *, purpose: str = "callback", zone: str = "WIB", **changes: Any) -> Verdict:
    given = {"person": WHO, "number": "+62 21 5550 1234", "zone": zone, "purpose": purpose, "at": at, **changes}
    return may_contact(**given)


def tried(agent: User, at: datetime, result: str = Result.NO_ANSWER, **changes: Any) -> ContactAttempt:
    fields: dict[str, Any] = {"person": WHO, "number": NUMBER, "purpose": Purpose.HOLD, "agent": agent, **changes}
    who = "Bonar" if result in {Result.CONNECTED, Result.WRONG_PERSON} else ""
    return ContactAttempt.objects.create(at=at, result=result, answered_by=who, **fields)


@pytest.fixture(autouse=True)
def _tables(db: None) -> None:
    Holiday.objects.update_or_create(date=date(2026, 12, 25), defaults={"name": "Natal", "confirmed": True})


# --- hours -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("purpose", "zone", "at", "next_at"),
    [
        ("callback", "WIB", "2026-12-01 12:00", None),
        ("callback", "WIB", "2026-12-01 20:59", None),
        ("callback", "WIB", "2026-12-01 21:00", "2026-12-02 07:00"),
        ("callback", "WITA", "2026-12-01 20:30", "2026-12-02 06:00"),
        ("callback", "WITA", "2026-12-01 06:00", None),
        ("callback", "WIT", "2026-12-01 19:00", "2026-12-02 05:00"),
        ("callback", "WIT", "2026-12-01 04:59", "2026-12-01 05:00"),
        ("callback", "", "2026-12-01 18:59", None),  # nobody knows where: what all three zones allow
        ("callback", "", "2026-12-01 19:00", "2026-12-02 07:00"),
        ("callback", "WIB", "2026-12-06 07:30", "2026-12-06 08:00"),  # Sunday
        ("callback", "WIB", "2026-12-06 08:00", None),
        ("callback", "WIT", "2026-12-05 22:00", "2026-12-06 06:00"),  # Sunday already where the customer is
        ("callback", "WIB", "2026-12-25 20:30", "2026-12-26 07:00"),  # holiday
        ("caring", "WIB", "2026-12-05 19:59", None),  # Saturday
        ("caring", "WIB", "2026-12-06 12:00", "2026-12-07 08:00"),
        ("caring", "WIB", "2026-12-25 12:00", "2026-12-26 08:00"),
        ("caring", "", "2026-12-01 18:00", "2026-12-02 08:00"),
        ("hold", "WIB", "2026-12-06 03:00", None),  # day and night
        ("hold", "", "2026-12-25 03:00", None),
    ],
)
def test_hours_are_the_customers(purpose: str, zone: str, at: str, next_at: str | None) -> None:
    verdict = asked(wib(at), purpose=purpose, zone=zone)
    assert (verdict.allowed, verdict.next_at) == (next_at is None, wib(next_at) if next_at else None)
    assert bool(verdict.reason_words) is not verdict.allowed


def test_an_estimated_holiday_changes_no_hours() -> None:
    Holiday.objects.filter(date="2026-12-25").update(confirmed=False)
    assert asked(wib("2026-12-25 12:00"), purpose="caring").allowed


def test_hours_are_a_setting(settings: Settings) -> None:
    settings.CONTACT = {**settings.CONTACT, "hold": {**settings.CONTACT["hold"], "hours": (420, 1260)}}
    verdict = asked(wib("2026-12-01 22:00"), purpose="hold", zone="WITA")
    assert verdict.next_at == wib("2026-12-02 06:00")
    assert "07.00" in verdict.reason_words
    assert "WITA" in verdict.reason_words


def test_a_wish_takes_the_place_of_the_hours() -> None:
    night = (wib("2026-12-06 22:00"), wib("2026-12-06 23:00"))
    assert asked(wib("2026-12-06 22:00"), wished=night).allowed
    assert asked(wib("2026-12-06 22:59"), wished=night).allowed
    assert asked(wib("2026-12-06 12:00"), wished=night).next_at == night[0]
    assert asked(wib("2026-12-06 23:00"), wished=night).next_at == wib("2026-12-07 07:00")


def test_who_calls_us_is_never_refused() -> None:
    assert asked(wib("2026-12-06 03:00"), purpose="caring", inbound=True).allowed


def test_an_unknown_purpose_is_a_mistake() -> None:
    with pytest.raises(LookupError):
        asked(wib("2026-12-01 12:00"), purpose="advertising")


# --- limits and gaps, over all desks ---------------------------------------------------------------------------------
def test_limits_count_the_calls_of_all_desks_to_a_number(rini: User, asing: User) -> None:
    noon = wib("2026-12-01 12:00")
    tried(rini, noon - 20 * timedelta(hours=1), person="")
    tried(asing, noon - 5 * timedelta(hours=1), Result.CONNECTED, person="", purpose=Purpose.CALLBACK)
    verdict = asked(noon, purpose="caring", person="")
    assert verdict.next_at == noon + 4 * timedelta(hours=1)
    assert "2" in verdict.reason_words
    assert asked(noon, purpose="caring", person="", number=OTHER).allowed


def test_limits_count_the_calls_to_a_person_at_any_number(rini: User) -> None:
    noon = wib("2026-12-01 12:00")
    for hours in (3, 6):
        tried(rini, noon - hours * timedelta(hours=1), number=OTHER)
    assert not asked(noon, purpose="caring").allowed
    assert asked(noon, purpose="caring", person="customer:2").allowed


def test_a_week_has_a_limit_too(rini: User) -> None:
    noon = wib("2026-12-08 12:00")
    for days in range(1, 8):
        tried(rini, noon - days * DAY + MINUTE)
    verdict = asked(noon, purpose="caring")
    assert verdict.next_at == noon + MINUTE
    assert not verdict.allowed


def test_a_call_without_an_answer_makes_every_desk_wait(rini: User) -> None:
    noon = wib("2026-12-01 12:00")
    tried(rini, noon - 10 * MINUTE)
    verdict = asked(noon)
    assert verdict.next_at == noon + 20 * MINUTE
    assert "Rini" in verdict.reason_words
    tried(rini, noon - MINUTE, Result.CONNECTED)
    assert not asked(noon).allowed  # another number may have been meant
    assert asked(noon, purpose="hold").allowed


def test_calls_of_the_customers_own_count_for_nothing(rini: User) -> None:
    noon = wib("2026-12-01 12:00")
    for minutes in range(1, 9):
        tried(rini, noon - minutes * MINUTE, Result.CONNECTED, by=By.INBOUND)
    assert asked(noon, purpose="caring").allowed


def test_a_dial_counts_once_and_a_failed_one_never(rini: User) -> None:
    noon = wib("2026-12-01 12:00")
    made: dict[str, Any] = {"person": WHO, "number": NUMBER, "purpose": "hold", "agent": rini}
    Dial.objects.create(at=noon - MINUTE, state="FAILED", **made)
    assert asked(noon, purpose="caring").allowed
    dial = Dial.objects.create(at=noon - 3 * timedelta(hours=1), state="LINKED", **made)
    tried(rini, noon - 3 * timedelta(hours=1) + MINUTE, dial=dial)
    verdict = asked(noon, purpose="caring")
    assert verdict.allowed
    assert verdict.proof["to_number"] == 1


def test_the_verdict_reads_little(rini: User, django_assert_max_num_queries: Any) -> None:
    noon = wib("2026-12-01 12:00")
    for minutes in range(60, 90):
        tried(rini, noon - minutes * MINUTE)
    with django_assert_max_num_queries(3):  # attempts, dials, holidays
        asked(noon)


# --- the rules on any facts ------------------------------------------------------------------------------------------
START = datetime(2026, 11, 30, tzinfo=UTC)
MOMENTS = st.integers(0, 14 * 1440).map(lambda minute: START + minute * MINUTE)
SPANS = st.tuples(st.integers(0, 1380), st.integers(30, 1440)).map(lambda one: (one[0], min(1440, one[0] + one[1])))
POLICIES = st.builds(
    Policy,
    rule=st.builds(Rule, st.integers(1, 4), st.integers(0, 200).map(lambda m: m * MINUTE), st.just(DAY)),
    hours=SPANS,
    rest=st.none() | SPANS,
    most=st.just(())
    | st.tuples(st.tuples(st.integers(1, 3), st.just(DAY)), st.tuples(st.integers(3, 7), st.just(WEEK))),
)
FACTS = st.builds(
    Facts,
    to_number=st.lists(MOMENTS, max_size=6),
    to_person=st.lists(MOMENTS, max_size=6),
    unanswered_at=st.none() | MOMENTS,
    unanswered_by=st.just("Rini"),
    tried=st.lists(st.builds(Tried, MOMENTS, st.sampled_from(Result.values), st.sampled_from(By.values)), max_size=4),
    is_holiday=st.sets(st.dates(date(2026, 11, 29), date(2026, 12, 20)), max_size=6).map(
        lambda days: days.__contains__
    ),
)
PLACES = st.sampled_from([zones.named(""), *(zones.named(key) for key in zones.ZONES)])
WISHES = st.none() | st.tuples(MOMENTS, st.integers(1, 600)).map(lambda one: (one[0], one[0] + one[1] * MINUTE))


@given(POLICIES, FACTS, PLACES, MOMENTS, WISHES)
def test_what_is_refused_is_allowed_at_the_moment_named_and_not_before(policy, facts, places, at, wish) -> None:
    verdict = judge(policy, facts, places, at, wish)
    assert verdict.allowed == (verdict.reason_words == "")
    if verdict.allowed or verdict.next_at is None:
        return
    assert verdict.next_at > at
    assert judge(policy, facts, places, verdict.next_at, wish).allowed
    between = verdict.next_at - at
    for part in (0.25, 0.5, 0.75):
        assert not judge(policy, facts, places, at + part * between, wish).allowed
    assert not judge(policy, facts, places, verdict.next_at - timedelta(seconds=1), wish).allowed


@given(st.lists(st.integers(0, 300), max_size=8), st.integers(1, 4), st.integers(1, 60), st.integers(1, 240))
def test_the_rule_counts_as_trying_every_choice_does(minutes: list[int], attempts: int, gap: int, window: int) -> None:
    rule = Rule(attempts, gap * MINUTE, window * MINUTE)
    tries = [Tried(START + minute * MINUTE, Result.NO_ANSWER) for minute in minutes]
    best = 0
    for size in range(len(minutes) + 1):
        for some in itertools.combinations(sorted(minutes), size):
            apart = all(later - sooner >= gap for sooner, later in itertools.pairwise(some))
            if apart and (not some or some[-1] - some[0] <= window):
                best = size
    assert rule.counted(tries) == best
    assert rule.met(tries) == (best >= attempts)
    assert rule.counted([*tries, Tried(START, Result.CONNECTED), Tried(START, Result.BUSY, By.INBOUND)]) == best


def test_w_02_has_its_own_rule() -> None:
    assert policy_of("hold").rule == Rule(3, 10 * MINUTE, 60 * MINUTE)
    assert may_contact(person="", number="", zone="", purpose="hold", at=timezone.now()).allowed
