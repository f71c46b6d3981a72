"""Who answers a caring call, and what the log of all desks then says (P-01 5.2; requirements 8.1, third party)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from caring.models import CaringResult, Prospect
from caring.prospects import contact
from caring.prospects.desk import ProspectDesk
from caring.prospects.forms import NotReachedForm
from caring.prospects.states import Excluded, State
from tenesa.accounts.models import SYSTEM, User
from tenesa.contact.models import ContactAttempt, NumberState
from tenesa.timers.models import Timer
from tenesa.workflow.perform import perform
from tests.caring import desk

pytestmark = pytest.mark.django_db


def _missed(agent: User, one: Prospect | None = None, **data: str) -> Prospect:
    return perform(desk.in_call(agent, one, payer=False), "miss", actor=agent, data=data)


def test_a_third_party_is_not_logged_by_the_customers_name(citra: User) -> None:
    one = _missed(citra, reason="THIRD_PARTY")
    attempt = ContactAttempt.objects.get(case_id=one.pk)
    assert (attempt.result, attempt.answered_by) == ("WRONG_PERSON", "orang lain")


def test_a_phone_that_is_off_is_no_phone_that_rings(citra: User) -> None:
    one = desk.in_call(citra, payer=False)
    desk.answered(one, "OFF")
    one = desk.again(one)
    form = NotReachedForm(case=one, actor=citra)
    assert form["reason"].value() == "OTHER"
    assert "tidak aktif" in str(form["note"].value()).lower()
    perform(one, "miss", actor=citra, data={"reason": "", "note": form["note"].value()})
    assert ContactAttempt.objects.get(case_id=one.pk).result == "OFF"
    assert CaringResult.objects.get().reason == "OTHER"


def test_a_relative_tells_of_a_death_and_hears_of_no_debt(citra: User) -> None:
    one = desk.in_call(citra, payer=False)
    data = {"receiver": "Ratna", "relation": "istri", "note": "Meninggal bulan lalu."}
    one = perform(one, "note_death", actor=citra, data=data)
    assert (one.state, one.excluded_why, one.payer_confirmed_at) == (State.EXCLUDED, Excluded.DECEASED, None)
    result = CaringResult.objects.get()
    assert (result.reason, result.receiver, result.is_payer, result.amount_told) == ("DECEASED", "Ratna", False, None)
    attempt = ContactAttempt.objects.get(case_id=one.pk)
    assert (attempt.result, attempt.answered_by) == ("WRONG_PERSON", "Ratna")
    assert not NumberState.objects.filter(state="VERIFIED").exists()  # the customer was not reached there


def _recalled(citra: User) -> Prospect:
    earlier = desk.agreed(citra)
    CaringResult.objects.filter(pk=earlier.pk).update(state="RECALL", entered_in=["cwc", "mycx"])
    return perform(earlier.prospect, "call_again", actor=SYSTEM, result=earlier, agent=citra)


def test_a_recall_invents_no_agreed_time(citra: User) -> None:
    one = _recalled(citra)
    assert (one.state, one.promised_to, one.at) == (State.FOLLOW_UP, citra, None)
    assert one.score_facts == {} or desk.again(one).score_facts["appointment_due"]  # first all the same
    running = Timer.objects.filter(procedure=one.procedure_name(), case_id=one.pk, state="RUNNING")
    assert not running.exists()
    assert contact.wish_of(one) is None  # so that the hours of calls hold
    one = _missed(citra, one, reason="THIRD_PARTY")
    assert (one.state, one.at, one.ready) == (State.FOLLOW_UP, None, False)
    assert not running.exists()
    assert "disepakati" not in " ".join(str(fact.value) for fact in ProspectDesk().facts(one, citra))


def test_an_agreed_time_at_which_the_customer_was_tried_runs_no_more(citra: User) -> None:
    agreed = timezone.now() - timedelta(minutes=5)
    one = _missed(citra, desk.prospect(at=agreed), reason="RNA")
    assert (one.state, one.at) == (State.FOLLOW_UP, agreed)
    assert one.ready_at > timezone.now()
    running = Timer.objects.filter(procedure=one.procedure_name(), case_id=one.pk, state="RUNNING")
    assert not running.exists()
