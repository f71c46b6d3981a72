"""Deadlines fire once, take their step, or are marked breached; bad ones do not stop the others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tenesa.accounts.models import SYSTEM
from tenesa.timers.models import Timer
from tenesa.timers.outgoing import StartTimer
from tenesa.timers.sweep import fire_due
from tenesa.workflow.perform import perform
from tests import factories
from tests.platform.test_perform import in_threads
from tickets.models import EmailCase, State

pytestmark = pytest.mark.django_db


def late(timer: Timer) -> None:
    """Turn the clock back so that the timer is due."""
    past = timezone.now() - timedelta(days=10)
    Timer.objects.filter(pk=timer.pk).update(started_at=past, due_at=past + timedelta(hours=1))


def test_it_marks_a_clock_that_only_counts_as_breached_once() -> None:
    case = factories.opened()
    timer = Timer.objects.get(case_id=case.pk, name="first_response")
    late(timer)
    assert (fire_due(), fire_due()) == (1, 0)
    timer.refresh_from_db()
    assert (timer.state, timer.breached) == (Timer.State.RUNNING, True)


def test_it_takes_the_step_of_a_deadline_and_notes_a_refusal() -> None:
    case = factories.put(factories.opened(), State.TROUBLESHOOTING)
    event = case.last_event()
    StartTimer("reference_close", timedelta(hours=72), step="close_without_reference").write(case, event)
    late(Timer.objects.get(name="reference_close"))
    assert fire_due() == 1
    timer = Timer.objects.get(name="reference_close")
    assert timer.state == Timer.State.FIRED
    assert "tidak" in timer.note or "not" in timer.note
    assert EmailCase.objects.get(pk=case.pk).state == State.TROUBLESHOOTING


def test_it_goes_on_after_a_deadline_that_fails() -> None:
    good, bad = factories.opened(), factories.opened()
    for case in (good, bad):
        late(Timer.objects.get(case_id=case.pk, name="first_response"))
    Timer.objects.filter(case_id=bad.pk).update(procedure="no.such", step="anything")
    assert fire_due() == 1
    assert Timer.objects.get(case_id=good.pk).breached


def test_it_allows_one_running_clock_of_a_name() -> None:
    case = factories.opened()
    running = Timer.objects.get(case_id=case.pk)
    with pytest.raises(IntegrityError, match="timer_one_running"), transaction.atomic():
        running.pk = None
        running.save(force_insert=True)


def test_it_starts_a_clock_again_instead_of_twice() -> None:
    case = factories.opened()
    StartTimer("first_response", timedelta(hours=2)).write(case, case.last_event())
    states = Timer.objects.filter(case_id=case.pk).order_by("pk").values_list("state", flat=True)
    assert list(states) == [Timer.State.STOPPED, Timer.State.RUNNING]


@pytest.mark.django_db(transaction=True)
def test_it_fires_a_deadline_once_in_eight_workers() -> None:
    case = perform(factories.opened(), "want_attention", actor=SYSTEM, why="uji")
    late(Timer.objects.get(case_id=case.pk, name="first_response"))
    assert sum(in_threads(8, lambda _number: fire_due())) == 1
