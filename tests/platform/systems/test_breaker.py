"""A system that is slow or dead costs only those who ask it (ADR-0014)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from tenesa.audit.models import Event
from tenesa.systems import breaker, control, outbox
from tenesa.systems.errors import Unavailable
from tenesa.systems.models import ExternalCall, SystemState
from tenesa.systems.outbox import CallOut
from tenesa.systems.simulator import seed
from tests import factories
from tests.journeys.patience import eventually
from tests.services import services
from tickets.models import EmailCase

Status = ExternalCall.Status
READS: dict[str, tuple[str, dict[str, Any]]] = {
    "mycx": ("search", {"search_type": "product_id", "value": seed.DES_HEALTHY}),
    "nossa": ("search_by_service", {"service_no": seed.DES_HEALTHY}),
    "siskas": ("find_customer", {"fastel": seed.DBS_HEALTHY}),
    "tenoss": ("get_service", {"sid": seed.DES_HEALTHY}),
    "telkom_center": ("topology", {"product_id": seed.DES_HEALTHY}),
    "mrtg": ("traffic", {"product_id": seed.DES_HEALTHY}),
    "securecrt": ("check", {"product_id": seed.DES_HEALTHY}),
    "embassy": ("line", {"product_id": seed.DBS_HEALTHY}),
    "epayment": ("bills", {"product_id": seed.DBS_HEALTHY}),
}


def opened() -> EmailCase:
    case = factories.opened()
    ExternalCall.objects.all().delete()
    return case


def reads(case: EmailCase, *systems: str, each: int = 1) -> None:
    event = Event.objects.filter(case_id=case.pk).latest("seq")
    with transaction.atomic():
        for system in systems:
            operation, payload = READS[system]
            for number in range(each):
                CallOut(system, operation, payload, key=f"{system}-{number}").write(case, event)


def call(system: str, number: int = 0) -> ExternalCall:
    return ExternalCall.objects.get(idempotency_key=f"{system}-{number}")


def make_due(one: ExternalCall) -> None:
    ExternalCall.objects.filter(pk=one.pk).update(next_try_at=timezone.now() - timedelta(minutes=1))


@pytest.fixture
def case(db: None) -> EmailCase:
    return opened()


def bring_down(system: str) -> None:
    for _failure in range(breaker.FAILURES):
        breaker.failed(system, Unavailable("TIMEOUT", f"{system} did not answer in time."))


def test_a_system_that_never_answers_is_left_alone_then_tried_by_one(simulators, case) -> None:
    bring_down("mrtg")
    reads(case, "mrtg", each=3)
    assert outbox.deliver(call("mrtg").pk) == Status.WAITING
    assert (call("mrtg").error_code, simulators.calls("mrtg")) == ("DOWN", [])
    (check,) = case.checks.all()
    assert check.state == "FAILED"

    SystemState.objects.update(retry_at=timezone.now())
    simulators.fail("mrtg", "http_500")
    assert outbox.deliver(call("mrtg", 1).pk) == Status.WAITING
    assert len(simulators.calls("mrtg")) == 2  # a read is asked twice; the next one meets a closed door again
    assert outbox.deliver(call("mrtg", 2).pk) == Status.WAITING
    assert len(simulators.calls("mrtg")) == 2


def test_what_waits_is_called_when_the_system_is_back(simulators, case) -> None:
    bring_down("mrtg")
    reads(case, "mrtg")
    outbox.deliver(call("mrtg").pk)
    assert call("mrtg").next_try_at > timezone.now() + timedelta(seconds=50)
    assert outbox.probe("mrtg")
    state = SystemState.objects.get(system="mrtg")
    assert (state.down, state.probe_ms is not None) == (False, True)
    assert call("mrtg").next_try_at <= timezone.now()
    assert outbox.deliver(call("mrtg").pk) == Status.DONE
    assert SystemState.objects.get(system="mrtg").failures == 0


def test_one_failure_on_probation_closes_the_door_again(simulators, case) -> None:
    bring_down("mrtg")
    outbox.probe("mrtg")
    simulators.fail("mrtg.traffic", "http_500")
    reads(case, "mrtg", each=2)
    outbox.deliver(call("mrtg").pk)
    assert SystemState.objects.get(system="mrtg").down


def test_a_probe_finds_a_dead_system_before_anybody_needs_it(simulators, case, settings) -> None:
    settings.SYSTEMS["mrtg"]["url"] = "http://127.0.0.1:9/mrtg"
    for _probe in range(breaker.FAILURES):
        assert not outbox.probe("mrtg")
    state = SystemState.objects.get(system="mrtg")
    assert (state.down, state.probe_ms) == (True, None)
    assert "MRTG" in state.last_error


@pytest.mark.parametrize("code", ["BAD_DATA", "RATE_LIMIT"])
def test_a_system_that_talks_nonsense_is_not_down(case, code) -> None:
    for _failure in range(breaker.FAILURES + 1):
        breaker.failed("mrtg", Unavailable(code, "field series"))
    assert not SystemState.objects.exists()


def test_a_person_may_try_a_system_that_is_down(simulators, case, bowo) -> None:
    bring_down("mrtg")
    reads(case, "mrtg")
    ExternalCall.objects.update(status=Status.DEAD, error_code="DOWN", attempts=5)
    assert outbox.retry(call("mrtg").pk, bowo)
    assert outbox.deliver(call("mrtg").pk) == Status.DONE


def test_only_some_calls_of_one_system_are_made_at_once(simulators, case, settings, monkeypatch) -> None:
    woken: list[object] = []
    monkeypatch.setattr(outbox, "nudge", lambda pk, system: woken.append(pk))
    settings.SYSTEMS_AT_ONCE = 2
    reads(case, "mrtg", each=4)
    ExternalCall.objects.filter(idempotency_key__in=["mrtg-0", "mrtg-1"]).update(
        status=Status.SENDING, claimed_at=timezone.now(), attempts=1
    )
    assert outbox.deliver(call("mrtg", 2).pk) == "not due"
    assert call("mrtg", 2).attempts == 0
    reads(case, "nossa")
    assert outbox.deliver(call("nossa").pk) == Status.DONE
    ExternalCall.objects.filter(idempotency_key="mrtg-0").update(status=Status.DONE, answered_at=timezone.now())
    make_due(call("mrtg", 3))
    woken.clear()
    assert outbox.deliver(call("mrtg", 2).pk) == Status.DONE
    assert woken == [call("mrtg", 3).pk]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_others_are_in_while_the_slow_one_still_reads() -> None:
    """A worker process, nine systems, and two of them far slower than the rest together."""
    case = opened()
    for name in ("mrtg", "tenoss"):
        control.switch_on(name, "*", "slow", ms=30_000)
    worker = services.start_caller()
    try:
        reads(case, "mrtg", each=6)
        reads(case, *(system for system in READS if system != "mrtg"))
        others = ExternalCall.objects.exclude(system__in=["mrtg", "tenoss", "securecrt"])
        eventually(lambda: not others.exclude(status=Status.DONE).exists())
        slow = ExternalCall.objects.filter(system="mrtg")
        assert not slow.filter(status=Status.DONE).exists()
        assert slow.filter(status=Status.SENDING).count() <= 4
    finally:
        services.kill(worker)
        for name in ("mrtg", "tenoss"):
            control.switch_off(name)
