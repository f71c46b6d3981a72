"""What goes wrong between two steps of W-26: second attempts, late answers, repeated calls, people who leave."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from segmentation import classes
from tenesa.accounts.models import SYSTEM, Membership, User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.contact.models import Dial
from tenesa.escalation.models import Escalation
from tenesa.timers.models import Timer
from tenesa.workflow.errors import InvalidInput, NotNow
from tenesa.workflow.perform import perform
from tests import factories
from tests.segmentation import entries
from tests.ui.test_frame import signed_in
from tests.vvip import desk
from tests.vvip.callbacks import call, waiting
from tests.vvip.test_callback_contact import BACKEND, again, analysed, connected, dialled, missed
from vvip.callbacks import queue
from vvip.callbacks.states import HELD, State, Tier
from vvip.calls import escalations
from vvip.calls.effects import AskLeader
from vvip.calls.forms import InboundForm
from vvip.calls.states import Kind, Source
from vvip.calls.states import State as CallState
from vvip.models import Callback, SpecialCase

pytestmark = pytest.mark.django_db


# --- a second attempt ------------------------------------------------------------------------------------------------
def test_a_dial_of_an_earlier_hold_is_not_the_dial_of_this_one(tio: User, freezer: Any) -> None:
    one, moment = dialled(tio), timezone.now()
    freezer.move_to(moment + timedelta(minutes=6))
    perform(one, "lose_lease", actor=SYSTEM)
    freezer.move_to(moment + timedelta(minutes=40))
    perform(one, "claim", actor=tio)
    perform(one, "give_back", actor=tio, data={"why": "OTHER", "note": ""})
    assert desk.again(one).state == State.QUEUED


def test_a_dial_that_the_softphone_refused_is_not_covered_by_an_older_one(tio: User, freezer: Any) -> None:
    one, moment = dialled(tio), timezone.now()
    freezer.move_to(moment + timedelta(minutes=6))
    perform(one, "lose_lease", actor=SYSTEM)
    freezer.move_to(moment + timedelta(minutes=40))
    perform(one, "claim", actor=tio)
    one = perform(one, "start_dial", actor=tio)
    Dial.objects.filter(key=one.dial or "").update(state=Dial.State.FAILED)
    with pytest.raises(NotNow, match="softphone"):
        perform(one, "connect", actor=tio, data={"answered_by": "Pelanggan"})


# --- an escalation that is answered late -----------------------------------------------------------------------------
def test_an_escalation_that_arrives_after_an_appointment_was_made_counts(tio: User, all_hours: None) -> None:
    one = perform(connected(tio, tier=Tier.VVIP), "escalate_by_sop", actor=tio, data={"how": "GROUP", "text": "x"})
    later = {"at": timezone.now() + timedelta(hours=2), "mine": True, "note": ""}
    perform(one, "appoint", actor=tio, data=later)
    perform(one, "confirm_escalation", actor=SYSTEM)
    Callback.objects.filter(pk=one.pk).update(at=timezone.now() - timedelta(minutes=1))
    Dial.objects.update(at=timezone.now() - timedelta(hours=1))
    Callback.objects.filter(pk=one.pk).update(wish_from=timezone.now() - timedelta(minutes=1))
    one = again(one, tio)
    one = perform(one, "connect", actor=tio, data={"answered_by": "Pelanggan"})
    perform(one, "ask_for_emergency", actor=tio, data=BACKEND)
    assert desk.again(one.call).state == CallState.BACKEND_WAIT_APPROVAL


def test_a_question_that_lives_is_not_asked_a_second_time(sari: User, tio: User) -> None:
    desk.customer()
    call = perform(desk.checked(sari), "analyse", actor=sari, data={"analysis": "Kabel putus."})
    perform(call, "ask_for_backend", actor=sari, data=BACKEND)
    with transaction.atomic():
        AskLeader(tio, "Sekali lagi.").write(desk.again(call), Event.objects.filter(case_id=call.pk).latest("pk"))
    assert Escalation.objects.get().asker == sari


# --- a customer who calls again --------------------------------------------------------------------------------------
def _with_backend(sari: User, tio: User, lina: User) -> SpecialCase:
    desk.listed("CUT_REINSTALL")
    desk.way_out()
    one = desk.reached(tio, desk.queued(sari))
    perform(one, "ask_for_backend", actor=tio, data=BACKEND)
    perform(Escalation.objects.get(), "approve", actor=lina, data={"note": ""})
    found: SpecialCase = desk.again(one.call)
    assert found.state == CallState.BACKEND
    return found


def test_the_answer_of_the_backend_is_taken_while_a_second_callback_waits(
    sari: User, tio: User, lina: User, all_hours: None
) -> None:
    first = _with_backend(sari, tio, lina)
    second = desk.queued(sari)
    assert second.call != first
    assert second.problem == first.problem
    perform(first, "take_result", actor=lina, data={"answer": "Port diganti.", "solved": False})
    assert desk.again(first).backend_answer == "Port diganti."


def test_a_vvip_who_calls_about_a_waiting_special_callback_raises_it(sari: User, all_hours: None) -> None:
    desk.listed("CUT_REINSTALL")
    desk.way_out()
    one = desk.queued(sari)
    assert one.tier == Tier.MANAGEMENT
    entries.approved(User.objects.get(username="pengusul"), User.objects.get(username="penyetuju"), "PUBLIC_FIGURE")
    second = desk.checked(sari)
    assert second.tier == Tier.VVIP
    perform(second, "join_callback", actor=sari)
    one = desk.again(one)
    assert one.tier == Tier.VVIP
    assert one.calls == 2


def test_a_category_that_comes_while_the_customer_waits_raises_the_callback() -> None:
    one = waiting()
    assert one.tier == Tier.HIGH_SPEED
    perform(one.call, "keep_category", actor=SYSTEM, category="VVIP")
    one = desk.again(one)
    assert (one.tier, one.first_tier) == (Tier.VVIP, Tier.VVIP)
    assert one.due_at <= one.waits_from + timedelta(minutes=15)


@pytest.mark.parametrize("category", ["VVIP", "REGULAR"])
def test_a_category_that_comes_while_tier2_has_the_case_waits_for_the_holder(tio: User, category: str) -> None:
    one = connected(tio)
    perform(one.call, "keep_category", actor=SYSTEM, category=category)
    one = desk.again(one)
    assert (one.call.kind, one.tier) == (Kind.SPECIAL, Tier.HIGH_SPEED)
    heard = list(Event.objects.filter(procedure=one.procedure_name(), case_id=one.pk, step="hear_class"))
    page = signed_in(tio).get(one.get_absolute_url()).content.decode()
    if category == "REGULAR":
        assert not heard
        assert one.call.category_source == Source.BOTH
        assert "/steps/take_class/" not in page
        with pytest.raises(NotNow):
            perform(one, "take_class", actor=tio)
        return
    assert len(heard) == 1
    assert one.call.category_source == Source.CONFLICT
    assert "/steps/take_class/" in page
    assert "VVIP sejak" in page
    solved = {"solution": "Pulih.", "informed": True}
    for step, data in (("solve", solved), ("ask_for_backend", BACKEND)):
        with pytest.raises(NotNow, match="VVIP"):
            perform(one, step, actor=tio, data=data)
    one = perform(one, "take_class", actor=tio)
    assert (desk.again(one.call).kind, one.tier, one.first_tier) == (Kind.VVIP, Tier.VVIP, Tier.VVIP)
    assert "VVIP sejak" not in signed_in(tio).get(one.get_absolute_url()).content.decode()
    with pytest.raises(NotNow, match="VVIP"):
        perform(one, "ask_for_backend", actor=tio, data=BACKEND)
    perform(one, "solve", actor=tio, data=solved)


@pytest.mark.parametrize("left", ["give_back", "lose_lease"])
def test_a_late_class_counts_when_nobody_has_it_any_more(tio: User, freezer: Any, left: str) -> None:
    one = analysed(tio)
    perform(one.call, "keep_category", actor=SYSTEM, category="VVIP")
    freezer.move_to(timezone.now() + timedelta(minutes=6))
    if left == "give_back":
        perform(one, "give_back", actor=tio, data={"why": "OTHER", "note": ""})
    else:
        perform(one, "lose_lease", actor=SYSTEM)
    one = desk.again(one)
    assert (one.state, one.tier, one.call.kind) == (State.QUEUED, Tier.VVIP, Kind.VVIP)
    assert not one.call.is_behind


def test_a_late_class_counts_when_the_leader_returns_the_call(sari: User, lina: User) -> None:
    desk.customer()
    one = perform(desk.checked(sari), "analyse", actor=sari, data={"analysis": "Kabel putus."})
    one = perform(one, "ask_for_backend", actor=sari, data=BACKEND)
    one = perform(one, "keep_category", actor=SYSTEM, category="VVIP")
    assert one.kind == Kind.NOT_LISTED
    perform(Escalation.objects.get(), "send_back", actor=lina, data={"note": "Cek ONT dahulu."})
    assert desk.again(one).kind == Kind.VVIP


# --- the answer of the back-end, and three open items ----------------------------------------------------------------
def test_an_answer_gives_nobody_a_fourth_item_but_the_first_claim_to_it(
    sari: User, tio: User, lina: User, all_hours: None
) -> None:
    """7.1: at most three open items an agent; the answer waits in the queue, theirs for 15 minutes, then for all."""
    answered, other = _with_backend(sari, tio, lina), desk.person("rudi", Role.AGENT_TIER2)
    held = [waiting(tier=Tier.VVIP) for _one in range(3)]
    assert {queue.claim_next(tio) for _one in held} == set(held)
    perform(answered, "take_result", actor=lina, data={"answer": "Port diganti.", "solved": False})
    answered = desk.again(answered)
    one = answered.live_callback()
    assert one is not None
    assert (answered.state, one.state, one.promised_to) == (CallState.CALLBACK_QUEUED, State.QUEUED, tio)
    assert Callback.objects.filter(owner=tio, state__in=HELD).count() == 3
    with pytest.raises(NotNow, match=str(tio)):
        perform(one, "claim", actor=other)
    perform(one, "open_to_all", actor=SYSTEM)
    assert perform(one, "claim", actor=other).owner == other


def test_an_answer_goes_to_whoever_has_room(sari: User, tio: User, lina: User, all_hours: None) -> None:
    answered = _with_backend(sari, tio, lina)
    for _one in range(2):
        waiting(tier=Tier.VVIP)
        queue.claim_next(tio)
    perform(answered, "take_result", actor=lina, data={"answer": "Port diganti.", "solved": False})
    assert Callback.objects.filter(owner=tio, state=State.CLAIMED).count() == 3


# --- two super emergencies of one customer ---------------------------------------------------------------------------
def test_the_status_stays_while_another_call_of_the_customer_is_a_super_emergency(tio: User, lina: User) -> None:
    first, second = call(tier=Tier.VVIP), call(tier=Tier.VVIP)
    SpecialCase.objects.filter(pk=second.pk).update(customer=first.customer)
    now = timezone.now()
    for one in (first, second):
        one.customer = first.customer
        SpecialCase.objects.filter(pk=one.pk).update(
            state="BACKEND", is_super_emergency=True, emergency_owner=tio, news_due=now + timedelta(hours=1), tier=0
        )
        assert first.customer is not None
        classes.super_emergency_on(first.customer, by=lina, case_number=one.number, until=now + timedelta(days=30))
    perform(first, "end_emergency", actor=lina, data={"note": "Selesai."})
    assert classes.class_of(customer=first.customer).super_emergency
    ended = perform(second, "end_emergency", actor=lina, data={"note": "Selesai."})
    assert not classes.class_of(customer=first.customer).super_emergency
    assert ended.tier == Tier.VVIP


def _emergency(one: Callback, owner: User, leader: User) -> SpecialCase:
    """The call of a callback as a super emergency that the back-end has."""
    now = timezone.now()
    SpecialCase.objects.filter(pk=one.call_id).update(
        is_super_emergency=True, emergency_owner=owner, news_due=now + timedelta(hours=1), tier=0
    )
    assert one.customer is not None
    classes.super_emergency_on(one.customer, by=leader, case_number=one.call.number, until=now + timedelta(days=30))
    found: SpecialCase = desk.again(one.call)
    return found


@pytest.mark.parametrize("step", ["end_emergency", "end_by_time"])
def test_a_callback_takes_its_own_place_again_when_the_emergency_ends(tio: User, lina: User, step: str) -> None:
    one = waiting(tier=Tier.SUPER_EMERGENCY, at=timezone.now() - timedelta(minutes=3))
    emergency = _emergency(one, tio, lina)
    first = waiting(tier=Tier.VVIP, at=timezone.now() - timedelta(minutes=9))
    if step == "end_by_time":
        SpecialCase.objects.filter(pk=emergency.pk).update(state="CLOSED")
        perform(emergency, step, actor=SYSTEM)
    else:
        perform(emergency, step, actor=lina, data={"note": "Selesai."})
    one = desk.again(one)
    assert (one.tier, one.first_tier) == (Tier.VVIP, Tier.VVIP)
    assert one.due_at == one.waits_from + timedelta(minutes=15)
    clock = Timer.objects.get(procedure=one.procedure_name(), case_id=one.pk, name="pickup", state="RUNNING")
    assert clock.due_at == one.due_at
    assert queue.claim_next(tio) == first


def test_the_callback_of_another_call_stays_first_while_that_is_an_emergency(tio: User, lina: User) -> None:
    one, other = waiting(tier=Tier.SUPER_EMERGENCY), waiting(tier=Tier.SUPER_EMERGENCY)
    Callback.objects.filter(pk=other.pk).update(customer=one.customer, problem="lain")
    SpecialCase.objects.filter(pk=other.call_id).update(customer=one.customer)
    other = desk.again(other)
    first, second = _emergency(one, tio, lina), _emergency(other, tio, lina)
    perform(first, "end_emergency", actor=lina, data={"note": "Selesai."})
    assert {desk.again(each).tier for each in (one, other)} == {Tier.SUPER_EMERGENCY}
    perform(second, "end_emergency", actor=lina, data={"note": "Selesai."})
    assert {desk.again(each).tier for each in (one, other)} == {Tier.VVIP}


# --- identity --------------------------------------------------------------------------------------------------------
def test_one_question_asked_three_times_is_one(sari: User) -> None:
    desk.customer()
    call = perform(desk.recorded(sari), "start_verification", actor=sari)
    with pytest.raises(InvalidInput):
        perform(call, "confirm_identity", actor=sari, data={"asked": ["name"] * 3, "matched": ["name"] * 2})


@pytest.mark.parametrize("known", [{}, {"asked": ["name"], "matched": ["name"]}, {**desk.ASKED, "matched": ["name"]}])
def test_who_calls_before_we_did_is_asked_again(sari: User, all_hours: None, known: dict[str, Any]) -> None:
    desk.listed("CUT_REINSTALL")
    desk.way_out()
    one = desk.queued(sari)
    given = {"analysis": "Modem.", "solution": "Pulih."}
    with pytest.raises(InvalidInput) as refused:
        perform(one.call, "help_now", actor=sari, data={**given, **known})
    assert set(refused.value.errors) == {"asked"}
    assert desk.again(one).state == State.QUEUED
    before = desk.again(one.call)
    perform(one.call, "refuse_caller", actor=sari, data={"asked": ["name"], "matched": [], "note": "Orang lain."})
    assert desk.again(one.call).verified_at == before.verified_at
    other = {"asked": ["contact", "mail", "package"], "matched": ["contact", "mail"]}
    helped = perform(one.call, "help_now", actor=sari, data={**given, **other})
    assert (helped.state, helped.questions_matched) == (CallState.CLOSED, other["matched"])
    assert helped.verified_at > before.verified_at


def test_what_was_asked_on_the_call_that_joined_stands_there_for_the_same_agent(
    sari: User, all_hours: None, freezer: Any
) -> None:
    desk.listed("CUT_REINSTALL")
    desk.way_out()
    one = desk.queued(sari)
    perform(desk.checked(sari), "join_callback", actor=sari)
    other = desk.person("wira", Role.AGENT_147)
    assert InboundForm(case=one.call, actor=sari).fields["matched"].initial == desk.ASKED["matched"]
    assert InboundForm(case=one.call, actor=other).fields["matched"].initial is None
    freezer.move_to(timezone.now() + timedelta(minutes=16))
    assert InboundForm(case=one.call, actor=sari).fields["matched"].initial is None


# --- wishes ----------------------------------------------------------------------------------------------------------
def test_a_wish_after_the_end_of_the_callback_is_refused(sari: User) -> None:
    desk.listed("CUT_REINSTALL")
    desk.way_out()
    call = desk.told_way_out(sari)
    wish = {"wish_from": timezone.now() + timedelta(hours=97)}
    with pytest.raises(InvalidInput, match=r"wish_from|berakhir|ends"):
        perform(call, "queue_callback", actor=sari,
                data={"number_to_call": desk.PHONE, "contact_name": "Wulan", **wish})  # fmt: skip


# --- who may, and what is kept ---------------------------------------------------------------------------------------
def test_who_moved_to_another_desk_claims_nothing_there(tio: User) -> None:
    waiting()
    assert queue.claim_next(tio) is not None
    waiting()
    Membership.objects.filter(user=tio).delete()
    other = factories.person("lain", Role.AGENT_TIER2, desk_code="TENESA")
    team = other.memberships.get().team
    Membership.objects.create(user=tio, team=team, role=Role.AGENT_TIER2)
    assert queue.claim_next(User.objects.get(pk=tio.pk)) is None


def test_the_number_to_call_is_masked_in_the_history(tio: User, lina: User) -> None:
    one = missed(dialled(tio), tio, "WRONG_NUMBER")
    perform(one, "call_again", actor=lina, data={"note": "nomor baru", "number": "081299887766"})
    told = Event.objects.get(procedure=one.procedure_name(), case_id=one.pk, step="call_again").data
    assert "081299887766" not in str(told)


def test_a_leader_of_another_desk_records_no_call_at_147(sari: User, client: Client) -> None:
    client.force_login(factories.person("surel", Role.TEAM_LEADER, desk_code="TENESA"))
    assert client.get(reverse("call-new")).status_code == 404
    given = {"number": desk.INTERNET, "report": "x"}
    assert client.post("/api/calls/", given, content_type="application/json").status_code == 403
    assert not SpecialCase.objects.exists()


def test_who_asked_does_not_decide(lina: User) -> None:
    desk.customer()
    call = perform(desk.checked(lina), "analyse", actor=lina, data={"analysis": "Kabel putus."})
    perform(call, "ask_for_backend", actor=lina, data=BACKEND)
    with pytest.raises(NotNow):
        perform(Escalation.objects.get(), "approve", actor=lina, data={"note": ""})


def test_a_customer_whom_nobody_can_reach_any_more_leaves_no_question_open(sari: User, tio: User, lina: User) -> None:
    one = call(tier=Tier.VVIP)
    SpecialCase.objects.filter(pk=one.pk).update(
        state="CLOSED", is_super_emergency=True, emergency_owner=tio, news_due=timezone.now() - timedelta(hours=1)
    )
    asked = Escalation(procedure=one.procedure_name(), case_id=one.pk, purpose="PROMISE")
    assert escalations.moot(asked)
