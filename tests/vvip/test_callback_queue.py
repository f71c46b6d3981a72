"""The queue of Tier 2 (requirements 7.1, V-07, V-17 - V-20; ADR-0032): order, claim, lease, appointment, end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from tenesa.accounts.models import SYSTEM, PresenceState, User
from tenesa.accounts.presence import change_presence
from tenesa.accounts.roles import Role
from tenesa.contact.models import Dial, Holiday
from tenesa.notices.models import Notice
from tenesa.systems.models import ExternalCall
from tenesa.timers import sweep
from tenesa.timers.models import Mark, Target, Timer
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.perform import perform
from tenesa.workspace import lists
from tenesa.workspace.presence import keep_held
from tests.vvip import desk
from tests.vvip.callbacks import call, claimed, waiting
from vvip import services
from vvip.callbacks import queue
from vvip.callbacks.desk import CallbackDesk
from vvip.callbacks.states import LEASE, SILENCE, State, Tier
from vvip.calls.states import State as CallState
from vvip.models import Callback, SpecialCase

pytestmark = pytest.mark.django_db


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)


def later(callback: Callback, **columns: Any) -> Callback:
    """The row as if time had passed."""
    Callback.objects.filter(pk=callback.pk).update(**columns)
    found: Callback = desk.again(callback)
    return found


# --- order -----------------------------------------------------------------------------------------------------------
def test_tier_goes_before_due_time_and_due_time_before_number(tio: User, settings: Settings) -> None:
    settings.W26 = {**settings.W26, "open_items": 9}
    slow, first = waiting(tier=Tier.HIGH_SPEED, at=ago(minutes=9)), waiting(tier=Tier.VVIP)
    management = waiting(tier=Tier.MANAGEMENT, at=ago(minutes=3))
    older = waiting(tier=Tier.MANAGEMENT, at=ago(minutes=7))
    emergency, second = waiting(tier=Tier.SUPER_EMERGENCY), waiting(tier=Tier.VVIP)
    assert [queue.claim_next(tio) for _one in range(6)] == [emergency, first, second, older, management, slow]
    assert queue.claim_next(tio) is None


@pytest.mark.parametrize(("tier", "minutes"), [(0, 5), (1, 15), (2, 30), (3, 60), (4, 60)])
def test_each_tier_has_its_target(tier: int, minutes: int) -> None:
    one = waiting(tier=tier)
    assert one.due_at - one.waits_from == timedelta(minutes=minutes)


def test_a_target_that_an_administrator_sets_counts() -> None:
    target = Target.objects.get(procedure="vvip.callback", name="pickup", segment="VVIP")
    target.minutes, target.warn_minutes = 7, None
    target.save()
    one = waiting(tier=Tier.VVIP)
    assert one.due_at - one.waits_from == timedelta(minutes=7)


def test_it_rises_a_tier_for_each_two_targets_waited_and_never_above_vvip() -> None:
    one = waiting(tier=Tier.HIGH_SPEED, at=ago(minutes=119))
    with pytest.raises(NotNow):
        perform(one, "rise", actor=SYSTEM)
    for hours, tier in ((2, 3), (4, 2), (6, 1)):
        one = later(one, waits_from=ago(hours=hours))
        one = perform(one, "rise", actor=SYSTEM)
        assert one.tier == tier
    one = later(one, waits_from=ago(hours=60))
    with pytest.raises(NotNow):
        perform(one, "rise", actor=SYSTEM)


def test_the_sweep_raises_it() -> None:
    one = waiting(tier=Tier.HIGH_SPEED)
    sweep.fire_due(now=timezone.now() + timedelta(minutes=1))
    assert desk.again(one).tier == Tier.HIGH_SPEED
    later(one, waits_from=ago(hours=2, minutes=1))
    sweep.fire_due(now=timezone.now() + timedelta(hours=2, minutes=1))
    assert desk.again(one).tier == Tier.MANAGEMENT


def test_a_raised_one_goes_before_a_younger_vvip(tio: User) -> None:
    one = waiting(tier=Tier.HIGH_SPEED, at=ago(hours=7))
    for _time in range(3):
        one = perform(one, "rise", actor=SYSTEM)
    waiting(tier=Tier.VVIP)
    assert queue.claim_next(tio) == one


def test_nothing_starves_under_a_constant_stream_of_vvips(tio: User) -> None:
    """One comes and one is taken every 15 minutes: the high-speed item is reached after it rose, within 7 hours."""
    now = timezone.now()
    slow = waiting(tier=Tier.HIGH_SPEED, at=now - timedelta(hours=10))
    Callback.objects.filter(pk=slow.pk).update(waits_from=now)
    reached = None
    for quarter in range(1, 32):
        moment = now + timedelta(minutes=15 * quarter)
        waiting(tier=Tier.VVIP)
        Callback.objects.filter(pk=slow.pk).update(
            waits_from=timezone.now() - (moment - now), due_at=timezone.now() - (moment - now) + timedelta(hours=1)
        )
        one = desk.again(slow)
        if (rises_at := one.rises_at()) and rises_at <= timezone.now():
            perform(one, "rise", actor=SYSTEM)
        taken = queue.claim_next(tio)
        assert taken is not None
        if taken == slow:
            reached = quarter
            break
        Callback.objects.filter(pk=taken.pk).update(state=State.DONE, owner=None)
    assert reached is not None
    assert reached <= 7 * 4


def test_a_repeated_call_joins_and_raises_it_but_never_above_vvip() -> None:
    one = waiting(tier=Tier.MANAGEMENT)
    for tier in (2, 1, 1):
        one = perform(one, "join", actor=SYSTEM, call="SK1")
        assert one.tier == tier
    assert one.calls == 4
    emergency = perform(waiting(tier=Tier.SUPER_EMERGENCY), "join", actor=SYSTEM, call="SK1")
    assert emergency.tier == Tier.SUPER_EMERGENCY


# --- who takes part --------------------------------------------------------------------------------------------------
def wib(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Asia/Jakarta"))


def at_zone(zone: str, tier: int = Tier.HIGH_SPEED) -> Callback:
    return later(waiting(tier=tier), zone=zone, wish_from=None, wish_to=None)


def test_a_zone_whose_hours_are_over_stays_and_blocks_nobody(tio: User, freezer: Any) -> None:
    freezer.move_to(wib(25, 6, 0))  # 08.00 in WIT, 07.00 in WITA, 06.00 in WIB
    west = at_zone("WIB", Tier.VVIP)
    east = at_zone("WIT")
    assert queue.claim_next(tio) == east
    assert queue.claim_next(tio) is None
    assert desk.again(west).state == State.QUEUED
    freezer.move_to(wib(25, 7, 0))
    assert queue.claim_next(tio) == west


def test_who_lives_nobody_knows_where_is_called_in_the_hours_of_all_zones(tio: User, freezer: Any) -> None:
    freezer.move_to(wib(25, 6, 0))  # the hours of WIT and WITA alone
    unknown = at_zone("")
    assert queue.claim_next(tio) is None
    freezer.move_to(wib(25, 19, 30))  # 21.30 in WIT
    assert queue.claim_next(tio) is None
    freezer.move_to(wib(25, 18, 30))
    assert queue.claim_next(tio) == unknown


@pytest.mark.parametrize(("day", "holiday"), [(29, False), (25, True)])
def test_on_sundays_and_holidays_it_begins_later(tio: User, freezer: Any, day: int, holiday: bool) -> None:
    Holiday.objects.all().delete()
    if holiday:
        Holiday.objects.create(date=wib(day, 0).date(), name="Libur")
    freezer.move_to(wib(day, 7, 30))
    one = at_zone("WIB")
    assert queue.claim_next(tio) is None
    freezer.move_to(wib(day, 8, 1))
    assert queue.claim_next(tio) == one


def test_the_wish_of_the_customer_beats_the_hours(tio: User, freezer: Any) -> None:
    freezer.move_to(wib(25, 22, 30))
    one = later(waiting(), wish_from=wib(25, 22), wish_to=wib(25, 23))
    assert queue.claim_next(tio) == one


def test_a_wish_that_is_over_waits_for_the_hours_and_blocks_nobody(tio: User, freezer: Any) -> None:
    freezer.move_to(wib(25, 23, 30))
    late = later(waiting(tier=Tier.VVIP), wish_from=wib(25, 22), wish_to=wib(25, 23))
    other = later(waiting(), wish_from=wib(25, 23), wish_to=wib(26, 1))
    assert queue.claim_next(tio) == other
    late = desk.again(late)
    assert (late.state, late.at) == (State.SCHEDULED, wib(26, 7))


def test_only_items_whose_time_has_come_take_part(tio: User) -> None:
    made = call().open_callback({"wish_from": timezone.now() + timedelta(hours=2), "wish_to": ""}, timezone.now())
    assert made.state == State.SCHEDULED
    assert queue.claim_next(tio) is None
    sweep.fire_due(now=timezone.now() + timedelta(hours=1))
    assert desk.again(made).state == State.SCHEDULED
    later(made, at=ago(minutes=1), wish_from=ago(minutes=1))
    sweep.fire_due(now=timezone.now() + timedelta(hours=2, minutes=1))
    assert desk.again(made).state == State.QUEUED
    assert queue.claim_next(tio) == made


# --- claim -----------------------------------------------------------------------------------------------------------
def test_tier1_cannot_claim(sari: User) -> None:
    waiting()
    with pytest.raises(NotYourStep):
        queue.claim_next(sari)


def test_only_who_is_ready_claims(tio: User) -> None:
    waiting()
    change_presence(tio, PresenceState.AUX, reason="rehat")
    with pytest.raises(NotNow):
        queue.claim_next(tio)


def test_no_more_than_three_open_items(tio: User) -> None:
    for _one in range(4):
        waiting()
    for _one in range(3):
        assert queue.claim_next(tio)
    with pytest.raises(NotNow, match="3"):
        queue.claim_next(tio)
    assert Callback.objects.filter(owner=tio).count() == 3


def test_the_call_moves_with_it(tio: User) -> None:
    one = claimed(tio)
    assert desk.again(one.call).state == CallState.T2_PICKED
    assert desk.again(one.call).tier2 == tio


def test_a_claim_asks_nothing_twice(tio: User, django_assert_num_queries: Any) -> None:
    for _one in range(2):
        waiting()
    assert queue.claim_next(tio)  # statements are written once
    # Holidays; the claim with its savepoint; the contact rules; open items; the callback with its clocks and event;
    # open items under the agent's lock; the call to S-21; the 147 call locked and read; it with its event.
    with django_assert_num_queries(11):
        assert queue.claim_next(tio)


def test_a_call_that_has_gone_on_stays_where_it_is(tio: User) -> None:
    one = waiting()
    SpecialCase.objects.filter(pk=one.call_id).update(state=CallState.BACKEND_WAIT_APPROVAL)
    perform(one, "claim", actor=tio)
    assert desk.again(one.call).state == CallState.BACKEND_WAIT_APPROVAL


def test_a_call_that_refuses_leaves_the_callback_as_it_is(tio: User) -> None:
    one = claimed(tio)
    SpecialCase.objects.filter(pk=one.call_id).update(state=CallState.CLOSED)
    with pytest.raises(NotNow):
        perform(one, "analyse", actor=tio, data=desk.FOUND)
    assert (desk.again(one).analysis, desk.again(one).version) == ("", one.version)


# --- lease and heartbeat ---------------------------------------------------------------------------------------------
def test_the_lease_ends_after_five_minutes_without_a_dial(tio: User, freezer: Any) -> None:
    now = wib(25, 10)
    freezer.move_to(now)
    one = claimed(tio)
    for minute in range(1, 5):
        freezer.move_to(now + timedelta(minutes=minute))
        keep_held(tio)
        assert services.expire_leases() == 0
    freezer.move_to(now + LEASE + timedelta(seconds=1))
    keep_held(tio)
    assert services.expire_leases() == 1
    one = desk.again(one)
    assert (one.state, one.owner, one.abandons) == (State.QUEUED, None, 1)
    assert desk.again(one.call).state == CallState.CALLBACK_QUEUED


def test_two_missed_beats_release_it(tio: User, freezer: Any) -> None:
    now = wib(25, 10)
    freezer.move_to(now)
    one = claimed(tio)
    keep_held(tio)
    freezer.move_to(now + SILENCE - timedelta(seconds=1))
    assert services.expire_leases() == 0
    freezer.move_to(now + SILENCE + timedelta(seconds=1))
    assert services.expire_leases() == 1
    assert desk.again(one).abandons == 1


def test_after_the_first_dial_only_silence_ends_it(tio: User, freezer: Any) -> None:
    now = wib(25, 10)
    freezer.move_to(now)
    one = perform(claimed(tio), "analyse", actor=tio, data=desk.FOUND)
    perform(one, "start_dial", actor=tio)
    for minute in range(1, 12):
        freezer.move_to(now + timedelta(minutes=minute))
        keep_held(tio)
        assert services.expire_leases() == 0


def test_it_keeps_its_place_when_it_comes_back(tio: User) -> None:
    one = waiting(at=ago(minutes=50))
    due = one.due_at
    perform(one, "claim", actor=tio)
    one = perform(one, "give_back", actor=tio, data={"why": "NOT_MINE", "note": "kenal pelanggan"})
    assert (one.due_at, one.abandons, one.state) == (due, 0, State.QUEUED)


def test_three_abandons_tell_the_leader(tio: User, lina: User) -> None:
    one = waiting()
    for _time in range(3):
        perform(one, "claim", actor=tio)
        later(one, lease_until=ago(seconds=1))
        assert services.expire_leases() == 1
    sweep.fire_due(now=timezone.now() + timedelta(seconds=2))
    told = Mark.objects.filter(timer__name="left_often", kind="BREACHED").get().told
    assert [one["user"] for one in told] == [lina.pk]


# --- somebody leaves -------------------------------------------------------------------------------------------------
def test_who_signs_off_gives_back_and_leaves_reached_customers_to_a_leader(tio: User, lina: User) -> None:
    held, reached = claimed(tio), _connected(tio)
    change_presence(tio, PresenceState.OFFLINE)
    assert desk.again(held).state == State.QUEUED
    reached = desk.again(reached)
    assert (reached.state, reached.with_leader, reached.owner) == (State.CONNECTED, True, tio)
    sweep.fire_due(now=timezone.now() + timedelta(seconds=2))
    assert Mark.objects.filter(timer__name="passed_on", kind="BREACHED").exists()
    wati = desk.person("wati", Role.AGENT_TIER2)
    given = {"owner": wati.pk, "reason": "giliran"}
    reached = perform(reached, "take_over", actor=lina, data=given)
    assert (reached.owner, reached.with_leader, reached.lease_until) == (wati, False, None)
    assert desk.again(reached.call).tier2 == wati
    perform(reached, "solve", actor=wati, data={"solution": "Pulih.", "informed": True})


def test_a_leader_gives_it_to_nobody_of_tier1_and_to_nobody_who_is_full(tio: User, lina: User, sari: User) -> None:
    wati = desk.person("wati", Role.AGENT_TIER2)
    for _one in range(3):
        claimed(wati)
    one = claimed(tio)
    with pytest.raises(InvalidInput):
        perform(one, "take_over", actor=lina, data={"owner": sari.pk, "reason": "x"})
    with pytest.raises(NotNow):
        perform(one, "take_over", actor=lina, data={"owner": wati.pk, "reason": "x"})
    assert desk.again(one).owner == tio


def test_a_leader_gives_a_callback_of_the_queue_to_an_agent_who_hears_of_it(
    tio: User, lina: User, sari: User, settings: Settings
) -> None:
    one, other = waiting(), waiting(tier=Tier.VVIP)
    with pytest.raises(NotYourStep):
        perform(one, "assign", actor=tio, data={"owner": tio.pk})
    with pytest.raises(InvalidInput):
        perform(one, "assign", actor=lina, data={"owner": sari.pk})  # of Tier 1
    assert desk.again(one).state == State.QUEUED
    assert not Notice.objects.exists()
    one = perform(later(one, promised_to=lina), "assign", actor=lina, data={"owner": tio.pk})
    assert (one.state, one.owner, one.promised_to, one.lease_until == one.changed_at + LEASE) == (
        State.CLAIMED, tio, None, True,
    )  # fmt: skip
    assert (desk.again(one.call).state, desk.again(one.call).tier2) == (CallState.T2_PICKED, tio)
    assert list(Notice.objects.values_list("person", "kind", "step")) == [(tio.pk, "GIVEN", "assign")]
    assert ExternalCall.objects.get(operation="claim").payload["agent"] == tio.username
    assert not Timer.objects.filter(case_id=one.pk, name__in=["pickup", "rise"], state="RUNNING").exists()
    settings.W26 = {**settings.W26, "open_items": 1}
    with pytest.raises(NotNow):
        perform(other, "assign", actor=lina, data={"owner": tio.pk})
    assert desk.again(other).state == State.QUEUED


def _told(person: User) -> list[tuple[str, str, str]]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("kind", "step", "words"))


def test_who_gave_one_that_was_not_opened_in_time_hears_of_it_and_it_is_no_longer_the_agents(
    tio: User, lina: User
) -> None:
    one = perform(waiting(), "assign", actor=lina, data={"owner": tio.pk})
    later(one, lease_until=ago(seconds=1))
    assert services.expire_leases() == 1
    assert _told(lina) == [("LET_GO", "lose_lease", "tadinya ditugaskan ke Tio")]
    assert _told(tio) == [("TAKEN", "lose_lease", "")], "not that it is theirs"
    notice, browser = Notice.objects.get(person=lina), Client()
    browser.force_login(lina)
    assert browser.post(reverse("notice-open", args=[notice.pk]))["Location"] == one.get_absolute_url()
    # What they take by themselves afterwards nobody gave them.
    perform(desk.again(one), "claim", actor=tio)
    later(one, lease_until=ago(seconds=1))
    assert services.expire_leases() == 1
    assert (len(_told(lina)), len(_told(tio))) == (1, 1)


def test_who_gave_one_hears_that_it_was_given_back_and_not_that_it_is_worked_on(tio: User, lina: User) -> None:
    one, other = (perform(waiting(), "assign", actor=lina, data={"owner": tio.pk}) for _one in range(2))
    perform(one, "give_back", actor=tio, data={"why": "NOT_MINE", "note": "kenal pelanggan"})
    assert _told(lina) == [("LET_GO", "give_back", "tadinya ditugaskan ke Tio · kenal pelanggan")]
    other = perform(perform(other, "analyse", actor=tio, data=desk.FOUND), "start_dial", actor=tio)
    Dial.objects.update(state="DIALLED", call_id="CALL-1")
    other = perform(other, "miss", actor=tio, data={"result": "NO_ANSWER"})
    assert (other.owner, len(_told(lina)), _told(tio)) == (None, 1, [])


def test_several_are_given_together_and_each_answers_for_itself(tio: User, lina: User, settings: Settings) -> None:
    settings.W26 = {**settings.W26, "open_items": 1}
    chosen, browser = [waiting().pk, waiting().pk], Client()
    browser.force_login(lina)
    given: dict[str, Any] = {"case": chosen, "step": "assign", "owner": tio.pk, "token": "sekali"}
    page = browser.post(reverse("callbacks:bulk"), given)
    assert [bool(one.refusal) for one in page.context["outcomes"]] == [False, True]
    assert list(Callback.objects.order_by("pk").values_list("state", "owner")) == [
        (State.CLAIMED, tio.pk), (State.QUEUED, None),
    ]  # fmt: skip


def test_a_callback_whose_customer_may_not_be_called_now_is_given_to_nobody(tio: User, lina: User) -> None:
    soon = timezone.now() + timedelta(hours=1)
    one = later(waiting(), wish_from=soon, wish_to=soon + timedelta(hours=1))
    with pytest.raises(NotNow):
        perform(one, "assign", actor=lina, data={"owner": tio.pk})
    assert desk.again(one).owner is None


def _connected(agent: User) -> Callback:
    one = perform(claimed(agent), "analyse", actor=agent, data=desk.FOUND)
    perform(one, "start_dial", actor=agent)
    return perform(one, "connect", actor=agent, data={"answered_by": "Pelanggan"})


# --- appointment -----------------------------------------------------------------------------------------------------
def _appointed(agent: User, *, mine: bool = True) -> Callback:
    at = timezone.now() + timedelta(hours=3)
    one = perform(_connected(agent), "appoint", actor=agent, data={"at": f"{timezone.localtime(at):%Y-%m-%d %H:%M}",
                                                                   "mine": "on" if mine else ""})  # fmt: skip
    assert one.state == State.SCHEDULED
    return later(one, at=ago(seconds=1), wish_from=ago(seconds=1))


def test_an_appointment_is_its_agents_for_fifteen_minutes(tio: User) -> None:
    wati = desk.person("wati", Role.AGENT_TIER2)
    one = perform(_appointed(tio), "come_due", actor=SYSTEM)
    assert queue.claim_next(wati) is None
    with pytest.raises(NotNow, match="Tio"):
        perform(one, "claim", actor=wati)
    sweep.fire_due(now=timezone.now() + timedelta(minutes=14))
    assert queue.claim_next(wati) is None
    sweep.fire_due(now=timezone.now() + timedelta(minutes=16))
    assert queue.claim_next(wati) == one


def test_its_agent_takes_it_first(tio: User) -> None:
    one = perform(_appointed(tio), "come_due", actor=SYSTEM)
    assert queue.claim_next(tio) == one


def test_an_appointment_of_nobody_is_open_to_all(tio: User) -> None:
    one = perform(_appointed(tio, mine=False), "come_due", actor=SYSTEM)
    assert queue.claim_next(desk.person("wati", Role.AGENT_TIER2)) == one


# --- the end ---------------------------------------------------------------------------------------------------------
def test_it_expires_after_96_hours_and_the_leader_is_told(lina: User) -> None:
    one = waiting()
    later(one, expires_at=ago(seconds=1))
    sweep.fire_due(now=timezone.now() + timedelta(hours=96, seconds=5))
    one = desk.again(one)
    assert one.state == State.EXPIRED
    assert desk.again(one.call).state == CallState.CLOSED
    told = Mark.objects.filter(timer__name="callback_expiry", kind="BREACHED").get().told
    assert [who["user"] for who in told] == [lina.pk]


def test_one_that_is_held_when_its_time_ends_expires_when_it_comes_back(tio: User) -> None:
    one = claimed(tio)
    later(one, expires_at=ago(seconds=1))
    sweep.fire_due(now=timezone.now() + timedelta(hours=97))
    assert desk.again(one).state == State.CLAIMED
    perform(one, "give_back", actor=tio, data={"why": "OTHER", "note": ""})
    sweep.fire_due(now=timezone.now() + timedelta(seconds=5))
    assert desk.again(one).state == State.EXPIRED


def test_a_customer_who_was_reached_inbound_cancels_it(sari: User, tio: User) -> None:
    one = waiting()
    given = {
        **desk.ASKED,
        "analysis": "Sudah pulih sendiri.",
        "solution": "Selesai lewat telepon masuk.",
        "informed": True,
    }
    perform(one.call, "help_now", actor=sari, data=given)
    assert desk.again(one).state == State.CANCELLED
    assert desk.again(one.call).state == CallState.CLOSED
    assert queue.claim_next(tio) is None


def test_what_nobody_takes_in_time_needs_a_leader(sari: User, lina: User) -> None:
    """The board counts it, so the leader's list has it."""
    waiting()
    late = waiting()
    Callback.objects.filter(pk=late.pk).update(due_at=timezone.now() - timedelta(minutes=3))
    view = next(one for one in CallbackDesk().views if one.slug == "leader")
    assert [row.pk for row in lists.page(CallbackDesk(), lina, view, QueryDict()).rows] == [late.pk]
