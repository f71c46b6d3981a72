"""Eyebeam as the port of all softphones, the setting that chooses it, and the recordings of its calls (S-25, S-27)."""

from __future__ import annotations

import io
import uuid
import wave
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytest_django import Settings

from tenesa.accounts.models import User
from tenesa.contact import dialling, softphone
from tenesa.contact.dialling import Callee
from tenesa.systems import clients, control
from tenesa.systems.errors import Refused, Unavailable
from tenesa.systems.operation import operation_of
from tests.journeys.desk import Outside

NUMBER, AGENT = "081200001187", "citra"
HOLD = Callee("Bonar", [NUMBER], "customer:1000123", "WIB", "hold", "tests.case", 7)


@pytest.fixture
def outside(settings: Settings) -> Iterator[Outside]:
    settings.SYSTEMS = {name: {**system, "timeout": 1.0} for name, system in settings.SYSTEMS.items()}
    found = Outside()
    found.reset()
    yield found
    found.heal()
    found.reset()
    found.client.close()


def dialled(number: str = NUMBER, key: str = "") -> str:
    return clients.eyebeam().dial(number, agent=AGENT, key=key or str(uuid.uuid4()))


def ended(call: str, result: str) -> None:
    control._ask("softphone", "POST", f"softphone/CALL-{call.removeprefix('EB-')}/end", {"result": result})


# --- Eyebeam ---------------------------------------------------------------------------------------------------------
def test_a_call_rings_and_the_same_key_is_the_same_call(outside: Outside) -> None:
    call = dialled(key="k-1")
    assert dialled(key="k-1") == call
    ringing = clients.eyebeam().call_log(call)
    assert (ringing.call_id, ringing.state, ringing.result) == (call, "RINGING", "")
    assert (ringing.number, ringing.agent, ringing.recording) == (NUMBER, AGENT, "")


@pytest.mark.parametrize("result", ["ANSWERED", "NO_ANSWER", "BUSY", "OFF", "REJECTED", "INVALID", "CANCELLED"])
def test_every_end_of_a_call_is_told_in_the_words_of_the_port(outside: Outside, result: str) -> None:
    call = dialled()
    ended(call, result)
    found = clients.eyebeam().call_log(call)
    assert (found.state, found.result) == ("ENDED", result)
    assert bool(found.recording) == (result == "ANSWERED")
    assert found.ended_at is not None


def test_an_agent_has_one_call_at_a_time_whatever_rings(outside: Outside) -> None:
    call = dialled()
    for phone in (clients.eyebeam(), clients.softphone()):
        with pytest.raises(Refused) as refused:
            phone.dial("081200001186", agent=AGENT, key=str(uuid.uuid4()))
        assert refused.value.code == "BUSY"
    clients.eyebeam().hang_up(call)
    clients.eyebeam().hang_up(call)
    assert clients.eyebeam().call_log(call).result == "CANCELLED"
    assert dialled("081200001186") != call


def test_what_cannot_be_dialled_is_refused_in_words(outside: Outside) -> None:
    control._ask("softphone", "PUT", f"softphone/{AGENT}", {"device": "off"})
    for number, code in (("147", "INVALID"), (NUMBER, "NO_DEVICE")):
        with pytest.raises(Refused) as refused:
            dialled(number)
        assert refused.value.code == code
    for call in ("EB-77777777", "CALL-00000001", "x"):
        with pytest.raises(Refused) as refused:
            clients.eyebeam().call_log(call)
        assert refused.value.code == "NOT_FOUND"


def test_an_answer_that_no_telephone_gives_is_no_answer(outside: Outside) -> None:
    call = dialled()
    outside.fault("eyebeam", "history", "wrong_data")
    with pytest.raises(Unavailable) as failed:
        clients.eyebeam().call_log(call)
    assert failed.value.code == "BAD_DATA"


# --- which telephone a purpose has -----------------------------------------------------------------------------------
def test_caring_dials_with_eyebeam_and_holds_do_not() -> None:
    assert [softphone.system_of(one) for one in ("hold", "callback", "caring")] == ["softphone", "softphone", "eyebeam"]


@pytest.mark.parametrize("system", ["softphone", "eyebeam"])
def test_a_purpose_dials_with_the_telephone_of_its_setting(
    db: None, outside: Outside, settings: Settings, rini: User, system: str
) -> None:
    settings.CONTACT_SOFTPHONES = {**settings.CONTACT_SOFTPHONES, "hold": system}
    one = dialling.dial(HOLD, NUMBER, agent=rini, key=uuid.uuid4())
    assert dialling.refresh(one, rini) == "RINGING"
    dialling.hang_up(one, rini)
    assert dialling.refresh(one, rini) == "ENDED"
    assert one.call_id.startswith({"softphone": "CALL-", "eyebeam": "EB-"}[system])
    asked = dialling.log_of(one)
    assert (asked.system, asked.operation, asked.payload) == (system, "call_log", {"call_id": one.call_id})
    assert callable(operation_of(asked.system, asked.operation))


def test_an_eyebeam_that_is_down_is_dialled_around(db: None, outside: Outside, settings: Settings, rini: User) -> None:
    settings.CONTACT_SOFTPHONES = {**settings.CONTACT_SOFTPHONES, "hold": "eyebeam"}
    outside.fault("eyebeam", "call", "http_500")
    callee = replace(HOLD, case_id=8)
    assert dialling.dial(callee, NUMBER, agent=rini, key=uuid.uuid4()).state == "LINKED"


# --- recordings ------------------------------------------------------------------------------------------------------
def test_a_call_that_was_answered_has_a_recording_that_can_be_played(outside: Outside) -> None:
    call = dialled()
    ended(call, "ANSWERED")
    found = clients.apprec().find(call)
    assert (found.call_id, found.recording, found.media) == (
        call,
        clients.eyebeam().call_log(call).recording,
        "audio/wav",
    )
    with wave.open(io.BytesIO(clients.apprec().audio(found.recording))) as sound:
        assert sound.getnframes() / sound.getframerate() >= 1


def test_a_recording_is_found_by_its_call_alone(outside: Outside) -> None:
    silent = dialled()
    ended(silent, "NO_ANSWER")
    answered = dialled()
    ended(answered, "ANSWERED")
    for call in (silent, "EB-99999900", "EB-77777777", answered.removeprefix("EB-"), NUMBER):
        with pytest.raises(Refused) as refused:
            clients.apprec().find(call)
        assert refused.value.code == "NOT_FOUND"
    with pytest.raises(Refused):
        clients.apprec().audio("REC-77777777")


def test_the_past_that_a_demonstration_tells_of_can_be_heard(outside: Outside) -> None:
    found = clients.apprec().find("EB-90000123")
    assert found == clients.apprec().find("EB-90000123")
    assert 40 <= found.duration < 300
    assert len(clients.apprec().audio(found.recording)) < 100_000


def test_nobody_hears_a_recording_without_the_token(outside: Outside, settings: Settings) -> None:
    settings.SYSTEMS = {**settings.SYSTEMS, "apprec": {**settings.SYSTEMS["apprec"], "token": "salah"}}
    with pytest.raises(Refused) as refused:
        clients.apprec().audio("REC-90000123")
    assert refused.value.code == "UNAUTHORISED"
