"""Dialling: claimed once, by the rules of all desks, whoever else dials at the same instant."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.contact import dialling, log, softphone
from tenesa.contact.dialling import Callee
from tenesa.contact.kinds import Result
from tenesa.contact.models import ContactAttempt, Dial
from tenesa.systems import control
from tenesa.systems.models import SystemState
from tenesa.workflow.errors import KeyReused, NotNow
from tests import factories
from tests.journeys.desk import Outside

WRITTEN, NUMBER, OTHER = "0812-0000-1187", "081200001187", "0812 0000 1186"
DAY = (0, 24 * 60)  # minutes
CALLEE = Callee("Bonar", [WRITTEN, OTHER], "customer:1000123", "WIB", "hold", "tests.case", 7)


@pytest.fixture
def outside(db: None, settings: Settings) -> Iterator[Outside]:
    settings.SYSTEMS = {name: {**system, "timeout": 0.7} for name, system in settings.SYSTEMS.items()}
    found = Outside()
    found.reset()
    yield found
    found.heal()
    found.reset()
    found.client.close()


def dialled(agent: User, number: str = WRITTEN, *, callee: Callee = CALLEE, key: uuid.UUID | None = None) -> Dial:
    return dialling.dial(callee, number, agent=agent, key=key or uuid.uuid4())


def recorded(dial: Dial, result: str = Result.NO_ANSWER) -> ContactAttempt:
    row = log.attempt(
        person=dial.person, number=dial.number, purpose=dial.purpose, agent=dial.agent, at=timezone.now(),
        result=result, dial=dial, procedure=dial.procedure, case_id=dial.case_id, answered_by="Bonar",
    )  # fmt: skip
    row.save()
    return row


# --- the softphone ---------------------------------------------------------------------------------------------------
def test_it_dials_and_keeps_what_came_of_it(outside: Outside, rini: User) -> None:
    one = dialled(rini)
    assert (one.state, one.number, one.proof["zone"], one.proof["to_number"]) == ("DIALLED", NUMBER, ["WIB"], 0)
    assert dialling.refresh(one, rini) == "RINGING"
    assert one.result == ""
    outside._ask("POST", f"softphone/{one.call_id}/end", json={"result": "BUSY"})
    assert dialling.refresh(one, rini) == "ENDED"
    assert (one.result, one.duration) == (Result.BUSY, 0)
    row = recorded(one, Result.BUSY)
    assert (row.call_id, row.duration, dialling.open_dial("tests.case", 7, rini)) == (one.call_id, 0, None)


def test_the_same_key_is_one_dial(outside: Outside, rini: User, dewi: User) -> None:
    key = uuid.uuid4()
    assert dialled(rini, key=key) == dialled(rini, key=key)
    assert (Dial.objects.count(), len(outside.calls("softphone", "dial"))) == (1, 1)
    with pytest.raises(KeyReused):
        dialled(dewi, key=key)
    with pytest.raises(KeyReused):
        dialled(rini, OTHER, key=key)


def test_a_process_that_died_after_the_claim_dials_when_asked_again(outside: Outside, rini: User) -> None:
    key = uuid.uuid4()
    dialling.claim(CALLEE, NUMBER, agent=rini, key=key)
    assert dialling.open_dial("tests.case", 7, rini) is not None
    assert dialled(rini, key=key).state == "DIALLED"
    assert len(outside.calls("softphone", "dial")) == 1


def test_who_has_no_softphone_dials_by_hand(outside: Outside, rini: User) -> None:
    control._ask("softphone", "PUT", "softphone/rini", {"device": "off"})
    one = dialled(rini)
    assert (one.state, bool(one.problem), softphone.link(one.number)) == ("LINKED", True, "tel:+6281200001187")


@pytest.mark.parametrize("fault", ["timeout", "http_500", "wrong_data"])
def test_a_softphone_that_is_down_is_dialled_around(outside: Outside, rini: User, fault: str) -> None:
    outside.fault("softphone", "dial", fault, ms=1_000)
    assert dialled(rini).state == "LINKED"


def test_one_that_is_known_to_be_down_is_not_waited_for(outside: Outside, rini: User) -> None:
    soon = timezone.now() + timedelta(minutes=1)
    SystemState.objects.create(system="softphone", failures=9, retry_at=soon, since=timezone.now())
    assert dialled(rini).state == "LINKED"
    assert outside.calls("softphone", "dial") == []


def test_a_dial_that_the_softphone_refuses_counts_for_nothing(outside: Outside, rini: User) -> None:
    dialled(rini)
    with pytest.raises(NotNow):
        dialled(rini, OTHER, callee=replace(CALLEE, person="customer:2", case_id=8))
    assert list(Dial.objects.filter(case_id=8).values_list("state", flat=True)) == ["FAILED"]
    assert CALLEE.verdict(OTHER).proof["to_number"] == 0


def test_a_call_that_its_agent_gave_up_counts_for_the_limits_alone(
    outside: Outside, rini: User, settings: Settings
) -> None:
    """Nobody had the time to answer: no gap follows it; that it rang counts where a number is spared."""
    settings.CONTACT = {**settings.CONTACT, "caring": {**settings.CONTACT["caring"], "hours": DAY, "rest": DAY}}
    one = dialled(rini)
    dialling.hang_up(one, rini)
    assert dialling.refresh(one, rini) == "ENDED"
    assert (one.state, one.result, one.ended_at is not None) == ("FAILED", "", True)
    assert CALLEE.verdict().allowed
    spared = replace(CALLEE, purpose="caring").verdict()
    assert (spared.allowed, spared.proof["to_number"]) == (True, 1)
    assert dialled(rini).state == "DIALLED"


def test_a_call_that_rang_out_until_its_agent_hung_up_was_not_answered(
    outside: Outside, rini: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialling, "RINGS_OUT", timedelta(0))
    one = dialled(rini)
    dialling.hang_up(one, rini)
    dialling.refresh(one, rini)
    assert (one.state, one.result) == ("DIALLED", Result.NO_ANSWER)


def test_what_was_told_of_a_call_stands_though_its_agent_ended_it(outside: Outside, rini: User) -> None:
    one = dialled(rini)
    recorded(one)
    dialling.hang_up(one, rini)
    dialling.refresh(one, rini)
    assert (one.state, one.is_told, CALLEE.verdict().allowed) == ("DIALLED", True, False)


@pytest.mark.parametrize("number", ["", "147", "0811 9999 0000", "rahasia"])
def test_only_numbers_of_the_case_are_dialled(outside: Outside, rini: User, number: str) -> None:
    with pytest.raises(NotNow):
        dialled(rini, number)
    assert not Dial.objects.exists()


def test_a_call_nobody_answered_keeps_the_other_desk_from_dialling(outside: Outside, rini: User, asing: User) -> None:
    dialled(rini)
    with pytest.raises(NotNow) as refused:
        dialled(asing, callee=replace(CALLEE, person="", procedure="tests.other"))
    assert "Rini" in str(refused.value)
    assert Dial.objects.count() == 1


# --- the database ----------------------------------------------------------------------------------------------------
def test_the_log_is_never_changed(rini: User) -> None:
    one = Dial.objects.create(number=NUMBER, purpose="hold", agent=rini, state="LINKED")
    row = recorded(one)
    for change in (lambda: ContactAttempt.objects.filter(pk=row.pk).update(result="BUSY"), row.delete):
        with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
            change()
    with pytest.raises(IntegrityError), transaction.atomic():
        recorded(one)  # one outcome a dial


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "0812-0000"}, {"number": ""}, {"state": "DIALLED"}, {"state": "SOON"}, {"purpose": "advertising"},
        {"procedure": "tests.case"}, {"case_id": 3}, {"result": "MAYBE"},
    ],
)  # fmt: skip
def test_the_database_refuses_a_senseless_dial(rini: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Dial.objects.create(**{"number": NUMBER, "purpose": "hold", "agent": rini, **wrong})


@pytest.mark.parametrize(
    "wrong", [{"result": "CONNECTED"}, {"result": "X"}, {"by": "PIGEON"}, {"purpose": ""}, {"case_id": 3}]
)
def test_the_database_refuses_a_senseless_attempt(rini: User, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactAttempt.objects.create(**{"number": NUMBER, "purpose": "hold", "result": "BUSY", "agent": rini, **wrong})


# --- at the same instant ---------------------------------------------------------------------------------------------
def together(work: list[Any]) -> list[str]:
    """Every piece of work in a thread of its own, begun at once; what each came to."""
    barrier, outcomes, lock = threading.Barrier(len(work)), [], threading.Lock()

    def run(one: Any) -> None:
        try:
            barrier.wait()
            one()
            said = "dialled"
        except NotNow:
            said = "refused"
        finally:
            connection.close()
        with lock:
            outcomes.append(said)

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def claims(callees: list[Callee], agents: list[User], numbers: list[str]) -> list[Any]:
    return [
        lambda callee=callee, agent=agent, number=number: dialling.claim(callee, number, agent=agent, key=uuid.uuid4())
        for callee, agent, number in zip(callees, agents, numbers, strict=True)
    ]


@pytest.mark.django_db(transaction=True)
def test_two_desks_never_dial_one_number_at_once() -> None:
    agents = [factories.person(f"agen{n}", Role.AGENT_EMAIL, desk_code=["TENESA", "TDSCC"][n % 2]) for n in range(8)]
    callees = [replace(CALLEE, person="", procedure=f"tests.desk{n % 2}", case_id=n) for n in range(8)]
    assert together(claims(callees, agents, [NUMBER] * 8)) == ["dialled", *["refused"] * 7]
    assert Dial.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_nor_one_person_at_two_numbers() -> None:
    agents = [factories.person(f"agen{n}", Role.AGENT_EMAIL) for n in range(6)]
    callees = [replace(CALLEE, case_id=n) for n in range(6)]
    numbers = [NUMBER, "081200001186"] * 3
    assert together(claims(callees, agents, numbers)) == ["dialled", *["refused"] * 5]


@pytest.mark.django_db(transaction=True)
def test_the_limit_of_a_day_holds_at_the_same_instant(settings: Settings) -> None:
    night_and_day = {**settings.CONTACT["caring"], "hours": (0, 1440), "rest": (0, 1440), "gap": 0, "per_day": 3}
    settings.CONTACT = {**settings.CONTACT, "caring": night_and_day}
    agents = [factories.person(f"agen{n}", Role.AGENT_EMAIL) for n in range(8)]
    callees = [replace(CALLEE, purpose="caring", person="", case_id=n) for n in range(8)]
    assert together(claims(callees, agents, [NUMBER] * 8)) == [*["dialled"] * 3, *["refused"] * 5]
