"""Clocks: warned, overdue once, their step taken; failing ones keep nobody waiting; who was told is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import SYSTEM, Presence, PresenceState, User
from tenesa.accounts.roles import Role
from tenesa.timers import alerts, ledger, targets
from tenesa.timers.alerts import Alarm
from tenesa.timers.models import Calendar, Mark, Target, Timer
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.timers.sweep import fire_due
from tenesa.workflow.perform import perform
from tests import factories
from tests.platform.clockwork import moved, put
from tests.platform.test_perform import in_threads
from tickets.models import EmailCase, State

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def alarms() -> Iterator[list[Alarm]]:
    heard: list[Alarm] = []

    def listen(told: Sequence[Alarm]) -> None:
        heard.extend(told)

    alerts.listeners.append(listen)
    yield heard
    alerts.listeners.remove(listen)


def clock(case: EmailCase, name: str = "first_response") -> Timer:
    return Timer.objects.get(case_id=case.pk, name=name, state__in=Timer.LIVE)


def late(timer: Timer, **times: Any) -> None:
    """Turn the clock back so that the timer is due."""
    past = timezone.now() - timedelta(days=10)
    Timer.objects.filter(pk=timer.pk).update(**{"started_at": past, "due_at": past + HOUR, "warn_at": None, **times})


def kinds(timer: Timer) -> list[str]:
    return list(timer.marks.values_list("kind", flat=True))


# --- the sweep -------------------------------------------------------------------------------------------------------
def test_it_marks_a_clock_that_only_counts_as_breached_once() -> None:
    timer = clock(factories.opened())
    late(timer)
    assert (fire_due(), fire_due()) == (1, 0)
    timer.refresh_from_db()
    assert (timer.state, timer.breached, timer.look_at) == (Timer.State.RUNNING, True, None)
    assert kinds(timer) == ["STARTED", "BREACHED"]


def test_it_warns_before_it_is_late_and_says_who_was_told(rini: User, bowo: User, alarms: list[Alarm]) -> None:
    """Whoever holds the case hears of it; of one that nobody holds, the desk's team leader on duty."""
    free, held = factories.opened(), factories.put(factories.opened(), State.ASSIGNED, owner=rini)
    now = timezone.now()
    for case in (free, held):
        Timer.objects.filter(case_id=case.pk).update(started_at=now - HOUR, warn_at=now - timedelta(minutes=1))
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert (fire_due(), fire_due()) == (2, 0)
    assert [kinds(clock(case)) for case in (free, held)] == [["STARTED", "WARNED"]] * 2
    told = {mark.timer.case_id: mark.told for mark in Mark.objects.filter(kind="WARNED").select_related("timer")}
    assert told == {
        free.pk: [{"user": bowo.pk, "name": "Bowo"}],
        held.pk: [{"user": rini.pk, "name": "Rini"}],
    }
    assert {(alarm.case_id, alarm.overdue) for alarm in alarms} == {(free.pk, False), (held.pk, False)}
    Timer.objects.filter(case_id=free.pk).update(due_at=now - timedelta(seconds=1))
    assert fire_due() == 1
    assert kinds(clock(free)) == ["STARTED", "WARNED", "BREACHED"]


def test_it_climbs_the_ladder_when_no_team_leader_is_on_duty(bowo: User, hendra: User) -> None:
    Presence.objects.filter(user=bowo).update(state=PresenceState.OFFLINE)
    factories.person("jauh", Role.TEAM_LEADER, desk_code="TDSCC")
    case = factories.opened()
    late(clock(case))
    fire_due()
    assert Mark.objects.get(kind="BREACHED").told == [{"user": hendra.pk, "name": "Hendra"}]
    Presence.objects.all().delete()
    late(clock(second := factories.opened()))
    fire_due()
    assert Mark.objects.get(kind="BREACHED", timer__case_id=second.pk).told == []


def test_it_takes_the_step_of_a_deadline_and_notes_a_refusal() -> None:
    case = factories.put(factories.opened(), State.TROUBLESHOOTING)
    put(StartTimer("reference_close", step="close_without_reference"), case, case.last_event())
    late(clock(case, "reference_close"))
    assert fire_due() == 1
    timer = Timer.objects.get(name="reference_close")
    assert (timer.state, timer.breached, kinds(timer)) == (Timer.State.FIRED, False, ["STARTED", "FIRED"])
    assert "tidak" in timer.note or "not" in timer.note
    assert EmailCase.objects.get(pk=case.pk).state == State.TROUBLESHOOTING


def test_it_goes_on_after_deadlines_that_fail_and_asks_them_ever_more_rarely() -> None:
    """Nothing starves behind clocks that always fail, whatever their number and however old they are."""
    good, *bad = (factories.opened() for _case in range(4))
    for case in (good, *bad):
        late(clock(case))
    broken = Timer.objects.filter(case_id__in=[case.pk for case in bad])
    broken.update(procedure="no.such", step="anything", due_at=timezone.now() - timedelta(days=9, hours=23))
    Timer.objects.filter(case_id=good.pk).update(due_at=timezone.now() - HOUR)
    assert fire_due(batch=1) == 1
    assert clock(good).breached
    assert all(timer.look_at > timezone.now() for timer in broken)
    assert fire_due(batch=1) == 0


def test_it_sweeps_ten_thousand_breached_clocks_in_few_statements() -> None:
    case = factories.opened()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO timers_timer (procedure, case_id, name, started_at, due_at, step, state, breached, note)"
            " SELECT 'tickets.emailcase', i, 'first_response', now() - interval '2 h', now() - interval '1 h', '',"
            " 'RUNNING', false, '' FROM generate_series(%s, %s) i",
            [case.pk + 1, case.pk + 10_000],
        )
    with CaptureQueriesContext(connection) as statements:
        assert fire_due() == 10_000
    assert len(statements) <= 10 * 10
    assert Mark.objects.filter(kind="BREACHED").count() == 10_000


def test_it_allows_one_clock_of_a_name_to_be_alive() -> None:
    running = clock(factories.opened())
    with pytest.raises(IntegrityError, match="timer_one_alive"), transaction.atomic():
        running.pk = None
        running.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_it_fires_a_deadline_once_in_eight_workers() -> None:
    case = perform(factories.opened(), "want_attention", actor=SYSTEM, why="uji")
    late(clock(case))
    assert sum(in_threads(8, lambda _number: fire_due())) == 1


# --- the ledger ------------------------------------------------------------------------------------------------------
def test_it_starts_a_clock_again_instead_of_twice() -> None:
    case = factories.opened()
    put(StartTimer("first_response", timedelta(hours=2)), case, case.last_event())
    states = Timer.objects.filter(case_id=case.pk).order_by("pk").values_list("state", flat=True)
    assert list(states) == [Timer.State.STOPPED, Timer.State.RUNNING]
    put(StartTimer("first_response", unless_alive=True), case, case.last_event())
    assert Timer.objects.filter(case_id=case.pk).count() == 2
    assert list(ledger.faults()) == []


def test_a_paused_clock_is_not_swept_and_counts_what_was_late_when_stopped() -> None:
    now = timezone.now()
    case = factories.opened()
    moved(case, "ttr", (Mark.Kind.STARTED, now - HOUR), (Mark.Kind.PAUSED, now))
    assert clock(case, "ttr").look_at is None
    running = factories.opened()
    late(clock(running))
    event = running.last_event()
    put(StopTimer(("first_response",)), running, event)  # before the sweep has seen it
    assert Timer.objects.get(case_id=running.pk).breached


def test_postgresql_refuses_to_change_a_mark() -> None:
    factories.opened()
    for change in (lambda: Mark.objects.update(kind="STOPPED"), lambda: Mark.objects.all()._raw_delete("default")):
        with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
            change()


def test_the_command_names_a_clock_that_differs_from_its_marks(capsys: pytest.CaptureFixture[str]) -> None:
    timer = clock(factories.opened())
    call_command("verify_clocks")
    Timer.objects.filter(pk=timer.pk).update(due_at=timer.due_at + HOUR)
    with pytest.raises(CommandError):
        call_command("verify_clocks")
    assert "due_at" in capsys.readouterr().err


# --- targets ---------------------------------------------------------------------------------------------------------
def goal_minutes(desk: str = "TENESA", segment: str = "") -> float | None:
    goal = targets.goal("tickets.emailcase", "progress_update", desk, segment)
    return goal.duration / timedelta(minutes=1) if goal else None


def test_the_most_specific_target_wins_and_a_changed_one_holds_at_once() -> None:
    factories.desk()
    assert (goal_minutes(), goal_minutes(segment="DES"), goal_minutes(segment="DBS")) == (240, 120, 240)
    facts = {"procedure": "tickets.emailcase", "name": "progress_update"}
    Target.objects.create(**facts, desk_id="TENESA", minutes=60)
    assert (goal_minutes(segment="DES"), goal_minutes("OTHER", "DES")) == (60, 120)
    row = Target.objects.create(**facts, desk_id="TENESA", segment="DES", minutes=30)
    assert goal_minutes(segment="DES") == 30
    row.active = False
    row.save()
    assert goal_minutes(segment="DES") is None
    with pytest.raises(IntegrityError, match="target_once"), transaction.atomic():
        Target.objects.create(**facts, minutes=5)
    with pytest.raises(IntegrityError, match="target_warns_before"), transaction.atomic():
        Target.objects.create(**facts, segment="RBS", minutes=5, warn_minutes=5)
    with pytest.raises(ValidationError):
        Target(**facts, minutes=5, warn_minutes=9).full_clean()


def test_a_clock_switched_off_is_not_started() -> None:
    Target.objects.filter(name="first_response").update(active=False)
    targets.forget()
    case = factories.opened()
    assert not Timer.objects.filter(case_id=case.pk).exists()
    assert case.urgent_for == ""


def test_a_clock_of_working_hours_is_due_after_the_weekend_and_the_holiday() -> None:
    """Paused on the last afternoon, it goes on with what it had left."""
    calendar = Calendar.objects.create(code="kantor", name="Jam kantor")
    for weekday in range(5):
        calendar.openings.create(weekday=weekday, opens="08:00", closes="17:00")
    Target.objects.filter(name="group_reply").update(calendar=calendar)
    targets.forget()
    case = factories.opened()
    local = timezone.get_default_timezone()
    began = datetime(2026, 12, 24, 16, 0, tzinfo=local)  # Thursday; the 25th is Christmas
    moves = [(Mark.Kind.STARTED, began)]
    moved(case, "group_reply", *moves)
    assert timezone.localtime(clock(case, "group_reply").due_at).isoformat() == "2026-12-28T11:00:00+07:00"
    moves += [(Mark.Kind.PAUSED, began + timedelta(minutes=30))]
    moved(case, "group_reply", *moves)
    assert clock(case, "group_reply").left == timedelta(hours=3, minutes=30)
    moves += [(Mark.Kind.RESUMED, datetime(2026, 12, 27, 12, 0, tzinfo=local))]  # Sunday
    moved(case, "group_reply", *moves)
    assert timezone.localtime(clock(case, "group_reply").due_at).isoformat() == "2026-12-28T11:30:00+07:00"
    assert kinds(clock(case, "group_reply")) == ["STARTED", "PAUSED", "RESUMED"]
    assert list(ledger.faults()) == []


def test_an_administrator_sets_a_target_for_one_segment(client: Client) -> None:
    chief = factories.person("chief", Role.ADMIN)
    chief.is_staff = chief.is_superuser = True
    chief.save()
    client.force_login(chief)
    assert client.get(reverse("admin:timers_target_changelist")).status_code == 200
    row = {"procedure": "tickets.emailcase", "name": "progress_update", "segment": "DBS", "minutes": 90, "active": "on"}
    wrong = client.post(reverse("admin:timers_target_add"), {**row, "warn_minutes": 90})
    assert (wrong.status_code, goal_minutes(segment="DBS")) == (200, 240)
    assert client.post(reverse("admin:timers_target_add"), {**row, "name": "no_such"}).status_code == 200
    assert client.post(reverse("admin:timers_target_add"), {**row, "warn_minutes": 60}).status_code == 302
    assert goal_minutes(segment="DBS") == 90
    forms = {f"{name}-{count}_FORMS": 0 for name in ("openings", "special_days") for count in ("TOTAL", "INITIAL")}
    day = {"code": "kantor", "name": "Kantor", "zone": "Asia/Nowhere", **forms}
    assert client.post(reverse("admin:timers_calendar_add"), day).status_code == 200
    assert client.post(reverse("admin:timers_calendar_add"), {**day, "zone": "Asia/Makassar"}).status_code == 302
