"""What is kept of a call: its result, whoever goes; new numbers, scripts, fault reports, the log (P-01 5.2, 5.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from caring import services
from caring.models import CaringResult, Promise, Prospect, ScriptSeen
from caring.prospects import contact, scripts
from caring.prospects.desk import ProspectDesk
from caring.prospects.states import State
from caring.results.desk import ResultDesk
from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.contact.models import ContactAttempt, Dial, NumberState
from tenesa.systems.models import ExternalCall
from tenesa.timers.models import Timer
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.perform import perform
from tenesa.workspace.rail import RailOffer, rail
from tests import factories
from tests.caring import desk
from vvip.models import SpecialCase

pytestmark = pytest.mark.django_db


# --- a call whose result is missing ----------------------------------------------------------------------------------
def _left(one: Prospect) -> Prospect:
    Prospect.objects.filter(pk=one.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    Dial.objects.update(at=timezone.now() - timedelta(hours=3))
    services.expire_leases()
    found: Prospect = desk.again(one)
    return found


def test_a_call_that_was_left_waits_for_its_result_with_its_owner(citra: User, novita: User) -> None:
    one = _left(desk.in_call(citra))
    assert (one.state, one.owner, one.lacks_result) == (State.IN_CALL, citra, True)
    assert services.expire_leases() == 0
    assert Timer.objects.filter(case_id=one.pk, name="caring_result", state="RUNNING").count() == 1
    lists = {view.slug for view in ProspectDesk.views if view.of(Prospect.objects.filter(pk=one.pk), novita).exists()}
    assert {"no_result", "open"} <= lists
    assert "Citra" in " ".join(map(str, ProspectDesk().warnings(one, citra)))
    assert ProspectDesk().callee(one, citra) is None  # nothing is dialled over it
    perform(one, "miss", actor=citra, data={"reason": "RNA"})
    result = CaringResult.objects.get()
    assert (result.agent, result.reason) == (citra, "RNA")


def test_a_leader_gives_the_missing_result_to_somebody_and_the_call_stays_whose_it_was(
    citra: User, novita: User
) -> None:
    dewa = desk.person("dewa", Role.AGENT_CARING)
    one = _left(desk.in_call(citra))
    one = perform(one, "take_over", actor=novita, data={"owner": dewa.pk, "reason": "Citra pulang."})
    assert (one.state, one.owner, one.payer_confirmed_at is not None) == (State.IN_CALL, dewa, True)
    told = {"reason": "FAULT", "note": "Pelanggan mengeluh internet putus sejak kemarin sore."}
    perform(one, "decline", actor=dewa, data=told)
    result = CaringResult.objects.get()
    assert (result.agent, result.workers) == (citra, sorted([citra.pk, dewa.pk]))
    assert ContactAttempt.objects.get().agent == citra


def test_a_pick_that_is_given_away_before_the_dial_is_only_a_pick(citra: User, novita: User) -> None:
    one = perform(desk.prospect(), "pick", actor=citra)
    one = perform(one, "take_over", actor=novita, data={"owner": novita.pk, "reason": "Pelanggan saya kenal."})
    assert (one.state, one.owner) == (State.PICKED, novita)
    Prospect.objects.filter(pk=one.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    services.expire_leases()
    assert desk.again(one).owner is None


# --- what the softphone says of the call -----------------------------------------------------------------------------
SPOKEN = ("confirm_payer", "agree", "decline", "follow_up")


def _suggested(one: Prospect, agent: User) -> RailOffer | None:
    found = desk.again(one)
    return next((offer for offer in rail(ProspectDesk(), found, agent, []).offers if offer.reason), None)


def test_one_key_records_a_busy_line_as_not_reached(citra: User) -> None:
    one = desk.in_call(citra, payer=False)
    desk.answered(one, "BUSY")
    offer = _suggested(one, citra)
    assert offer is not None
    assert (offer.step.name, offer.at_once) == ("miss", True)
    assert one.number_called in offer.reason
    assert "sibuk" in offer.reason.lower()
    perform(one, "miss", actor=citra, data={})
    assert CaringResult.objects.get().reason == "BUSY"
    assert ContactAttempt.objects.get().result == "BUSY"


def test_while_it_rings_nothing_says_that_somebody_was_reached(citra: User) -> None:
    one = desk.in_call(citra, payer=False)
    Dial.objects.update(ended_at=None, duration=None)
    assert _suggested(one, citra) is None
    Dial.objects.update(result="CONNECTED")
    offer = _suggested(one, citra)
    assert offer is not None
    assert offer.step.name == "confirm_payer"


@pytest.mark.parametrize("result", ["BUSY", "NO_ANSWER", "REJECTED", "OFF", "INVALID"])
@pytest.mark.parametrize("payer", [True, False])
def test_nobody_speaks_in_a_call_that_was_not_answered(citra: User, result: str, payer: bool) -> None:
    one = desk.in_call(citra, payer=payer)
    desk.answered(one, result)
    before = Event.objects.count()
    for step in SPOKEN:
        with pytest.raises(NotNow, match="tidak ada yang menjawab"):
            perform(desk.again(one), step, actor=citra, data={})
    assert (Event.objects.count(), CaringResult.objects.count()) == (before, 0)


@pytest.mark.parametrize("told", [{"state": "LINKED", "call_id": ""}, {"result": ""}, {"result": "CONNECTED"}])
def test_a_call_by_hand_or_without_a_log_is_as_its_agent_says(citra: User, told: dict[str, str]) -> None:
    one = desk.in_call(citra, payer=False)
    Dial.objects.update(**told)
    offer = _suggested(one, citra)
    assert offer is not None
    assert offer.step.name == "confirm_payer"
    one = perform(desk.again(one), "confirm_payer", actor=citra, data={})
    assert one.payer_confirmed_at is not None


# --- numbers that we were told ---------------------------------------------------------------------------------------
def test_a_number_told_in_the_call_is_marked_and_called_next(citra: User) -> None:
    one = perform(desk.in_call(citra, desk.prospect(phones=["081210000001"]), payer=False), "note_number",
                  actor=citra, data={"number": "0812-1000-0009"})  # fmt: skip
    assert contact.number_of(one) == "081210000001"  # the call goes on
    perform(one, "miss", actor=citra, data={"reason": "WRONG_NUMBER"})
    one = desk.again(one)
    assert (one.phones, contact.number_of(one)) == (["081210000009"], "081210000009")
    client = Client()
    client.force_login(citra)
    page_ = client.get(one.get_absolute_url()).content.decode()
    assert "081210000009" in page_
    assert "Citra" in page_[page_.index("081210000009") :]
    assert contact.known_numbers(one)[0].told
    event = Event.objects.get(case_id=one.pk, step="note_number")
    assert "081210000009" not in str(event.data)


def test_a_number_that_was_given_up_is_not_taken_as_a_new_one(citra: User) -> None:
    one = perform(desk.prospect(phones=["081210000002"]), "pick", actor=citra)
    NumberState.objects.create(person=contact.person_of(one), number="081210000001", state="WRONG")
    with pytest.raises(InvalidInput):
        perform(one, "note_number", actor=citra, data={"number": "081210000001"})


# --- scripts that were shown -----------------------------------------------------------------------------------------
def test_what_was_shown_in_a_call_stands_at_its_result(citra: User, novita: User) -> None:
    desk.publish_scripts(novita)
    one, client = desk.in_call(citra), Client()
    client.force_login(citra)
    client.get(reverse("caring-script", args=[one.pk, "reasons"]))
    cache.clear()
    client.get(reverse("caring-script", args=[one.pk, "reasons"]))
    assert ScriptSeen.objects.count() == 1  # once a call
    perform(one, "decline", actor=citra, data={"reason": "EXPENSIVE", "script_read": "on"})
    result = CaringResult.objects.get()
    (seen,) = scripts.seen_in(result)
    assert (seen.user, seen.attempt, seen.version.title) == (citra, 1, "Caring: menanggapi alasan")
    facts = {str(fact.label): str(fact.value) for fact in ResultDesk().facts(result, novita)}
    assert "Citra" in facts["Skrip yang ditampilkan"]
    with pytest.raises(InternalError), transaction.atomic():
        ScriptSeen.objects.update(attempt=2)


# --- fault reports ---------------------------------------------------------------------------------------------------
def test_a_fault_is_handed_over_to_147_and_its_number_seen(citra: User, laras: User) -> None:
    one = desk.in_call(citra)
    with pytest.raises(NotNow, match="147"):
        perform(one, "report_fault", actor=citra, data={"report": "Internet mati sejak pagi."})
    factories.desk("147")
    one = perform(one, "report_fault", actor=citra, data={"report": "Internet mati sejak pagi."})
    call = SpecialCase.objects.get()
    assert (call.state, call.desk_id, call.channel, call.internet_number) == ("REPORTED", "147", "DESK", one.fastel)
    assert call.caller_number == one.number_called
    assert one.number in call.report
    client = Client()
    client.force_login(citra)
    assert call.number in client.get(one.get_absolute_url()).content.decode()
    assert client.get(call.get_absolute_url()).status_code == 404
    told = {"reason": "FAULT", "note": "Internet mati, tagihan tidak mau dibayar."}
    one = perform(one, "decline", actor=citra, data=told)
    with pytest.raises(NotNow):
        perform(one, "report_fault", actor=desk.person("dewa", Role.AGENT_CARING), data={"report": "Mati."})
    with pytest.raises(NotYourStep):
        perform(one, "report_fault", actor=laras, data={"report": "Mati."})
    assert SpecialCase.objects.count() == 1


# --- a call log that comes late --------------------------------------------------------------------------------------
def test_a_late_call_log_completes_the_result_before_both_are_told(citra: User) -> None:
    one = desk.in_call(citra)
    Dial.objects.update(ended_at=None, duration=None)
    perform(one, "miss", actor=citra, data={"reason": "RNA"})
    result = CaringResult.objects.get()
    assert (result.log_awaited, result.duration) == (True, 0)
    assert not ExternalCall.objects.filter(operation__in=["result", "enter"]).exists()
    result = perform(result, "note_call_log", actor=SYSTEM, duration=184, recording="REC-1")
    assert (result.duration, result.recording, result.log_awaited) == (184, "REC-1", False)
    told = ExternalCall.objects.filter(operation__in=["result", "enter"])
    assert [call.payload["duration"] for call in told] == [184, 184]
    with pytest.raises(NotNow):
        perform(result, "note_call_log", actor=SYSTEM, duration=1)


def test_a_judged_result_keeps_what_was_judged_and_shows_the_late_duration(citra: User, laras: User) -> None:
    result = perform(desk.at_qc(citra, laras), "approve", actor=laras, data=desk.OK)
    CaringResult.objects.filter(pk=result.pk).update(duration=0)
    result = perform(desk.again(result), "note_call_log", actor=SYSTEM, duration=77)
    assert (result.duration, ExternalCall.objects.filter(payload__duration=77).count()) == (0, 0)
    Dial.objects.filter(call_id=result.call_id).update(duration=77)
    facts = {str(fact.label): str(fact.value) for fact in ResultDesk().facts(desk.again(result), citra)}
    assert facts["Durasi"].startswith("77")


def test_a_kept_promise_of_one_line_hides_no_broken_one_of_another(citra: User) -> None:
    first, second = (desk.agreed(citra, desk.prospect(ncli="98", zone="WIB")) for _n in range(2))
    other = desk.prospect(ncli="98", period=(desk.this_month() + timedelta(days=32)).replace(day=1))
    Promise.objects.update(state=Promise.State.OPEN)
    perform(first, "judge_promise", actor=SYSTEM, verdict="BROKEN", paid=0)
    perform(second, "judge_promise", actor=SYSTEM, verdict="KEPT", paid=second.promised_amount)
    assert desk.again(other).score_facts["broken_promise"] is True
