"""Contact and work of Tier 2 (W-26 5.2.6, 5.3.4; V-08 - V-12b, V-15, V-18, V-19): dial, retry, escalate, back-end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from segmentation.models import Customer
from tenesa.accounts.models import SYSTEM, PresenceState, User
from tenesa.accounts.presence import change_presence
from tenesa.accounts.roles import Role
from tenesa.contact.models import ContactAttempt, Dial
from tenesa.escalation.models import Escalation
from tenesa.mail.models import OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.workflow.errors import InvalidInput, NotNow
from tenesa.workflow.perform import perform
from tenesa.workspace.rail import rail
from tests import factories
from tests.journeys.desk import Outside
from tests.vvip import desk
from tests.vvip.callbacks import claimed, waiting
from vvip.callbacks import contact, queue
from vvip.callbacks import results as callback_results
from vvip.callbacks.desk import CallbackDesk
from vvip.callbacks.states import State, Tier
from vvip.calls.states import State as CallState
from vvip.models import Callback

pytestmark = pytest.mark.django_db
BACKEND = {"reason": "Mohon perbaikan port, pelanggan belum pulih."}


def analysed(agent: User, **more: Any) -> Callback:
    return perform(claimed(agent, **more), "analyse", actor=agent, data=desk.FOUND)


def dialled(agent: User, **more: Any) -> Callback:
    return perform(analysed(agent, **more), "start_dial", actor=agent)


def connected(agent: User, **more: Any) -> Callback:
    return perform(dialled(agent, **more), "connect", actor=agent, data={"answered_by": "Pelanggan"})


def missed(one: Callback, agent: User, result: str = "NO_ANSWER") -> Callback:
    Dial.objects.filter(attempt=None).update(at=timezone.now())  # by the clock of the test
    return perform(one, "miss", actor=agent, data={"result": result, "note": "", "answered_by": ""})


def again(one: Callback, agent: User) -> Callback:
    """The next attempt, from its time on."""
    due = perform(one, "come_due", actor=SYSTEM)
    assert due.state == State.QUEUED, (due.at, contact.verdict(due).reason_words)
    perform(one, "claim", actor=agent)
    return perform(one, "start_dial", actor=agent)


# --- dial ------------------------------------------------------------------------------------------------------------
def test_nobody_is_dialled_before_the_analysis(tio: User) -> None:
    one = claimed(tio)
    with pytest.raises(NotNow, match=r"5\.2\.6"):
        perform(one, "start_dial", actor=tio)
    assert not Dial.objects.exists()


def test_the_dial_is_claimed_by_the_rules_of_all_desks_and_asked_of_the_softphone(
    systems: Outside, tio: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    one = analysed(tio)
    with django_capture_on_commit_callbacks(execute=True):
        one = perform(one, "start_dial", actor=tio)
    made = Dial.objects.get()
    assert (made.key, made.case_id, made.purpose, made.agent) == (one.dial, one.pk, "callback", tio)
    assert made.state in {Dial.State.DIALLED, Dial.State.LINKED}
    perform(one, "connect", actor=tio, data={"answered_by": "Pelanggan"})
    attempt = ContactAttempt.objects.get()
    assert (attempt.dial, attempt.result, attempt.case_id) == (made, "CONNECTED", one.pk)


def test_a_softphone_that_is_down_leaves_the_link(
    systems: Outside, tio: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    systems.fault("softphone", "*", "http_500")
    one = analysed(tio)
    with django_capture_on_commit_callbacks(execute=True):
        perform(one, "start_dial", actor=tio)
    assert Dial.objects.get().state == Dial.State.LINKED


def test_another_desk_that_has_just_tried_keeps_it_waiting_and_nobody_behind_it(tio: User, rini: User) -> None:
    tried, other = waiting(tier=Tier.VVIP, wish_from=timezone.now() - timedelta(hours=1)), waiting()
    ContactAttempt.objects.create(
        person="", number=tried.number_to_call, purpose="hold", agent=rini, result="NO_ANSWER",
        at=timezone.now() - timedelta(minutes=10),
    )  # fmt: skip
    with pytest.raises(NotNow, match="Rini"):
        perform(tried, "claim", actor=tio)
    assert queue.claim_next(tio) == other
    tried = desk.again(tried)
    assert tried.state == State.SCHEDULED
    assert tried.at - timezone.now() > timedelta(minutes=19)


def test_who_has_dialled_says_what_came_of_it_before_giving_back(tio: User) -> None:
    one = dialled(tio)
    with pytest.raises(NotNow):
        perform(one, "give_back", actor=tio, data={"why": "OTHER", "note": ""})
    assert desk.again(one).state == State.DIALLING


def test_what_the_softphone_refused_is_no_attempt(tio: User) -> None:
    one = dialled(tio)
    Dial.objects.update(state=Dial.State.FAILED, problem="sedang dalam panggilan")
    with pytest.raises(NotNow, match="softphone"):
        missed(one, tio)
    assert not ContactAttempt.objects.exists()
    perform(one, "give_back", actor=tio, data={"why": "TROUBLE", "note": ""})


# --- not reached (V-18, V-19) ----------------------------------------------------------------------------------------
def test_three_attempts_half_an_hour_apart_then_a_mail_then_three_more_then_the_leader(
    tio: User, lina: User, freezer: Any
) -> None:
    factories.mailbox()
    moment = timezone.now()
    one = missed(dialled(tio), tio)
    assert desk.again(one.call).state == CallState.CALLBACK_QUEUED
    for attempt in range(2, 7):
        with pytest.raises(NotNow):
            perform(one, "come_due", actor=SYSTEM)
        moment += timedelta(minutes=30, seconds=1)
        freezer.move_to(moment)
        mails = OutboundMail.objects.filter(purpose="callback_unreached").count()
        assert mails == (0 if attempt <= 3 else 1)
        one = missed(again(one, tio), tio)
    assert (one.with_leader, one.state, one.round) == (True, State.RETRY_WAIT, 3)
    assert ContactAttempt.objects.filter(case_id=one.pk).count() == 6
    assert OutboundMail.objects.get(purpose="callback_unreached", to=[one.message_to]).automatic
    with pytest.raises(NotNow):
        perform(one, "come_due", actor=SYSTEM)
    freezer.move_to(moment + timedelta(hours=1))
    one = perform(one, "call_again", actor=lina, data={"note": "coba lagi", "number": "0812 3333 4444"})
    assert (one.state, one.number_to_call, one.with_leader) == (State.QUEUED, "081233334444", False)


def test_a_later_attempt_needs_no_second_analysis(tio: User, freezer: Any) -> None:
    begun, one = timezone.now(), missed(dialled(tio), tio)
    freezer.move_to(begun + timedelta(minutes=31))
    one = perform(again(one, tio), "connect", actor=tio, data={"answered_by": "Pelanggan"})
    assert desk.again(one.call).state == CallState.T2_CONTACTED


def test_the_leader_closes_it_and_the_call_with_it(tio: User, lina: User) -> None:
    one = missed(dialled(tio), tio, "WRONG_NUMBER")
    assert one.with_leader
    one = perform(one, "close_unreached", actor=lina, data={"note": "nomor salah, tak ada lain"})
    assert one.state == State.EXPIRED
    assert desk.again(one.call).state == CallState.CLOSED


def test_where_no_address_is_known_that_is_kept(tio: User, freezer: Any) -> None:
    factories.mailbox()
    begun, one = timezone.now(), waiting()
    Customer.objects.filter(reference=one.customer.reference if one.customer else "").update(contacts=[])
    perform(one, "claim", actor=tio)
    perform(one, "analyse", actor=tio, data=desk.FOUND)
    one = missed(perform(one, "start_dial", actor=tio), tio)
    for turn in (1, 2):
        freezer.move_to(begun + timedelta(minutes=31 * turn))
        one = missed(again(one, tio), tio)
    assert one.message_at is not None
    assert one.message_to == ""
    assert not OutboundMail.objects.exists()


def test_a_wrong_person_says_who_answered(tio: User) -> None:
    one = dialled(tio)
    with pytest.raises(InvalidInput):
        missed(one, tio, "WRONG_PERSON")
    assert not ContactAttempt.objects.exists()


# --- escalate (V-10) -------------------------------------------------------------------------------------------------
def with_list(one: Callback, action: str, entry: str = "DK0000001") -> Callback:
    one.call.action, one.call.decided_by_entry = action, entry
    one.call.entries = [{"number": entry, "label": "Cabut-pasang", "action": action, "criterion": "", "valid_to": ""}]
    type(one.call).objects.filter(pk=one.call.pk).update(
        action=action, decided_by_entry=entry, entries=one.call.entries
    )
    found: Callback = desk.again(one)
    return found


def test_per_request_names_what_the_entry_orders(systems: Outside, sari: User, tio: User, all_hours: None) -> None:
    desk.listed("CUT_REINSTALL")
    desk.way_out()
    one = desk.reached(tio, desk.queued(sari))
    assert one.call.decided_by_entry in one.call.ordered
    with pytest.raises(NotNow, match=r"5\.2\.6"):
        perform(one, "escalate_by_sop", actor=tio, data={"how": "GROUP", "text": "x"})
    perform(one, "escalate_by_request", actor=tio, data={"how": "GROUP", "text": one.call.ordered})
    assert desk.again(one.call).state == CallState.T2_CONTACTED  # only the answer moves it
    with pytest.raises(NotNow):
        perform(one, "escalate_by_request", actor=tio, data={"how": "GROUP", "text": "dua kali"})
    desk.deliver()
    assert desk.again(one.call).state == CallState.T2_ESCALATED
    assert desk.again(one).escalated_at


def test_an_entry_that_ended_meanwhile_orders_nothing(tio: User) -> None:
    one = with_list(connected(tio), "CUT_REINSTALL")
    with pytest.raises(NotNow):
        perform(one, "escalate_by_request", actor=tio, data={"how": "GROUP", "text": "x"})
    perform(one, "escalate_by_sop", actor=tio, data={"how": "GROUP", "text": "x"})


def test_an_entry_that_orders_nothing_goes_by_the_sop(tio: User) -> None:
    one = with_list(connected(tio), "NONE")
    perform(one, "escalate_by_sop", actor=tio, data={"how": "GROUP", "text": "x"})


def test_a_refused_escalation_is_shown_and_sent_again(tio: User) -> None:
    one = perform(connected(tio), "escalate_by_sop", actor=tio, data={"how": "GROUP", "text": "x"})
    call = ExternalCall.objects.get(system="coordination")
    call.status, call.error_message = "REFUSED", "grup tidak ada"
    callback_results.answered(call)
    one = desk.again(one)
    assert (one.problem_words, one.escalated_at) == ("grup tidak ada", None)
    one = perform(one, "escalate_by_sop", actor=tio, data={"how": "GROUP", "text": "y"})
    assert one.problem_words == ""
    assert ExternalCall.objects.filter(system="coordination").count() == 2


# --- solved, back-end (V-11, V-12, V-12b, V-15, V-21) ----------------------------------------------------------------
def test_vvip_is_solved(tio: User) -> None:
    one = perform(connected(tio, tier=Tier.VVIP), "solve", actor=tio, data={"solution": "Pulih.", "informed": True})
    assert one.state == State.DONE
    assert desk.again(one.call).state == CallState.CLOSED


def test_special_goes_to_the_backend_and_is_returned_by_the_leader(tio: User, lina: User) -> None:
    one = connected(tio)
    with pytest.raises(NotNow, match=r"5\.3\.4"):
        perform(one, "ask_for_emergency", actor=tio, data=BACKEND)
    perform(one, "ask_for_backend", actor=tio, data=BACKEND)
    assert desk.again(one.call).state == CallState.BACKEND_WAIT_APPROVAL
    with pytest.raises(NotNow):
        perform(one, "solve", actor=tio, data={"solution": "x", "informed": True})
    perform(Escalation.objects.get(), "send_back", actor=lina, data={"note": "lengkapi", "reason": "lengkapi"})
    assert desk.again(one.call).state == CallState.T2_CONTACTED
    assert desk.again(one).state == State.CONNECTED


def test_a_vvip_is_no_emergency_before_it_was_escalated(tio: User) -> None:
    one = connected(tio, tier=Tier.VVIP)
    with pytest.raises(NotNow, match=r"5\.3\.4 d"):
        perform(one, "ask_for_emergency", actor=tio, data=BACKEND)
    with pytest.raises(NotNow):
        perform(one, "ask_for_backend", actor=tio, data=BACKEND)


def _with_backend(agent: User, leader: User) -> Callback:
    one = connected(agent)
    perform(one, "ask_for_backend", actor=agent, data=BACKEND)
    perform(Escalation.objects.get(), "approve", actor=leader, data={"note": ""})
    found: Callback = desk.again(one)
    assert (found.state, found.call.state) == (State.DONE, CallState.BACKEND)
    return found


def test_the_answer_of_the_backend_goes_to_the_same_agent(tio: User, lina: User, all_hours: None) -> None:
    one = _with_backend(tio, lina)
    perform(one.call, "take_result", actor=lina, data={"answer": "Port diganti.", "solved": False})
    new = one.call.callbacks.exclude(pk=one.pk).get()
    assert (new.state, new.owner, new.number_to_call) == (State.CLAIMED, tio, one.number_to_call)
    assert desk.again(one.call).state == CallState.T2_PICKED
    new = desk.again(new)
    offer = next(offer for offer in rail(CallbackDesk(), new, tio, []).offers if offer.reason)
    assert offer.step.name == "start_dial"
    assert any("Port diganti." in words for words in CallbackDesk().warnings(new, tio))
    perform(new, "start_dial", actor=tio)
    perform(new, "connect", actor=tio, data={"answered_by": "Pelanggan"})
    assert desk.again(one.call).state == CallState.T2_CONTACTED


def test_the_answer_goes_to_the_queue_when_they_have_gone(tio: User, lina: User) -> None:
    one = _with_backend(tio, lina)
    change_presence(tio, PresenceState.OFFLINE)
    perform(one.call, "take_result", actor=lina, data={"answer": "Port diganti.", "solved": False})
    new = one.call.callbacks.exclude(pk=one.pk).get()
    assert new.owner is None
    assert new.state in {State.QUEUED, State.SCHEDULED}  # by the hour of the test
    assert desk.again(one.call).state == CallState.CALLBACK_QUEUED
    Callback.objects.filter(pk=new.pk).update(state=State.QUEUED, wish_from=timezone.now(),
                                              wish_to=timezone.now() + timedelta(hours=1))  # fmt: skip
    wati = desk.person("wati", Role.AGENT_TIER2)
    assert queue.claim_next(wati) == new
    assert desk.again(one.call).tier2 == wati


# --- the callback application follows (S-21) -------------------------------------------------------------------------
def _said(one: Callback, operation: str, code: str = "", **answer: Any) -> None:
    call = ExternalCall.objects.filter(system="callback", operation=operation).latest("created_at")
    call.status, call.error_code, call.answer = "REFUSED" if code else "ANSWERED", code, answer
    call.answered_at = timezone.now()
    call.save()
    callback_results.answered(call)


@pytest.mark.parametrize("code", ["DUPLICATE", "CLOSED", "NOT_FOUND"])
def test_what_the_application_refuses_stops_nobody(tio: User, code: str) -> None:
    one = claimed(tio)
    _said(one, "enqueue" if code == "DUPLICATE" else "claim", code)
    one = desk.again(one)
    assert (one.state, one.problem_words, one.application) == (State.CLAIMED, "", "")


def test_who_else_holds_it_there_is_told(tio: User) -> None:
    one = claimed(tio)
    _said(one, "claim", "CONFLICT", agent="agen9")
    assert "agen9" in desk.again(one).application
    assert desk.again(one).state == State.CLAIMED


def test_it_is_told_again_what_came_before_the_entry(tio: User) -> None:
    one = claimed(tio)
    _said(one, "claim", "NOT_FOUND")
    before = ExternalCall.objects.filter(system="callback", operation="claim").count()
    _said(one, "enqueue")
    assert ExternalCall.objects.filter(system="callback", operation="claim").count() == before + 1


def test_the_application_follows_in_the_real_contract(systems: Outside, tio: User) -> None:
    one = connected(tio)
    perform(one, "solve", actor=tio, data={"solution": "Pulih.", "informed": True})
    desk.deliver()
    told = ExternalCall.objects.filter(system="callback").order_by("created_at")
    assert {(one.operation, one.status) for one in told} == {
        ("enqueue", "DONE"), ("claim", "DONE"), ("complete", "DONE"),
    }  # fmt: skip
