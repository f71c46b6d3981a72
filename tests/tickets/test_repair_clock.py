"""The repair time as a clock that NOSSA keeps: warned, overdue, paused by the segment's rule, and computed again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tenesa.accounts.models import SYSTEM, User
from tenesa.incidents import feed
from tenesa.incidents.feed import store_incident
from tenesa.incidents.models import Incident, IncidentStatus
from tenesa.incidents.repair_time import moves, ttr
from tenesa.timers import ledger, targets
from tenesa.timers.models import Mark, Target, Timer
from tenesa.timers.sweep import fire_due
from tenesa.workflow.perform import perform
from tenesa.workspace.clock_panel import panel
from tests import factories
from tests.tickets.watched import NUMBER, incident, watched
from tests.ui.test_frame import signed_in
from tickets import clocks, services
from tickets.models import EmailCase, State, ToolCheck

pytestmark = pytest.mark.django_db
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
STATUSES = ["NEW", "BACKEND", "PENDING", "SLAHOLD", "RESOLVED", "MEDIACARE", "CLOSED"]


def the_clock(case: EmailCase) -> Timer | None:
    return Timer.objects.filter(case_id=case.pk, name="ttr", state__in=Timer.LIVE).first()


def kinds(timer: Timer) -> list[str]:
    return list(timer.marks.values_list("kind", flat=True))


@settings(
    max_examples=60, deadline=None, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    st.lists(st.tuples(st.integers(1, 900), st.sampled_from([*STATUSES, "sweep"]), st.booleans()), max_size=8),
    st.sampled_from(["DES", "DBS", "DCS", ""]),
)
def test_in_any_order_of_news_and_sweeps_the_marks_tell_net(
    rini: User, steps: list[tuple[int, str, bool]], segment: str
) -> None:
    """What NOSSA said late is the same minute an hour ago: the clock is told again and is right again."""
    with transaction.atomic():
        IncidentStatus.objects.all().delete()
        store_incident(incident("BACKEND", MONDAY))
        case = watched(rini, segment=segment)
        now = MONDAY
        clocks.keep_repair_time(case, now)
        for minutes, status, late in steps:
            now += minutes * MINUTE
            if status == "sweep":
                fire_due(now=now)
            else:
                store_incident(incident(status, now - (HOUR if late else MINUTE), reported=MONDAY))
                clocks.keep_repair_time(case, now)
            history = list(IncidentStatus.objects.values_list("at", "status"))
            alive = the_clock(case)
            if alive is not None:
                told = ledger.recompute(alive)
                assert told.elapsed(None, now) == ttr(segment, MONDAY, history, now).net
                assert (alive.state == "RUNNING") == (moves(segment, MONDAY, history)[-1][0] in {"STARTED", "RESUMED"})
            else:
                assert sorted(history)[-1][1] == "CLOSED"
        assert list(ledger.faults()) == []
        transaction.set_rollback(True)


@pytest.fixture
def now() -> Iterator[datetime]:
    yield timezone.now().replace(second=0, microsecond=0)
    targets.forget()


def test_it_warns_and_is_overdue_by_the_segments_target_and_says_who_was_told(rini: User, now: datetime) -> None:
    Target.objects.filter(name="ttr", segment="DES").update(minutes=100, warn_minutes=60)
    targets.forget()
    store_incident(incident("BACKEND", now, reported=now))
    case = watched(rini)
    check = ToolCheck(case=case, tool="nossa", state="FAULT", summary=NUMBER)
    case = perform(case, "keep_reading", actor=SYSTEM, check=check, incident=NUMBER)
    clock = the_clock(case)
    assert clock is not None
    assert (clock.due_at - now, clock.warn_at) == (100 * MINUTE, now + HOUR)
    assert case.urgent_for != "ttr"  # the units' time, not the desk's next deadline
    for at in (61, 62, 101, 102):
        fire_due(now=now + at * MINUTE)
    marks = Mark.objects.filter(timer=clock, kind__in=["WARNED", "BREACHED"])
    assert [(mark.kind, mark.told) for mark in marks] == [
        (kind, [{"user": rini.pk, "name": "Rini"}]) for kind in ("WARNED", "BREACHED")
    ]
    shown = next(one for one in panel(case).clocks if one.timer.name == "ttr")
    assert (shown.signal, NUMBER in str(shown.name)) == ("breach", True)
    assert NUMBER in signed_in(rini).get(reverse("cases:case", args=[case.pk])).content.decode()
    assert list(ledger.faults()) == []


@pytest.mark.parametrize(("segment", "state"), [("DES", "RUNNING"), ("DCS", "PAUSED")])
def test_a_hold_pauses_it_where_the_segment_leaves_it_out(rini: User, now: datetime, segment: str, state: str) -> None:
    """W-02 puts PENDING into NOSSA; its history comes back to us, and the case's clock follows it."""
    store_incident(incident("BACKEND", now - 2 * HOUR, reported=now - 3 * HOUR))
    case = watched(rini, segment=segment)
    clocks.keep_repair_time(case, now)
    store_incident(incident("PENDING", now - HOUR, reported=now - 3 * HOUR))
    clocks.keep_repair_time(case, now)
    clock = the_clock(case)
    assert clock is not None
    assert clock.state == state
    store_incident(incident("INPROG", now, reported=now - 3 * HOUR))
    clocks.keep_repair_time(case, now)
    clock = the_clock(case)
    assert clock is not None
    assert clock.state == "RUNNING"
    assert kinds(clock) == (["STARTED"] if segment == "DES" else ["STARTED", "PAUSED", "RESUMED"])
    assert ledger.recompute(clock).elapsed(None, now) == (3 if segment == "DES" else 2) * HOUR


def test_what_was_overdue_before_we_read_it_is_overdue_and_ends_with_the_ticket(rini: User, now: datetime) -> None:
    store_incident(incident("BACKEND", now - 9 * HOUR, reported=now - 9 * HOUR))
    store_incident(incident("RESOLVED", now - HOUR, reported=now - 9 * HOUR))
    case = watched(rini)
    clocks.keep_repair_time(case, now)
    clock = the_clock(case)
    assert clock is not None
    assert (clock.state, clock.breached, kinds(clock)) == ("PAUSED", True, ["STARTED", "BREACHED", "PAUSED"])
    assert [who for _what, _at, who in panel(case).clocks[0].told] == ["baru diketahui dari NOSSA"]
    store_incident(incident("CLOSED", now, reported=now - 9 * HOUR))
    clocks.keep_repair_time(case, now)
    clock.refresh_from_db()
    assert (clock.state, clock.ended_at, the_clock(case)) == ("STOPPED", now, None)
    clocks.keep_repair_time(case, now)
    assert Timer.objects.filter(name="ttr").count() == 1
    assert list(ledger.faults()) == []


def test_of_two_tickets_the_one_counts_that_has_used_most(rini: User, now: datetime) -> None:
    store_incident(incident("BACKEND", now - HOUR, reported=now - HOUR))
    case = watched(rini)
    other = store_incident({**incident("BACKEND", now - 2 * HOUR), "number": "IN10482399", "service_no": "0274777001"})
    case.lines.create(product_id="0274777001", incident_number=other.number, incident=other)
    clocks.keep_repair_time(case, now)
    clock = the_clock(case)
    assert clock is not None
    assert clock.note == "IN10482399 DES"
    store_incident({**incident("CLOSED", now, reported=now - 2 * HOUR), "number": "IN10482399"})
    clocks.keep_repair_time(case, now)
    clock = the_clock(case)
    assert clock is not None
    assert (clock.note, clock.started_at) == (f"{NUMBER} DES", now - HOUR)
    factories.put(case, State.CLOSED)
    assert Incident.objects.count() == 2


def test_rest_tells_running_clocks_and_repair_times(rini: User, now: datetime) -> None:
    store_incident(incident("BACKEND", now - 3 * HOUR, reported=now - 3 * HOUR))
    store_incident(incident("PENDING", now - HOUR, reported=now - 3 * HOUR))
    case = watched(rini, segment="DCS")
    clocks.keep_repair_time(case, now)
    client = signed_in(rini)
    told = client.get(f"/api/cases/{case.pk}/").json()
    clock = next(one for one in told["clocks"] if one["name"] == "ttr")
    assert (clock["state"], clock["target_seconds"], clock["elapsed_seconds"]) == ("PAUSED", 24 * 3600, 2 * 3600)
    assert (clock["signal"], clock["breached"], clock["paused_at"] is None) == ("", False, False)
    (times,) = told["repair_times"]
    assert (times["incident"], times["pending_seconds"] >= 3600, times["net_seconds"]) == (NUMBER, True, 2 * 3600)
    schema = client.get("/api/schema/", {"format": "json"}).json()["components"]["schemas"]
    assert {"clocks", "repair_times"} <= set(schema["Case"]["properties"])
    assert {"due_at", "target_seconds", "state", "words"} <= set(schema["Clock"]["properties"])


def test_a_clock_or_a_listener_that_fails_is_an_alarm_and_not_the_end_of_the_feed(
    rini: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError("jam rusak")

    monkeypatch.setattr(clocks, "keep_repair_time", broken)
    store_incident(incident("BACKEND", MONDAY))
    case = watched(rini)
    for listeners in ([broken], [services.incident_changed]):  # a listener, and a clock inside of one
        monkeypatch.setattr(feed, "_listeners", listeners)
        facts = incident("BACKEND", MONDAY)
        news = SimpleNamespace(incident=SimpleNamespace(**{**facts, "worklogs": []}), previous="NEW")
        monkeypatch.setattr(feed, "plain", lambda _told, facts=facts: facts)
        feed._hear(news)  # type: ignore[arg-type]
    last = EmailCase.objects.get(pk=case.pk).last_event()
    assert (last.step, "jam rusak" in last.data["why"]) == ("want_attention", True)
