"""The one door: order of checks, one winner, one history, repeated requests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction

from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.audit.verify import broken_links
from tenesa.timers.models import Timer
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.offered import offered
from tenesa.workflow.perform import perform
from tenesa.workspace.models import Note
from tests import factories
from tests.journeys.patience import eventually
from tickets.models import EmailCase, State
from tickets.services import next_case


def stored(case: EmailCase) -> EmailCase:
    found: EmailCase = EmailCase.objects.get(pk=case.pk)
    return found


def test_it_takes_a_step_and_keeps_who_when_and_by_which_clause(rini: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    event = Event.objects.get(case_id=case.pk, step="take")
    assert (stored(case).state, stored(case).owner) == (State.ASSIGNED, rini)
    assert (event.actor, event.role, event.clause, event.revision) == (
        rini,
        Role.AGENT_EMAIL,
        "W-05 1.2.2",
        "W-05 rev 00",
    )
    assert (event.source, event.target, event.seq) == (State.NEW, State.ASSIGNED, 2)


def test_it_refuses_a_person_who_is_not_ready(db: None) -> None:
    lena = factories.person("lena", Role.AGENT_EMAIL, ready=False)
    with pytest.raises(NotNow, match="auto-in"):
        perform(factories.opened(), "take", actor=lena)


def test_it_asks_for_the_role_before_the_state(bowo: User, rini: User) -> None:
    case = factories.put(factories.opened(), State.CLOSED)
    with pytest.raises(NotYourStep):
        perform(case, "confirm_void", actor=rini)
    with pytest.raises(NotNow):
        perform(case, "confirm_void", actor=bowo)


def test_it_names_the_fields_that_the_form_refuses(rini: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    with pytest.raises(InvalidInput) as refused:
        perform(case, "check_segment", actor=rini, data={"segment": "XYZ", "source": "SISKAS"})
    assert set(refused.value.errors) == {"segment", "source"}
    assert stored(case).state == State.ASSIGNED


def test_it_does_a_request_that_came_twice_once(rini: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    for _time in range(2):
        case = perform(case, "note", actor=rini, data={"text": "sudah ditelepon"}, key="same-form")
    assert Note.objects.count() == 1
    assert Event.objects.filter(case_id=case.pk, step="note").count() == 1


def test_it_offers_what_it_would_let_pass_and_says_why_not_otherwise(rini: User, dewi: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    mine = {offer.step.name: offer for offer in offered(case, rini)}
    hers = {offer.step.name: offer for offer in offered(case, dewi)}
    assert mine["check_segment"].allowed
    assert mine["check_segment"].form is not None
    assert not hers["check_segment"].allowed
    assert "Rini" in hers["check_segment"].refusals[0]
    assert "confirm_void" not in mine


def test_it_writes_a_history_that_cannot_be_changed(rini: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    for statement in ("UPDATE audit_event SET step = 'x'", "DELETE FROM audit_event"):
        with pytest.raises(DatabaseError, match="audit_event"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Event.objects.filter(case_id=case.pk).count() == 2


@pytest.mark.django_db(transaction=True)
def test_it_finds_a_history_that_was_changed_behind_its_back(rini: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    assert list(broken_links()) == []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_event SET step = 'forged' WHERE case_id = %s AND seq = 2", [case.pk])
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")
    assert list(broken_links()) == [f"tickets.emailcase {case.pk}: event 2 was changed"]


@pytest.mark.django_db(transaction=True)
def test_it_finds_a_case_whose_history_was_cut_off(rini: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM systems_externalcall")
        cursor.execute("DELETE FROM audit_event WHERE case_id = %s", [case.pk])
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")
    assert list(broken_links()) == [f"tickets.emailcase {case.pk}: has no history"]


@pytest.mark.django_db(transaction=True)
def test_it_finds_a_history_whose_last_event_alone_is_gone(rini: User) -> None:
    case = perform(factories.opened(), "note", actor=rini, data={"text": "Pelanggan menelepon."})
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM audit_event WHERE case_id = %s AND seq = %s", [case.pk, case.version])
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")
    assert list(broken_links()) == [f"tickets.emailcase {case.pk}: the case does not end where its history ends"]


def test_it_orders_a_case_by_its_nearest_deadline(rini: User) -> None:
    case = factories.opened()
    first = Timer.objects.get(case_id=case.pk, name="first_response")
    assert (stored(case).urgent_at, stored(case).urgent_for) == (first.due_at, "first_response")
    assert stored(case).warn_at == first.warn_at is not None
    case = perform(case, "take", actor=rini)
    check = Timer.objects.get(case_id=case.pk, name="segment_check")
    assert (stored(case).urgent_at, stored(case).urgent_for) == (check.due_at, "segment_check")
    assert stored(case).warn_at == check.warn_at


def in_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work(number)` in real threads that start together; return what each returned or raised."""
    barrier, outcomes = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        try:
            barrier.wait()
            outcomes[number] = work(number)
        except Exception as error:
            outcomes[number] = error  # type: ignore[call-overload]
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_it_lets_exactly_one_of_eight_agents_take_a_case() -> None:
    agents = [factories.person(f"agen{number}", Role.AGENT_EMAIL) for number in range(8)]
    case = factories.opened()
    outcomes = in_threads(8, lambda number: perform(case, "take", actor=agents[number]))
    winners = [outcome for outcome in outcomes if isinstance(outcome, EmailCase)]
    assert len(winners) == 1
    assert all(outcome.status == 409 for outcome in outcomes if outcome is not winners[0])
    assert Event.objects.filter(case_id=case.pk, step="take").count() == 1
    assert list(broken_links()) == []


@pytest.mark.django_db(transaction=True)
def test_who_comes_second_waits_for_the_first_and_then_sees_what_they_did(rini: User, dewi: User) -> None:
    """No luck in it: the first holds the row, the second is seen waiting for it, then the first lets go."""
    case = factories.opened()
    second: list[Any] = []

    def take() -> None:
        second.extend(in_threads(1, lambda _number: perform(case, "take", actor=dewi)))

    with transaction.atomic():
        perform(case, "take", actor=rini)
        waiting = threading.Thread(target=take)
        waiting.start()
        eventually(somebody_waits_for_a_row, what="the second to wait")
        assert second == []
    waiting.join()
    assert (second[0].status, "Rini" in str(second[0]) or "Diambil" in str(second[0])) == (409, True)
    assert stored(case).owner == rini


def somebody_waits_for_a_row() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # of this transaction, which began before
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active'")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_it_hands_eight_waiting_agents_eight_different_cases() -> None:
    agents = [factories.person(f"agen{number}", Role.AGENT_EMAIL) for number in range(8)]
    cases = [factories.opened() for _number in range(9)]
    outcomes = in_threads(8, lambda number: next_case(agents[number]))
    assert {outcome.pk for outcome in outcomes} == {case.pk for case in cases[:8]}
    assert next_case(agents[0]) == stored(cases[8])
    assert next_case(agents[1]) is None


@pytest.mark.django_db(transaction=True)
def test_it_does_a_double_click_from_eight_tabs_once(rini: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    in_threads(8, lambda number: perform(case, "note", actor=rini, data={"text": "klik"}, key="one-form"))
    assert Note.objects.count() == 1


def test_it_keeps_its_hands_off_when_the_transaction_fails(rini: User) -> None:
    case = factories.opened()
    with pytest.raises(RuntimeError), transaction.atomic():
        perform(case, "take", actor=rini)
        raise RuntimeError
    assert stored(case).state == State.NEW
    assert not Event.objects.filter(step="take").exists()


def test_it_counts_the_system_as_an_actor(db: None) -> None:
    case = perform(factories.opened(), "want_triage", actor=SYSTEM, why="pengirim tidak dikenal")
    assert stored(case).triage == "pengirim tidak dikenal"
    assert Event.objects.get(step="want_triage").role == Role.SYSTEM
