"""A calendar that changes moves the clocks that run by it, and every move stands in their ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.timers import ledger, targets
from tenesa.timers.models import Calendar, Mark, Target, Timer
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.workspace.clock_panel import panel
from tests import factories
from tests.platform.clockwork import moved, put
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NAME = "group_reply"  # four hours


@pytest.fixture
def calendar() -> Calendar:
    """Every day from 08 to 17 by the clock of Jakarta; a clock of ten hours outlasts one, whenever the test runs."""
    made = Calendar.objects.create(code="kantor", name="Jam kantor", public_holidays=False)
    for weekday in range(7):
        made.openings.create(weekday=weekday, opens="08:00", closes="17:00")
    Target.objects.filter(name=NAME).update(calendar=made, minutes=10 * 60, warn_minutes=8 * 60)
    targets.forget()
    return made


def running(case: EmailCase) -> Timer:
    put(StartTimer(NAME), case, case.last_event())
    return clock(case)


def clock(case: EmailCase) -> Timer:
    return Timer.objects.get(case_id=case.pk, name=NAME)


def close(calendar: Calendar, day: datetime) -> Any:
    return calendar.special_days.create(day=timezone.localtime(day).date(), note="Cuti bersama")


def tomorrow(after: datetime) -> datetime:
    return after + DAY


def test_a_holiday_that_is_added_and_removed_moves_the_running_clock_and_back(calendar: Calendar) -> None:
    case = factories.opened()
    before = running(case)
    closed = close(calendar, before.due_at)
    after = clock(case)
    assert after.due_at == tomorrow(before.due_at)
    [mark] = Mark.objects.filter(timer=after, kind=Mark.Kind.MOVED)
    assert (mark.due_at, mark.warn_at) == (after.due_at, after.warn_at)
    closed.delete()
    assert clock(case).due_at == before.due_at
    assert Mark.objects.filter(timer=after, kind=Mark.Kind.MOVED).count() == 2
    assert list(ledger.faults()) == []


def test_the_case_takes_its_new_place_in_the_lists(calendar: Calendar) -> None:
    case = factories.opened()
    Timer.objects.filter(case_id=case.pk).update(state="STOPPED", ended_at=timezone.now())
    before = running(case)
    EmailCase.objects.filter(pk=case.pk).update(urgent_at=before.due_at, urgent_for=NAME, warn_at=before.warn_at)
    close(calendar, before.due_at)
    case.refresh_from_db(fields=["urgent_at", "urgent_for", "warn_at"])
    assert (case.urgent_at, case.urgent_for, case.warn_at) == (clock(case).due_at, NAME, clock(case).warn_at)


def test_a_clock_that_stands_still_is_over_or_counts_by_night_is_left_alone(calendar: Calendar) -> None:
    paused, stopped, breached, other = (factories.opened() for _ in range(4))
    now = timezone.now()
    moved(paused, NAME, (Mark.Kind.STARTED, now), (Mark.Kind.PAUSED, now))
    due = {paused.pk: clock(paused).due_at, **{case.pk: running(case).due_at for case in (stopped, breached)}}
    put(StopTimer((NAME,)), stopped, stopped.last_event())
    Timer.objects.filter(case_id=breached.pk, name=NAME).update(breached=True)
    put(StartTimer(NAME, due=timedelta(hours=5)), other, other.last_event())
    marks = Mark.objects.count()
    close(calendar, due[paused.pk])
    assert Mark.objects.count() == marks
    assert {pk: Timer.objects.get(case_id=pk, name=NAME).due_at for pk in due} == due


def test_a_paused_clock_goes_on_by_the_hours_that_hold_then(calendar: Calendar) -> None:
    case = factories.opened()
    now = timezone.now()
    moves = [(Mark.Kind.STARTED, now), (Mark.Kind.PAUSED, now)]
    moved(case, NAME, *moves)
    due = clock(case).due_at
    close(calendar, due)
    targets.forget()
    moved(case, NAME, *moves, (Mark.Kind.RESUMED, now))
    assert clock(case).due_at == tomorrow(due)


def test_other_hours_move_it_too(calendar: Calendar) -> None:
    case = factories.opened()
    due = running(case).due_at
    for opening in calendar.openings.all():
        opening.closes = "18:00"
        opening.save()
    assert clock(case).due_at < due
    calendar.openings.all().delete()  # the form refuses it: the clock stays where it can be due
    assert clock(case).due_at <= due + 8 * DAY
    assert list(ledger.faults()) == []


def test_the_panel_shows_the_same_target_before_and_after(calendar: Calendar) -> None:
    case = factories.opened()
    due = running(case).due_at
    shown = {one.timer.name: one.target for one in panel(case).clocks}
    close(calendar, due)
    targets.forget()
    fresh = EmailCase.objects.get(pk=case.pk)  # a page reads its case's clocks once
    [after] = [one for one in panel(fresh).clocks if one.timer.name == NAME]
    assert after.target == shown[NAME]
    assert after.told[-1][1] is not None


def test_fifty_clocks_cost_few_statements_more_than_one(calendar: Calendar) -> None:
    due = running(factories.opened()).due_at
    with CaptureQueriesContext(connection) as captured:
        close(calendar, due).delete()
    few = len(captured)
    for _ in range(20):
        running(factories.opened())
    with CaptureQueriesContext(connection) as captured:
        close(calendar, due).delete()
    assert len(captured) <= few + 20 * 4  # twice its place in the lists: read and written
    assert list(ledger.faults()) == []


@pytest.fixture
def chief(client: Client) -> User:
    person = factories.person("chief", Role.ADMIN)
    person.is_staff = person.is_superuser = True
    person.save()
    client.force_login(person)
    return person


def form_of(calendar: Calendar, **changes: Any) -> dict[str, Any]:
    rows: dict[str, Any] = {"code": calendar.code, "name": calendar.name, "zone": calendar.zone}
    openings = list(calendar.openings.all())
    rows |= {"openings-TOTAL_FORMS": len(openings), "openings-INITIAL_FORMS": len(openings)}
    rows |= {"special_days-TOTAL_FORMS": 0, "special_days-INITIAL_FORMS": 0}
    for number, one in enumerate(openings):
        fields = {
            "id": one.pk,
            "calendar": calendar.pk,
            "weekday": one.weekday,
            "opens": one.opens,
            "closes": one.closes,
        }
        rows |= {f"openings-{number}-{name}": value for name, value in fields.items()}
    return {**rows, **changes}


def test_an_administrator_adds_a_holiday(calendar: Calendar, client: Client, chief: User) -> None:
    case = factories.opened()
    due = running(case).due_at
    day = timezone.localtime(due).date()
    new = {"special_days-TOTAL_FORMS": 1, "special_days-0-day": day, "special_days-0-calendar": calendar.pk}
    address = reverse("admin:timers_calendar_change", args=[calendar.pk])
    assert client.post(address, form_of(calendar, **new)).status_code == 302
    assert clock(case).due_at == tomorrow(due)


def test_a_calendar_without_hours_is_refused_in_words(calendar: Calendar, client: Client, chief: User) -> None:
    address = reverse("admin:timers_calendar_change", args=[calendar.pk])
    none = {f"openings-{number}-DELETE": "on" for number in range(7)}
    answer = client.post(address, form_of(calendar, **none))
    assert answer.status_code == 200
    assert "tidak akan pernah jatuh tempo" in answer.content.decode()
    assert calendar.openings.count() == 7
    empty = Calendar.objects.create(code="kosong", name="Tanpa jam")
    target = Target.objects.get(name=NAME, segment="", desk=None)
    target.calendar = empty
    with pytest.raises(ValidationError, match="jam buka"):
        target.full_clean()
    row = {"procedure": "tickets.emailcase", "name": NAME, "minutes": 90, "calendar": "kosong", "active": "on"}
    address = reverse("admin:timers_target_change", args=[target.pk])
    assert client.post(address, row).status_code == 200
    assert Target.objects.get(pk=target.pk).calendar == calendar


def test_another_zone_is_another_day(calendar: Calendar) -> None:
    case = factories.opened()
    due = running(case).due_at
    calendar.zone = "America/New_York"  # never open while Jakarta is
    calendar.save()
    assert clock(case).due_at != due
