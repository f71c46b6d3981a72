"""The CTI follows presence (X-10, S-20): told after commit, told again when it was away, and never in anybody's way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import Presence, PresenceState, User
from tenesa.accounts.presence import change_presence
from tenesa.accounts.roles import Role
from tenesa.systems import agent_states, breaker, clients
from tenesa.systems.cti.values import AgentState
from tenesa.systems.errors import Unavailable
from tenesa.systems.models import CtiState
from tenesa.systems.status import board
from tests import factories
from tests.journeys.patience import eventually
from tests.services import services
from tests.ui.test_frame import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("simulators")]


def in_the_cti(user: User) -> AgentState:
    return clients.cti().agent_state(user.username).state


@pytest.mark.parametrize(
    ("presence", "state"),
    [
        (PresenceState.AVAILABLE, AgentState.AUTO_IN),
        (PresenceState.AUX, AgentState.AUX),
        (PresenceState.ACW, AgentState.ACW),
        (PresenceState.OFFLINE, AgentState.OFF),
    ],
)
def test_each_presence_has_its_state_in_the_cti(rini, simulators, presence, state) -> None:
    change_presence(rini, presence)
    assert agent_states.tell(rini.pk) == state.value
    assert in_the_cti(rini) == state
    (call,) = simulators.calls("cti.set_agent_state")
    assert (call["actor"], call["clause"]) == ("rini", "W-05 1.1.8")


def test_it_is_told_only_what_is_new(rini, simulators) -> None:
    for _turn in range(3):
        agent_states.tell(rini.pk)
    assert len(simulators.calls("cti.set_agent_state")) == 1
    assert agent_states.sweep() == 0


def test_a_change_wakes_a_worker_after_commit_alone(rini, monkeypatch, django_capture_on_commit_callbacks) -> None:
    woken: list[User] = []
    monkeypatch.setattr("tenesa.accounts.presence.changed", [woken.append])
    with django_capture_on_commit_callbacks(execute=True):
        change_presence(rini, PresenceState.AUX)
        assert woken == []
    assert woken == [rini]


def test_no_broker_stops_nobody_and_the_sweep_finds_it(rini, monkeypatch) -> None:
    def away(*_args: object, **_options: object) -> None:
        raise OSError("no broker")

    monkeypatch.setattr("tenesa.systems.tasks.tell_cti.apply_async", away)
    agent_states.follow(rini)
    assert agent_states.sweep() == 1


def test_a_cti_that_is_down_is_shown_and_told_again(rini, bowo, simulators) -> None:
    simulators.fail("cti.set_agent_state", "http_500", count=1)
    agent_states.tell(rini.pk)
    known = CtiState.objects.get(pk=rini.pk)
    assert (known.since, known.claimed_at) == (None, None)
    assert known.error
    assert "CTI belum mengetahui status ini" in signed_in(rini).get(reverse("knowledge:shelf")).content.decode()
    assert "1 orang" in signed_in(bowo).get(reverse("systems-status")).content.decode()
    assert agent_states.sweep() == 1  # bowo, whom nobody told; rini's next try is still to come
    assert agent_states.sweep(timezone.now() + agent_states.PAUSE) == 2
    agent_states.tell(rini.pk)
    assert in_the_cti(rini) == AgentState.AUTO_IN
    assert "CTI belum" not in signed_in(rini).get(reverse("knowledge:shelf")).content.decode()
    assert next(row for row in board() if row.system == "cti").own == ""


def test_a_cti_that_counts_as_down_is_not_asked(rini, simulators) -> None:
    for _failure in range(breaker.FAILURES):
        breaker.failed("cti", Unavailable("TIMEOUT", "CTI tidak menjawab."))
    agent_states.tell(rini.pk)
    assert not simulators.calls("cti.set_agent_state")
    assert "CTI" in CtiState.objects.get().error


def test_a_lost_answer_is_said_again_and_changes_nothing(rini, simulators) -> None:
    simulators.fail("cti.set_agent_state", "lost_answer", count=1, ms=1_200)
    agent_states.tell(rini.pk)
    agent_states.tell(rini.pk)
    assert [call["key"] for call in simulators.calls("cti.set_agent_state")] == [
        f"presence:{rini.pk}:{Presence.objects.get(user=rini).since.isoformat()}"
    ] * 2
    assert in_the_cti(rini) == AgentState.AUTO_IN


def test_a_refused_state_is_shown_and_not_said_for_ever(rini, settings) -> None:
    settings.SYSTEMS["cti"]["token"] = "salah"
    agent_states.tell(rini.pk)
    assert agent_states.sweep() == 0
    assert "CTI menolak status ini" in signed_in(rini).get(reverse("knowledge:shelf")).content.decode()


def test_whoever_was_never_there_is_not_told_of(db) -> None:
    factories.person("ujang", Role.AGENT_147, ready=False)
    Presence.objects.create(user=User.objects.get(username="ujang"))
    assert agent_states.sweep() == 0


def test_a_teller_that_died_is_followed_by_another(rini) -> None:
    CtiState.objects.create(presence_id=rini.pk, claimed_at=timezone.now())
    agent_states.tell(rini.pk)
    assert CtiState.objects.get().state == ""
    CtiState.objects.update(claimed_at=timezone.now() - agent_states.STALE - timedelta(seconds=1))
    agent_states.tell(rini.pk)
    assert CtiState.objects.get().state == "AUTO_IN"


def test_the_database_refuses_a_state_that_is_none(rini) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CtiState.objects.create(presence_id=rini.pk, state="BREAK")
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        CtiState.objects.create(presence_id=rini.pk, state="SESUATU YANG PANJANG")


@pytest.mark.django_db(transaction=True)
def test_eight_workers_tell_it_once_and_the_last_word_holds(rini, simulators) -> None:
    def told(_turn: int) -> str:
        try:
            return agent_states.tell(rini.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(told, range(8)))
    assert len(simulators.calls("cti.set_agent_state")) == 1
    change_presence(rini, PresenceState.ACW)
    agent_states.tell(rini.pk)
    assert in_the_cti(rini) == AgentState.ACW


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_tells_the_cti_of_a_change(rini) -> None:
    caller = services.start_caller()
    try:
        change_presence(rini, PresenceState.ACW)
        eventually(lambda: CtiState.objects.filter(state="ACW").exists(), what="the CTI to be told")
    finally:
        services.kill(caller)
    assert in_the_cti(rini) == AgentState.ACW
