"""Any order of start, stop, undo and sweep: the clock computed from its marks is the stored one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tenesa.audit.models import Event
from tenesa.timers import ledger, targets
from tenesa.timers.models import Calendar, Target, Timer
from tenesa.timers.outgoing import RestoreTimers, StartTimer, StopTimer
from tenesa.timers.sweep import fire_due
from tenesa.timers.working import Hours, add_working, working_between
from tests import factories
from tests.platform.clockwork import put
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db
CLOCK = "group_reply"
TARGET = timedelta(hours=4)
BEGIN = datetime(2026, 12, 24, 15, 0, tzinfo=ZoneInfo("Asia/Jakarta"))  # a holiday and a weekend lie ahead
acts = st.lists(
    st.tuples(st.sampled_from(["start", "stop", "undo", "sweep"]), st.integers(1, 1500)), min_size=1, max_size=9
)  # what, and so many minutes after the one before


@dataclass(frozen=True)
class Model:
    """A clock as a person would keep it on paper."""

    state: str = ""
    since: datetime | None = None


def take(model: Model, act: str, at: datetime) -> Model:
    """The clock afterwards."""
    if act == "start":
        return Model("RUNNING", at)
    return Model("STOPPED") if model.state == "RUNNING" else model


@pytest.fixture(params=["", "kantor"], ids=["day and night", "office hours"])
def hours(request: pytest.FixtureRequest) -> Hours | None:
    if request.param:
        calendar = Calendar.objects.create(code=request.param, name="Jam kantor")
        for weekday in range(5):
            calendar.openings.create(weekday=weekday, opens="08:00", closes="17:00")
        Target.objects.filter(name=CLOCK).update(calendar=calendar)
    targets.forget()
    return targets.hours_of(request.param or None)


@settings(
    max_examples=40, phases=(Phase.explicit, Phase.generate), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(acts)
def test_the_marks_tell_what_the_row_says(hours: Hours | None, acts: list[tuple[str, int]]) -> None:
    case = factories.opened()
    at, seq, model, before = BEGIN, 100, Model(), None
    for act, minutes in acts:
        at += timedelta(minutes=minutes)
        if act == "sweep":
            fire_due(now=at)
            before = None
        elif act == "undo":
            if before is not None:
                put(RestoreTimers(Event(seq=seq)), case, Event(seq=seq + 1, at=at))
                model, before, seq = before, None, seq + 2
        else:
            seq += 1
            put(StartTimer(CLOCK) if act == "start" else StopTimer((CLOCK,)), case, Event(seq=seq, at=at))
            model, before = take(model, act, at), model
        same(case, model, hours, at)
    assert list(ledger.faults()) == []


def same(case: EmailCase, model: Model, hours: Hours | None, at: datetime) -> None:
    timers = Timer.objects.filter(case_id=case.pk, name=CLOCK)
    assert timers.filter(state__in=Timer.LIVE).count() == (model.state == "RUNNING")
    timer = timers.order_by("-pk").filter(state=model.state).first()
    if timer is None:
        assert model.state in {"", "STOPPED"}
        return
    told = ledger.recompute(timer)
    for name in ledger.STORED:
        assert getattr(told, name) == getattr(timer, name), name
    if model.since is not None:
        assert told.elapsed(hours, at) == working_between(hours, model.since, at)
        assert timer.due_at == add_working(hours, model.since, TARGET)
        assert (case.urgent_for, case.urgent_at) in {(CLOCK, timer.due_at), ("first_response", case.urgent_at)}
    assert timezone.is_aware(timer.started_at)
