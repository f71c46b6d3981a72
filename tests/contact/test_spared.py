"""The rules for people whom nobody asked to be called: waits by result, silence, numbers, parts of the day (8.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import InternalError, transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from tenesa.accounts.models import User
from tenesa.contact import dialling, zones
from tenesa.contact.day_parts import DayPart, next_part, part_of
from tenesa.contact.dialling import Callee
from tenesa.contact.facts import Facts, confirmed_holidays
from tenesa.contact.kinds import By, Purpose, Result, Why
from tenesa.contact.models import ContactAttempt, Dial, DialRefusal, Holiday
from tenesa.contact.policy import DAY, WEEK, Policy, Rule, Tried, busy_runs, policy_of
from tenesa.contact.rules import Verdict, is_exhausted, judge, may_contact, retry_at
from tenesa.env import contact_policy, day_parts
from tenesa.workflow.errors import NotNow

NUMBER, OTHER, WHO = "081200001187", "02155501234", "customer:1000123"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SPOKE = {Result.CONNECTED, Result.WRONG_PERSON}


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zones.ZONES["WIB"])


TUESDAY = wib("2026-12-01 12:00")  # a working day with room before and after it


def asked(at: datetime = TUESDAY, **changes: Any) -> Verdict:
    return may_contact(**{"person": WHO, "number": NUMBER, "zone": "WIB", "purpose": "caring", "at": at, **changes})


def called(agent: User, at: datetime, result: str = Result.NO_ANSWER, **changes: Any) -> ContactAttempt:
    fields: dict[str, Any] = {"person": WHO, "number": NUMBER, "purpose": Purpose.CARING, "agent": agent, **changes}
    return ContactAttempt.objects.create(at=at, result=result, answered_by="Bonar" if result in SPOKE else "", **fields)


pytestmark = pytest.mark.django_db


# --- waits by result -------------------------------------------------------------------------------------------------
WAITS = [
    (Result.BUSY, 30), (Result.NO_ANSWER, 120), (Result.OFF, 120), (Result.MAILBOX, 240), (Result.REJECTED, 1440),
    (Result.WRONG_PERSON, 120), (Result.CONNECTED, WEEK // MINUTE),
]  # fmt: skip


@pytest.mark.parametrize(("result", "minutes"), WAITS)
def test_each_result_has_its_wait(rini: User, result: str, minutes: int) -> None:
    called(rini, TUESDAY, result)
    verdict = asked(TUESDAY + MINUTE)
    assert (verdict.allowed, verdict.next_at) == (False, TUESDAY + minutes * MINUTE)
    assert verdict.why == (Why.SILENCE if result == Result.CONNECTED else Why.GAP)
    assert asked(TUESDAY + minutes * MINUTE).allowed


@pytest.mark.parametrize("result", [Result.INVALID, Result.FAX, Result.WRONG_NUMBER])
def test_a_number_that_is_none_is_never_tried_again_and_others_after_the_gap(rini: User, result: str) -> None:
    called(rini, TUESDAY, result)
    refused = asked(TUESDAY + 30 * DAY)
    assert (refused.allowed, refused.next_at, refused.why) == (False, None, Why.NUMBER)
    assert asked(TUESDAY + HOUR, number=OTHER).next_at == TUESDAY + 2 * HOUR
    assert asked(TUESDAY + 2 * HOUR, number=OTHER).allowed


def test_the_wait_of_any_call_holds_not_only_of_the_last(rini: User) -> None:
    called(rini, TUESDAY, Result.REJECTED)
    called(rini, TUESDAY + HOUR, Result.BUSY, number=OTHER)
    assert asked(TUESDAY + 3 * HOUR).next_at == TUESDAY + DAY


def test_a_dial_of_which_nobody_knows_the_result_makes_wait(rini: User) -> None:
    made: dict[str, Any] = {"person": WHO, "number": NUMBER, "purpose": "caring", "agent": rini, "at": TUESDAY}
    one = Dial.objects.create(state="LINKED", **made)
    assert asked(TUESDAY + HOUR).next_at == TUESDAY + 2 * HOUR
    called(rini, TUESDAY + MINUTE, Result.REJECTED, dial=one)
    assert asked(TUESDAY + HOUR).next_at == TUESDAY + DAY


def test_calls_of_other_desks_and_by_hand_count(rini: User, asing: User) -> None:
    called(asing, TUESDAY, Result.REJECTED, purpose=Purpose.HOLD, number=OTHER)
    refused = asked(TUESDAY + HOUR)
    assert refused.next_at == TUESDAY + DAY
    assert "Asing" in refused.reason_words
    assert asked(TUESDAY + HOUR, person="customer:2", number=NUMBER).allowed


def test_waits_are_a_setting(rini: User, settings: Settings) -> None:
    spares = {**settings.CONTACT["caring"]["spares"], "MAILBOX": 300, "INVALID": 0}
    settings.CONTACT = {**settings.CONTACT, "caring": {**settings.CONTACT["caring"], "spares": spares}}
    called(rini, TUESDAY, Result.MAILBOX)
    assert asked(TUESDAY + HOUR).next_at == TUESDAY + 5 * HOUR
    called(rini, TUESDAY, Result.INVALID, person="customer:2", number=OTHER)
    assert asked(TUESDAY, person="customer:2", number="0213000000").allowed


# --- a busy line -----------------------------------------------------------------------------------------------------
def test_a_busy_line_is_tried_twice_more_up_to_the_hard_limit(rini: User) -> None:
    for tries, at in enumerate([0, 30, 60]):
        assert asked(TUESDAY + at * MINUTE).allowed, tries
        called(rini, TUESDAY + at * MINUTE, Result.BUSY)
    assert asked(TUESDAY + 90 * MINUTE).next_at == TUESDAY + 60 * MINUTE + DAY - 30 * MINUTE  # below two again


def test_after_a_busy_line_and_no_answer_two_a_day_hold(rini: User) -> None:
    called(rini, TUESDAY, Result.BUSY)
    called(rini, TUESDAY + 30 * MINUTE, Result.NO_ANSWER)
    assert asked(TUESDAY + 4 * HOUR).next_at == TUESDAY + DAY


def test_the_third_busy_one_in_a_row_waits_as_any_other() -> None:
    policy = policy_of("caring")
    assert [policy.wait(Result.BUSY, run) for run in (1, 2, 3)] == [30 * MINUTE, 30 * MINUTE, 2 * HOUR]
    assert busy_runs(["BUSY", "BUSY", "NO_ANSWER", "BUSY"]) == [1, 2, 0, 1]


# --- limits ----------------------------------------------------------------------------------------------------------
def test_two_within_a_rolling_day_and_seven_within_a_week(rini: User) -> None:
    called(rini, TUESDAY - 5 * HOUR)
    called(rini, TUESDAY - 2 * HOUR, number=OTHER)
    refused = asked()
    assert (refused.why, refused.next_at) == (Why.DAILY, TUESDAY + 19 * HOUR + HOUR * 1)  # 07.00, so 08.00
    for days in range(2, 7):
        called(rini, TUESDAY - days * DAY)
    late = TUESDAY + DAY
    called(rini, late - 4 * HOUR)
    assert asked(late).why == Why.WEEKLY


def test_an_appointment_may_use_the_third_of_a_day_and_no_fourth(rini: User) -> None:
    wished = (TUESDAY, TUESDAY + HOUR)
    called(rini, TUESDAY - 4 * HOUR)
    called(rini, TUESDAY - 2 * HOUR)
    assert not asked().allowed
    assert asked(wished=wished).allowed
    called(rini, TUESDAY - 2 * HOUR, number=OTHER)
    assert asked(wished=wished).why == Why.DAILY


def test_an_appointment_takes_the_place_of_the_hours_and_is_not_come_before(rini: User) -> None:
    night = (wib("2026-12-01 20:30"), wib("2026-12-01 21:30"))
    assert asked(night[0], wished=night).allowed
    assert asked(night[1], wished=night).why == Why.HOURS
    morning = (wib("2026-12-02 10:00"), wib("2026-12-02 11:00"))
    assert asked(wished=morning).next_at == morning[0]


@pytest.mark.parametrize(
    ("at", "zone", "next_at"),
    [
        ("2026-12-01 18:59", "WIT", "2026-12-02 06:00"),  # 20.59 where they are
        ("2026-12-01 17:59", "", None),
        ("2026-12-01 18:00", "", "2026-12-02 08:00"),
        ("2026-12-01 07:59", "", "2026-12-01 08:00"),
        ("2026-12-05 19:59", "WIB", None),  # Saturday
        ("2026-12-05 20:00", "WIB", "2026-12-07 08:00"),
        ("2026-12-25 10:00", "WIB", "2026-12-26 08:00"),
    ],
)
def test_hours_are_those_of_the_debtors_zone(at: str, zone: str, next_at: str | None) -> None:
    verdict = asked(wib(at), zone=zone)
    assert (verdict.allowed, verdict.next_at) == (next_at is None, wib(next_at) if next_at else None)


# --- silence ---------------------------------------------------------------------------------------------------------
def test_after_a_conversation_the_person_is_left_in_peace(rini: User) -> None:
    called(rini, TUESDAY, Result.CONNECTED)
    for number in (NUMBER, OTHER):
        verdict = asked(TUESDAY + 6 * DAY, number=number)
        assert (verdict.why, verdict.next_at) == (Why.SILENCE, TUESDAY + WEEK)
    assert asked(TUESDAY + 2 * HOUR, person="customer:2").allowed  # another customer with the same number
    assert asked(TUESDAY + HOUR, person="customer:2").next_at == TUESDAY + 2 * HOUR


def test_but_for_an_appointment_or_a_promise(rini: User) -> None:
    called(rini, TUESDAY, Result.CONNECTED)
    assert asked(TUESDAY + 30 * MINUTE, agreed=True).allowed
    assert asked(TUESDAY + HOUR, wished=(TUESDAY + HOUR, TUESDAY + 2 * HOUR)).allowed
    assert asked(TUESDAY + 5 * HOUR, wished=(TUESDAY + 3 * HOUR, TUESDAY + 4 * HOUR)).why == Why.SILENCE


def test_nobody_is_silent_for_a_third_party_or_a_call_of_the_customers_own(rini: User) -> None:
    called(rini, TUESDAY, Result.WRONG_PERSON)
    called(rini, TUESDAY, Result.CONNECTED, by=By.INBOUND)
    assert asked(TUESDAY + 2 * HOUR).allowed


# --- enough attempts -------------------------------------------------------------------------------------------------
def tries(*moments: str, result: str = Result.NO_ANSWER) -> list[Tried]:
    return [Tried(wib(moment), result) for moment in moments]


MORNINGS = tries(*(f"2026-12-{day:02} 09:00" for day in (1, 2, 3, 4, 5, 7, 8, 9)))


def test_nine_attempts_in_two_parts_of_the_day_on_two_days_are_enough() -> None:
    assert not is_exhausted(MORNINGS, "WIB", "caring")
    ninth = tries("2026-12-10 13:00")
    assert is_exhausted([*MORNINGS, *ninth], "WIB", "caring")
    assert not is_exhausted([*MORNINGS, *tries("2026-12-10 13:00", result=Result.CONNECTED)], "WIB", "caring")
    assert not is_exhausted([*MORNINGS, *tries("2026-12-10 09:00")], "WIB", "caring")
    assert is_exhausted([*MORNINGS, *tries("2026-12-10 10:30")], "WIT", "caring")  # afternoon there
    one_day = [Tried(wib("2026-12-01 08:00") + minutes * MINUTE, Result.BUSY) for minutes in range(0, 720, 80)]
    assert (len(one_day), is_exhausted(one_day, "WIB", "caring")) == (9, False)


def test_the_last_attempt_is_made_in_another_part_of_the_day() -> None:
    at = wib("2026-12-10 09:00")
    refused = asked(at, tried=MORNINGS)
    assert (refused.why, refused.next_at) == (Why.PART, wib("2026-12-10 12:00"))
    assert asked(wib("2026-12-10 12:00"), tried=MORNINGS).allowed
    assert asked(at, tried=MORNINGS[:7]).allowed


def test_nobody_is_tried_a_tenth_time() -> None:
    spent = [*MORNINGS, *tries("2026-12-10 13:00")]
    refused = asked(wib("2026-12-21 10:00"), tried=spent)
    assert (refused.why, refused.next_at) == (Why.SPENT, None)


def test_more_attempts_than_there_may_be_in_all_parts_of_the_day_are_spent_too() -> None:
    many = [*MORNINGS, *tries("2026-12-10 13:00", "2026-12-11 17:00", "2026-12-12 09:00")]
    assert asked(wib("2026-12-21 10:00"), tried=many).why == Why.SPENT


def test_w_02_goes_by_its_own_rule() -> None:
    three = [Tried(TUESDAY + minutes * MINUTE, Result.BUSY) for minutes in (0, 11, 22)]
    assert is_exhausted(three, "WIB", "hold")
    assert not is_exhausted(three[:2], "WIB", "hold")


@pytest.mark.parametrize(
    ("result", "at", "expected"),
    [
        ("BUSY", "2026-12-01 12:00", "2026-12-01 12:30"),
        ("NO_ANSWER", "2026-12-01 12:00", "2026-12-01 14:00"),
        ("MAILBOX", "2026-12-01 12:00", "2026-12-01 16:00"),
        ("REJECTED", "2026-12-01 12:00", "2026-12-02 12:00"),
        ("NO_ANSWER", "2026-12-01 18:30", "2026-12-02 08:00"),
        ("REJECTED", "2026-12-05 12:00", "2026-12-07 08:00"),  # over a Sunday
        ("NO_ANSWER", "2026-12-24 19:00", "2026-12-26 08:00"),  # over Christmas
    ],
)
def test_the_case_is_told_when_to_try_again(result: str, at: str, expected: str) -> None:
    assert retry_at(result, [], wib(at), zone="WIB", purpose="caring") == wib(expected)


def test_and_that_there_is_nothing_more_to_try() -> None:
    nine = wib("2026-12-10 13:00")
    assert retry_at("NO_ANSWER", MORNINGS, nine, zone="WIB", purpose="caring") is None
    assert retry_at("NO_ANSWER", MORNINGS[:7], wib("2026-12-09 09:00"), zone="WIB", purpose="caring") == wib(
        "2026-12-09 12:00"
    )


# --- parts of the day ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("clock", "part", "then"),
    [
        ("00:00", DayPart.MORNING, "2026-12-01 12:00"), ("11:59", DayPart.MORNING, "2026-12-01 12:00"),
        ("12:00", DayPart.AFTERNOON, "2026-12-01 16:00"), ("16:00", DayPart.EVENING, "2026-12-02 00:00"),
        ("23:59", DayPart.EVENING, "2026-12-02 00:00"),
    ],
)  # fmt: skip
def test_a_day_has_three_parts(clock: str, part: DayPart, then: str) -> None:
    moment = wib(f"2026-12-01 {clock}")
    assert (part_of(moment), next_part(moment)) == (part, wib(then))


# --- the proof -------------------------------------------------------------------------------------------------------
CALLEE = Callee("Bonar", [NUMBER, OTHER], WHO, "WIB", "caring", "tests.case", 7)


def test_a_refusal_keeps_what_it_saw_and_dials_nothing(rini: User, settings: Settings) -> None:
    _day_and_night(settings)
    moment = datetime.now(UTC)
    called(rini, moment - HOUR, Result.REJECTED)
    with pytest.raises(NotNow) as refused:
        dialling.dial(CALLEE, NUMBER, agent=rini, key=_key(1))
    kept = DialRefusal.objects.get()
    assert (kept.why, kept.words, kept.agent, kept.case_id) == (Why.GAP, str(refused.value), rini, 7)
    assert kept.next_at == moment - HOUR + DAY
    assert not Dial.objects.exists()
    assert set(kept.proof) == set(asked().proof)
    for change in (lambda: DialRefusal.objects.update(why=Why.HOURS), kept.delete):
        with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
            change()


def test_a_refusal_at_the_claim_of_a_case_may_name_nobody() -> None:
    verdict = asked(wib("2026-12-06 12:00"))
    kept = dialling.keep_refusal(CALLEE, "", verdict, agent=None)
    assert (kept.why, kept.agent, kept.next_at) == (Why.HOURS, None, wib("2026-12-07 08:00"))


def test_a_dial_keeps_the_whole_proof(rini: User) -> None:
    called(rini, TUESDAY - 3 * DAY, Result.CONNECTED)
    called(rini, TUESDAY - 3 * HOUR, number=OTHER)
    assert asked(zone="WITA", agreed=True, tried=MORNINGS[:1]).proof == {
        "zone": ["WITA"], "local": "2026-12-01T13:00:00+08:00", "holiday": False,
        "holidays": confirmed_holidays().version, "to_number": 0, "to_person": 1, "part": "AFTERNOON",
        "week_number": 1, "week_person": 2, "tried": 1, "number": "VERIFIED",
        "silent_until": "2026-12-05T05:00:00+00:00", "agreed": True,
    }  # fmt: skip


def test_the_version_of_the_holidays_changes_with_them() -> None:
    before = confirmed_holidays().version
    Holiday.objects.create(date=date(2026, 12, 9), name="Pilkada", confirmed=False)
    assert confirmed_holidays().version == before
    Holiday.objects.filter(date="2026-12-09").update(confirmed=True)
    assert confirmed_holidays().version != before


def test_the_verdict_reads_little(rini: User, django_assert_max_num_queries: Any) -> None:
    for days in range(20):
        called(rini, TUESDAY - days * 5 * HOUR)
    with django_assert_max_num_queries(4):  # attempts, dials, holidays, number
        asked()


# --- settings --------------------------------------------------------------------------------------------------------
def test_no_setting_goes_beyond_the_hard_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {
        "hours_default": "08-20", "rest_default": "-", "attempts": 9, "per_day": 2,
        "spares": {"hard": 3, "busy": 30, "busy_times": 2, "BUSY": 1, "silence_days": 7, "parts": 2},
    }  # fmt: skip
    for name, value in (("PER_DAY", "4"), ("PER_DAY", "0"), ("PARTS", "4"), ("BUSY_TIMES", "-1")):
        with monkeypatch.context() as patch, pytest.raises(ImproperlyConfigured):
            patch.setenv(f"CONTACT_CARING_{name}", value)
            contact_policy("caring", **given)
    monkeypatch.setenv("CONTACT_CARING_HARD", "9")
    monkeypatch.setenv("CONTACT_CARING_PER_DAY", "3")
    told: Any = contact_policy("caring", **given)
    assert (told["spares"]["hard"], told["per_day"]) == (3, 3)


@pytest.mark.parametrize("hours", ["16,12", "12", "0,12", "12,24"])
def test_parts_of_the_day_are_in_order(monkeypatch: pytest.MonkeyPatch, hours: str) -> None:
    monkeypatch.setenv("CONTACT_DAY_PARTS", hours)
    with pytest.raises(ImproperlyConfigured):
        day_parts("CONTACT_DAY_PARTS", [12, 16])


# --- on any facts ----------------------------------------------------------------------------------------------------
START = datetime(2026, 11, 30, tzinfo=UTC)
MOMENTS = st.integers(0, 14 * 1440).map(lambda minute: START + minute * MINUTE)
RULE = Rule(4, 2 * HOUR, 30 * DAY)
POLICIES = st.builds(
    Policy,
    rule=st.just(RULE),
    hours=st.sampled_from([(480, 1200), (600, 660), (0, 1440)]),
    rest=st.none() | st.just((540, 720)),
    most=st.tuples(st.tuples(st.integers(1, 2), st.just(DAY)), st.tuples(st.integers(3, 7), st.just(WEEK))),
    spares=st.just(True),
    hard=st.integers(2, 3),
    silence=st.integers(0, 9).map(lambda days: days * DAY),
    parts=st.integers(0, 2),
)
FACTS = st.builds(
    Facts,
    to_number=st.lists(MOMENTS, max_size=5),
    to_person=st.lists(MOMENTS, max_size=5),
    tried=st.lists(st.builds(Tried, MOMENTS, st.sampled_from(Result.values)), max_size=5),
    pause_until=st.none() | MOMENTS,
    silent_until=st.none() | MOMENTS,
    agreed=st.booleans(),
    is_busy=st.booleans(),
    is_holiday=st.sets(st.dates(date(2026, 11, 29), date(2026, 12, 20)), max_size=6).map(
        lambda found: found.__contains__
    ),
)
WISHES = st.none() | st.tuples(MOMENTS, st.integers(1, 600)).map(lambda one: (one[0], one[0] + one[1] * MINUTE))
PLACES = st.sampled_from([zones.named(""), *(zones.named(key) for key in zones.ZONES)])


@given(POLICIES, FACTS, PLACES, MOMENTS, WISHES)
def test_what_is_refused_is_allowed_at_the_moment_named_and_not_before(policy, facts, places, at, wish) -> None:
    verdict = judge(policy, facts, places, at, wish)
    assert verdict.allowed == (verdict.why == "") == (verdict.reason_words == "")
    if verdict.allowed or verdict.next_at is None:
        return
    assert verdict.next_at > at
    assert judge(policy, facts, places, verdict.next_at, wish).allowed
    between = verdict.next_at - at
    for part in (0.25, 0.5, 0.75):
        assert not judge(policy, facts, places, at + part * between, wish).allowed
    assert not judge(policy, facts, places, verdict.next_at - timedelta(seconds=1), wish).allowed


RESULTS = [one for one in Result.values if one not in {"CONNECTED", "INVALID", "FAX", "WRONG_NUMBER"}]


@given(
    st.lists(st.sampled_from(RESULTS), min_size=12, max_size=12), st.sampled_from(["WIB", "WITA", "WIT", ""]), MOMENTS
)
def test_whoever_calls_when_told_to_stays_within_every_rule(results: list[str], zone: str, at: datetime) -> None:
    """Written anew from the text, not from the code."""
    place, made, moment = zones.named(zone)[0], [], _first(zone, at)
    for result in results:
        made.append(Tried(moment, result))
        then = retry_at(result, made[:-1], moment, zone=zone, purpose="caring")
        if then is None:
            break
        moment = then
    assert is_exhausted(made, zone, "caring")
    assert len(made) == 9
    local = [one.at.astimezone(place) for one in made]
    assert len({part_of(one) for one in local}) >= 2
    assert len({one.date() for one in local}) >= 2
    _holds(made, local, zone)


def _holds(made: Sequence[Tried], local: Sequence[datetime], zone: str) -> None:
    closes = 18 if zone == "" else 20
    for place, (one, here) in enumerate(zip(made, local, strict=True)):
        assert here.weekday() < 6
        assert 8 <= here.hour < closes
        before = made[:place]
        day = [other for other in before if other.at > one.at - DAY]
        assert len(day) < (3 if before and before[-1].result == Result.BUSY else 2)
        assert sum(other.at > one.at - WEEK for other in before) < 7
        if before:
            busy = before[-1].result == Result.BUSY
            assert one.at - before[-1].at >= (30 * MINUTE if busy else 2 * HOUR)
            assert all(one.at - other.at >= DAY for other in before if other.result == Result.REJECTED)


def _first(zone: str, at: datetime) -> datetime:
    return judge(policy_of("caring"), Facts(is_holiday=confirmed_holidays()), zones.named(zone), at).next_at or at


def _day_and_night(settings: Settings) -> None:
    told = {**settings.CONTACT["caring"], "hours": (0, 1440), "rest": (0, 1440)}
    settings.CONTACT = {**settings.CONTACT, "caring": told}


def _key(number: int) -> Any:
    from uuid import UUID

    return UUID(int=number)
