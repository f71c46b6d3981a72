"""Processes that die and people who go: nothing is entered twice, nothing is kept by somebody who has gone (X-04)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from caring import services
from caring.models import CaringResult, Prospect
from caring.prospects.states import LEASE, State
from caring.results.states import State as ResultState
from tenesa.accounts import presence
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.systems import clients, outbox
from tenesa.systems.models import ExternalCall
from tenesa.workflow.perform import perform
from tests.caring import desk
from tests.journeys.desk import Outside, Worker, tidy
from tests.journeys.patience import eventually


@pytest.fixture
def worker(transactional_db: None) -> Iterator[Worker]:
    tidy("calls")
    made = Worker(beat=False)
    yield made
    made.stop()
    tidy("calls")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_two_answers_enters_nothing_twice(
    systems: Outside, worker: Worker, citra: User
) -> None:
    """MyCX has answered, CWC is slow: the worker dies while it waits; another goes on with the same key."""
    systems.fault("cwc", "enter", "slow", ms=8_000)
    result = desk.agreed(citra)
    cwc = ExternalCall.objects.get(system="cwc", case_id=result.pk)
    worker.start()
    eventually(lambda: desk.again(result).entered_in == ["mycx"], what=worker.log)
    eventually(lambda: ExternalCall.objects.get(pk=cwc.pk).status == "SENDING", what=worker.log)
    worker.kill()
    systems.heal()
    ExternalCall.objects.filter(pk=cwc.pk, status="SENDING").update(claimed_at=timezone.now() - 2 * outbox.STALE)
    assert desk.again(result).state == ResultState.ENTERING
    desk.deliver(result)
    outbox.deliver(cwc.pk)
    assert desk.again(result).state == ResultState.QC_QUEUED
    assert clients.tamara().find(result.key).fastel == result.fastel
    keys = [call["key"] for call in systems.calls("cwc", "enter") if "key" in call]
    assert len(set(keys)) <= 1
    entered = Event.objects.filter(procedure="caring.caringresult", case_id=result.pk, step="confirm_entry")
    assert entered.count() == 2


@pytest.mark.django_db
def test_a_browser_that_is_gone_loses_what_it_held(citra: User) -> None:
    one = perform(desk.prospect(at=None), "pick", actor=citra)
    assert services.expire_leases() == 0
    Prospect.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert services.expire_leases() == 1
    one = desk.again(one)
    assert (one.state, one.owner, one.ready) == (State.AVAILABLE, None, True)
    assert timedelta(minutes=30) == LEASE


@pytest.mark.django_db
def test_an_appointment_that_is_lost_is_an_appointment_still(citra: User) -> None:
    one = perform(desk.prospect(), "pick", actor=citra)
    Prospect.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    services.expire_leases()
    assert desk.again(one).state == State.FOLLOW_UP


@pytest.mark.django_db
def test_whoever_signs_off_gives_back_and_ends_the_call_first(citra: User, laras: User) -> None:
    picked, talking = perform(desk.prospect(at=None), "pick", actor=citra), desk.in_call(citra)
    claimed = desk.at_qc(desk.person("wati", Role.AGENT_CARING), laras)
    for user in (citra, laras):
        for leave in presence.leaving:
            leave(user)
    assert (desk.again(picked).state, desk.again(picked).owner) == (State.AVAILABLE, None)
    assert desk.again(talking).state == State.IN_CALL  # its result is still owed; the lease ends it at the latest
    assert CaringResult.objects.get(pk=claimed.pk).state == ResultState.QC_QUEUED
