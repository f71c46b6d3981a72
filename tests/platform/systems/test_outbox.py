"""A call is made once, whoever is woken for it and whenever a worker dies; its outcome is heard of once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tenesa.audit.models import Event
from tenesa.launch.rundir import ROOT
from tenesa.systems import outbox, registry
from tenesa.systems.models import ExternalCall
from tenesa.systems.outbox import CallOut, CancelCalls
from tenesa.systems.simulator import seed
from tests import factories
from tests.services import services
from tickets.models import EmailCase

PROCEDURE = "tickets.emailcase"
TICKET = {
    "product_id": seed.DES_DOWN_VPN,
    "reporter_name": "Bonar Nababan",
    "reporter_phone": "0812-0000-1187",
    "reporter_email": "bonar@samudra.example",
    "symptom": "OFFLINE",
    "description": "Mati total sejak 07.20",
    "segment": "DES",
    "channel": "EMAIL",
}
Status = ExternalCall.Status


class Told:
    """A procedure's handler that notes what it was told; the real one is put back afterwards."""

    def __init__(self) -> None:
        self.outcomes: list[str] = []
        self.problem: Exception | None = None

    def __call__(self, call: ExternalCall) -> None:
        assert connection.in_atomic_block
        self.outcomes.append(call.status)
        if self.problem:
            raise self.problem


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    handler = Told()
    monkeypatch.setitem(registry._handlers, PROCEDURE, handler)
    return handler


def opened() -> EmailCase:
    """A case without the calls that opening it asks for."""
    case = factories.opened()
    ExternalCall.objects.filter(case_id=case.pk).delete()
    return case


@pytest.fixture
def case(db: None) -> EmailCase:
    return opened()


def asked(case: EmailCase, target: str = "mycx.create_ticket", payload: dict[str, Any] | None = None) -> ExternalCall:
    """A call that a step has written, with the effect's own door."""
    system, _dot, operation = target.partition(".")
    event = Event.objects.filter(case_id=case.pk).latest("seq")
    with transaction.atomic():
        CallOut(system, operation, payload or TICKET, key=f"case-{case.pk}").write(case, event)
    return ExternalCall.objects.get(idempotency_key=f"case-{case.pk}")


def stored(call: ExternalCall) -> ExternalCall:
    return ExternalCall.objects.select_related("event").get(pk=call.pk)


def make_due(call: ExternalCall) -> None:
    past = timezone.now() - timedelta(minutes=20)
    ExternalCall.objects.filter(pk=call.pk).update(next_try_at=past, claimed_at=past)


# --- one call, one outcome -------------------------------------------------------------------------------------------
def test_it_makes_the_call_and_tells_the_procedure(simulators, case, told) -> None:
    call = asked(case)
    assert outbox.deliver(call.pk) == Status.DONE
    (made,) = simulators.calls("mycx.create_ticket")
    assert (made["key"], made["clause"], made["actor"]) == (call.idempotency_key, call.event.clause, "system")
    assert told.outcomes == [Status.ANSWERED]
    assert [stored(call).answer["incident"]] == simulators.incidents_of(seed.DES_DOWN_VPN)
    assert stored(call).applied_at


def test_an_outcome_is_taken_over_once_however_often_it_is_told(simulators, case, told) -> None:
    call = asked(case)
    outbox.deliver(call.pk)
    first = stored(call).applied_at
    assert outbox.apply(call.pk) is False
    make_due(call)
    outbox.sweep()
    assert outbox.deliver(call.pk) != Status.ANSWERED
    assert told.outcomes == [Status.ANSWERED]
    assert stored(call).applied_at == first
    assert len(simulators.calls("mycx.create_ticket")) == 1


def test_a_refusal_is_taken_over_once_as_well(simulators, case, told) -> None:
    call = asked(case, payload={**TICKET, "reporter_phone": ""})
    outbox.deliver(call.pk)
    assert (stored(call).status, told.outcomes) == (Status.REFUSED, [Status.REFUSED])
    assert outbox.apply(call.pk) is False
    assert told.outcomes == [Status.REFUSED]


def test_a_call_tried_by_hand_begins_with_its_first_try(simulators, case, told) -> None:
    call = asked(case)
    ExternalCall.objects.filter(pk=call.pk).update(status=Status.DEAD, attempts=7, applied_at=timezone.now())
    assert outbox.retry(call.pk)
    assert (stored(call).status, stored(call).attempts, stored(call).applied_at) == (Status.WAITING, 0, None)


def test_it_writes_a_call_once_for_a_key(simulators, case, told) -> None:
    asked(case)
    asked(case)
    assert ExternalCall.objects.count() == 1


def test_nothing_is_called_when_the_step_is_undone(simulators, case, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks() as nudges, transaction.atomic():
        asked(case)
        transaction.set_rollback(True)
    assert not nudges
    assert not ExternalCall.objects.exists()
    assert not simulators.calls("mycx")


def test_a_refusal_goes_to_the_procedure_with_what_the_system_said(simulators, case, told, caplog) -> None:
    call = asked(case, payload={**TICKET, "symptom": ""})
    assert outbox.deliver(call.pk) == Status.REFUSED
    assert (stored(call).error_code, set(stored(call).answer["fields"])) == ("INVALID", {"symptom"})
    assert told.outcomes == [Status.REFUSED]
    assert "INVALID" in caplog.text
    assert outbox.deliver(call.pk) == "not due"
    assert len(simulators.calls("mycx")) == 1


def test_a_silent_system_is_tried_again_then_given_up_then_tried_by_hand(simulators, case, told, bowo) -> None:
    simulators.fail("mycx", "http_500")
    call = asked(case)
    pauses = []
    for _try in range(5):
        make_due(call)
        outbox.deliver(call.pk)
        pauses.append(round((stored(call).next_try_at - timezone.now()).total_seconds() / 60))
    assert pauses[:4] == [1, 2, 5, 10]
    assert (stored(call).status, stored(call).attempts) == (Status.DEAD, 5)
    assert told.outcomes == [Status.WAITING, Status.DEAD]
    assert not simulators.incidents_of(seed.DES_DOWN_VPN)

    simulators.heal("mycx")
    assert outbox.retry(call.pk, bowo)
    assert not outbox.retry(call.pk, bowo)
    assert outbox.deliver(call.pk) == Status.DONE
    assert {made["key"] for made in simulators.calls("mycx")} == {call.idempotency_key}
    assert len(simulators.incidents_of(seed.DES_DOWN_VPN)) == 1


def test_a_call_is_not_made_before_its_time(simulators, case, told) -> None:
    simulators.fail("mycx", "http_500", count=1)
    call = asked(case)
    outbox.deliver(call.pk)
    assert outbox.deliver(call.pk) == "not due"
    assert len(simulators.calls("mycx")) == 1


def test_a_lost_answer_ends_in_one_ticket(simulators, case, told) -> None:
    simulators.fail("mycx", "wrong_data", count=1)
    call = asked(case)
    assert outbox.deliver(call.pk) == Status.WAITING
    make_due(call)
    assert outbox.deliver(call.pk) == Status.DONE
    assert simulators.incidents_of(seed.DES_DOWN_VPN) == [stored(call).answer["incident"]]


@pytest.mark.parametrize("target", ["mycx.no_such", "nossa.get_incident"])
def test_a_call_nobody_can_make_waits_with_the_reason(simulators, case, told, target) -> None:
    call = asked(case, target, {"wrong": "payload"})
    assert outbox.deliver(call.pk) == Status.WAITING
    assert stored(call).error_code == "INTERNAL"
    assert stored(call).error_message


# --- handlers --------------------------------------------------------------------------------------------------------
def test_a_failing_handler_leaves_the_answer_and_others_go_on(simulators, case, told) -> None:
    told.problem = ValueError("langkah tidak dikenal")
    call = asked(case)
    assert outbox.deliver(call.pk) == Status.ANSWERED
    assert "langkah tidak dikenal" in stored(call).note
    assert not stored(call).applied_at
    assert outbox.sweep() == 0, "it is not asked again at once"

    other = opened()
    told.problem = None
    reading = asked(other, "nossa.search_by_service", {"service_no": seed.DES_HEALTHY})
    assert outbox.deliver(reading.pk) == Status.DONE

    make_due(call)
    outbox.sweep()
    assert (stored(call).status, stored(call).note) == (Status.DONE, "")
    assert len(simulators.calls("mycx")) == 1


def test_what_a_failing_handler_wrote_is_undone(simulators, case, monkeypatch) -> None:
    def handler(call: ExternalCall) -> None:
        EmailCase.objects.filter(pk=case.pk).update(subject="setengah jadi")
        raise ValueError

    monkeypatch.setitem(registry._handlers, PROCEDURE, handler)
    outbox.deliver(asked(case).pk)
    assert EmailCase.objects.get(pk=case.pk).subject != "setengah jadi"


def test_the_sweep_finds_a_call_whose_nudge_was_lost(simulators, case, told, monkeypatch) -> None:
    call = asked(case)
    woken: list[Any] = []
    monkeypatch.setattr(outbox, "nudge", lambda pk, system: woken.append(pk))
    assert outbox.sweep() == 1
    assert woken == [call.pk]


def test_calls_of_one_message_wait_for_each_other_only_while_they_are_quick(
    simulators, case, told, monkeypatch
) -> None:
    calls = [str(asked(case).pk)] * 3
    woken: list[Any] = []
    monkeypatch.setattr(outbox, "_wake", woken.append)
    assert outbox.deliver_together(calls) == ["DONE", "not due", "not due"]
    monkeypatch.setattr(outbox, "QUICK", -1)
    assert len(outbox.deliver_together(calls)) == 1
    assert woken == [[("", calls[1])], [("", calls[2])]]


def test_a_cancelled_call_is_never_made(simulators, case, told) -> None:
    call = asked(case)
    ExternalCall.objects.filter(pk=call.pk).update(status=Status.DEAD)
    event = Event.objects.filter(case_id=case.pk).latest("seq")
    CancelCalls("mycx", "create_ticket", {"product_id": seed.DES_HEALTHY}).write(case, event)
    assert stored(call).status == Status.DEAD
    CancelCalls("mycx", "create_ticket", {"product_id": seed.DES_DOWN_VPN}).write(case, event)
    make_due(call)
    assert (outbox.deliver(call.pk), outbox.retry(call.pk), outbox.sweep()) == ("not due", False, 0)
    assert not simulators.calls("mycx")


# --- what a reading brings -------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("simulators", "told")
@pytest.mark.parametrize(
    ("target", "payload", "also"),
    [
        ("mycx.search", {"search_type": "product_id", "value": seed.DES_HEALTHY}, {"customers"}),
        ("nossa.get_incident", {"number": seed.OPEN_INCIDENT}, {"incident"}),
        ("nossa.search_by_service", {"service_no": seed.DES_TWO_INCIDENTS}, {"incidents"}),
        ("siskas.find_customer", {"email": "bonar@samudra.example"}, {"customer", "services", "contacts"}),
        ("tenoss.get_service", {"sid": seed.DES_HEALTHY}, {"customer", "services", "service"}),
        ("telkom_center.topology", {"product_id": seed.DES_HEALTHY}, {"topology"}),
        ("mrtg.traffic", {"product_id": seed.DES_HEALTHY}, {"traffic"}),
        ("embassy.line", {"product_id": seed.DBS_HEALTHY}, {"line"}),
        ("securecrt.check", {"product_id": seed.DES_HEALTHY}, {"output"}),
        ("epayment.bills", {"product_id": seed.DBS_HEALTHY}, {"account"}),
    ],
)
def test_every_reading_brings_its_verdict(case, target, payload, also) -> None:
    call = asked(case, target, payload)
    assert outbox.deliver(call.pk) == Status.DONE
    answer = stored(call).answer
    assert set(answer) >= {"tool", "state", "summary", "measures"} | also
    assert answer["tool"] == target.partition(".")[0]
    assert answer["state"] in {"NORMAL", "FAULT", "UNKNOWN"}
    assert all(isinstance(value, str) for value in answer["measures"].values())


@pytest.mark.usefixtures("simulators", "told")
@pytest.mark.parametrize(
    ("target", "payload", "keys"),
    [
        (
            "nossa.add_worklog",
            {
                "number": seed.OPEN_INCIDENT,
                "log_type": "CLIENTNOTE",
                "summary": "Info",
                "detail": "PON mati",
                "client_viewable": True,
            },
            {"worklog", "number", "lapul", "status"},
        ),
        (
            "coordination.post",
            {"group": "KOORDINASI-DCS", "text": "Mohon bantuan", "case": "TN0000001"},
            {"message", "group", "posted_at"},
        ),
    ],
)
def test_every_write_brings_its_proof(case, target, payload, keys) -> None:
    call = asked(case, target, payload)
    assert outbox.deliver(call.pk) == Status.DONE
    assert set(stored(call).answer) == keys


# --- many workers, dying workers -------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_eight_workers_woken_for_one_call_make_it_once(simulators, told) -> None:
    simulators.fail("mycx", "slow", ms=150)
    call = asked(opened())

    def deliver(_turn: int) -> str:
        try:
            return outbox.deliver(call.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(deliver, range(8)))
    assert sorted(outcomes) == [Status.DONE, *["not due"] * 7]
    assert len(simulators.calls("mycx.create_ticket")) == 1
    assert told.outcomes == [Status.ANSWERED]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["before the call", "after the call", "before the handler", "in the handler"])
def test_a_killed_worker_leaves_one_ticket_and_one_telling(simulators, told, place) -> None:
    case = opened()
    call = asked(case)
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.platform.systems.worker", place, str(call.pk)],
        env=services.environment(), cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == "here\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()

    assert outbox.deliver(call.pk) == "not due", "somebody else may still be at it"
    make_due(call)
    outbox.deliver(call.pk)
    outbox.sweep()
    assert stored(call).status == Status.DONE
    assert told.outcomes == [Status.ANSWERED]
    assert EmailCase.objects.get(pk=case.pk).subject == case.subject, "what the dead handler had written is undone"
    assert simulators.incidents_of(seed.DES_DOWN_VPN) == [stored(call).answer["incident"]]
    assert {made["key"] for made in simulators.calls("mycx.create_ticket")} == {call.idempotency_key}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_makes_the_call_when_it_is_nudged(simulators) -> None:
    worker = services.start_worker()
    try:
        call = asked(opened(), "nossa.search_by_service", {"service_no": seed.DES_HEALTHY})
        end = timezone.now() + timedelta(seconds=20)
        while stored(call).answered_at is None:
            assert timezone.now() < end
            connection.close()
    finally:
        services.kill(worker)
    assert stored(call).answer["tool"] == "nossa"
