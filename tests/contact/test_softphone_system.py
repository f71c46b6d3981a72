"""The softphone behind its HTTP contract, played by the simulator (S-25)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tenesa.systems import clients, control
from tenesa.systems.errors import Refused, Unavailable
from tests.journeys.desk import Outside

NUMBER = "081200001187"


@pytest.fixture
def outside(settings: Settings) -> Iterator[Outside]:
    settings.SYSTEMS = {name: {**system, "timeout": 1.0} for name, system in settings.SYSTEMS.items()}
    found = Outside()
    found.reset()
    yield found
    found.heal()
    found.reset()
    found.client.close()


def dialled(number: str = NUMBER, agent: str = "rini", key: str = "") -> str:
    return clients.softphone().dial(number, agent=agent, key=key or str(uuid.uuid4()))


def test_a_call_rings_and_ends_as_the_other_side_does(outside: Outside) -> None:
    call = dialled()
    ringing = clients.softphone().call_log(call)
    assert (ringing.state, ringing.result, ringing.number, ringing.agent) == ("RINGING", "", NUMBER, "rini")
    outside._ask("POST", f"softphone/{call}/end", json={"result": "REJECTED"})
    ended = clients.softphone().call_log(call)
    assert (ended.state, ended.result, ended.recording) == ("ENDED", "REJECTED", "")
    assert ended.ended_at is not None


def test_the_same_key_is_the_same_call(outside: Outside) -> None:
    assert dialled(key="k-1") == dialled(key="k-1")


def test_an_agent_has_one_call_at_a_time_and_may_hang_up(outside: Outside) -> None:
    first = dialled()
    with pytest.raises(Refused) as refused:
        dialled("081200001186")
    assert refused.value.code == "BUSY"
    clients.softphone().hang_up(first)
    clients.softphone().hang_up(first)
    assert clients.softphone().call_log(first).result == "CANCELLED"
    assert dialled("081200001186") != first


def test_what_cannot_be_dialled_is_refused_in_words(outside: Outside) -> None:
    for number in ("147", "0812abc"):
        with pytest.raises(Refused) as refused:
            dialled(number)
        assert refused.value.code == "INVALID"
    control._ask("softphone", "PUT", "softphone/rini", {"device": "off"})
    with pytest.raises(Refused) as refused:
        dialled()
    assert refused.value.code == "NO_DEVICE"
    with pytest.raises(Refused) as refused:
        clients.softphone().call_log("CALL-77777777")
    assert refused.value.code == "NOT_FOUND"


def test_an_answer_of_another_call_is_no_answer(outside: Outside) -> None:
    call = dialled()
    outside.fault("softphone", "call_log", "wrong_data")
    with pytest.raises(Unavailable) as failed:
        clients.softphone().call_log(call)
    assert failed.value.code == "BAD_DATA"
