"""One key where NOSSA or the softphone has said all: the customer is dialled, what came of it is recorded."""

from __future__ import annotations

import pytest

from pending.calls import calls_of
from pending.desk import PendingDesk
from pending.models import PendingRequest
from tenesa.accounts.models import User
from tenesa.contact.kinds import Result
from tenesa.contact.models import Dial
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import perform
from tenesa.workspace.rail import RailOffer, rail
from tests.journeys.desk import Outside
from tests.pending.desk import again, ahead, asked, call, checked, comes, contacting, time_passes, tried

pytestmark = pytest.mark.django_db


def suggested(request: PendingRequest, agent: User) -> RailOffer:
    found = again(request)
    return next(one for one in rail(PendingDesk(), found, agent, []).offers if one.reason)


def standing(offer: RailOffer) -> dict[str, object]:
    return {bound.name: bound.value() for bound in offer.form or () if bound.value()}


def test_the_contact_of_nossa_is_dialled_by_one_key(
    ujang: User, rini: User, nossa: Outside, django_capture_on_commit_callbacks: object
) -> None:
    request = checked(rini, asked(ujang))
    offer = suggested(request, rini)
    told = again(request).snapshot
    assert (offer.step.name, offer.at_once) == ("start_contact", True)
    assert told["contact_phone"] in offer.reason
    perform(request, "start_contact", actor=rini, data=standing(offer))
    assert Dial.objects.get(case_id=request.pk).agent == rini


def test_without_the_tick_nobody_is_dialled(ujang: User, rini: User, nossa: Outside) -> None:
    contacting(rini, asked(ujang))
    assert not Dial.objects.exists()


def test_what_the_softphone_told_is_recorded_by_one_key(ujang: User, rini: User, nossa: Outside) -> None:
    request = contacting(rini, asked(ujang))
    given = {"procedure": request.procedure_name(), "case_id": request.pk, "purpose": "hold", "proof": {}}
    Dial.objects.create(
        number="081200001187", agent=rini, state="DIALLED", call_id="CALL-1", result="CONNECTED", **given
    )
    offer = suggested(request, rini)
    assert (offer.step.name, offer.at_once) == ("record_attempt", True)
    assert "081200001187" in offer.reason
    assert standing(offer)["answered_by"] == again(request).contact_name
    assert not tried(request).exists()  # suggested alone: a person's key takes it
    done = perform(request, "record_attempt", actor=rini, data=standing(offer))
    assert tried(request).get().result == Result.CONNECTED
    assert done.connected_at is not None


def test_a_call_that_the_rules_forbid_takes_nothing(ujang: User, rini: User, nossa: Outside) -> None:
    request = checked(rini, asked(ujang))
    offer = suggested(request, rini)
    perform(request, "start_contact", actor=rini, data=standing(offer))
    other = checked(rini, asked(ujang, "IN10482301"))
    same = {**standing(offer), "dial_now": "on"}
    with pytest.raises(NotNow):
        perform(other, "start_contact", actor=rini, data=same)
    assert again(other).state == "CHECKING"


def dial_key(request: PendingRequest, agent: User) -> str:
    """What the key of suggestions does at the dial button, in words; "" where it does something else."""
    found = again(request)
    calls = calls_of(PendingDesk(), found, agent)
    offers = rail(PendingDesk(), found, agent, []).offers
    assert sum(bool(one.reason) for one in offers) + bool(calls and calls.dial and calls.dial.reason) <= 1
    return calls.dial.reason if calls and calls.dial and calls.dial.verdict and calls.dial.verdict.allowed else ""


def test_who_was_not_asked_yet_is_dialled_by_the_key(ujang: User, rini: User, nossa: Outside) -> None:
    request = contacting(rini, asked(ujang))
    assert "belum ditanya" in dial_key(request, rini)
    call(rini, request)
    assert dial_key(request, rini) == ""  # they lie apart
    offers = rail(PendingDesk(), again(request), rini, []).offers
    assert not [one.step.name for one in offers if one.open]  # and no other step is put forward meanwhile
    time_passes(request, 11)
    assert "Belum terhubung" in dial_key(request, rini)
    for _number in range(2):
        call(rini, again(request))
        time_passes(request, 11)
    assert (dial_key(request, rini), suggested(request, rini).step.name) == ("", "give_up")


def test_after_an_appointment_nothing_says_consent_until_they_are_called(
    ujang: User, rini: User, nossa: Outside
) -> None:
    request = contacting(rini, asked(ujang))
    call(rini, request, "CONNECTED")
    assert suggested(request, rini).step.name == "agree"
    perform(again(request), "appoint", actor=rini, data={"call_back_at": ahead(minutes=5)})
    assert dial_key(request, rini) == ""
    assert not [one.step.name for one in rail(PendingDesk(), again(request), rini, []).offers if one.reason]
    comes(request, minutes=1)
    time_passes(request, 5)
    assert "minta ditelepon" in dial_key(request, rini)
    call(rini, again(request), "CONNECTED")
    assert suggested(request, rini).step.name == "agree"
