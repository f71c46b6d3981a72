"""The clocks of an e-mail case: by segment, shown with what happened to them, and NOSSA's repair time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from tenesa.accounts.models import SYSTEM, User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.incidents.feed import store_incident
from tenesa.incidents.incident_times import length
from tenesa.incidents.models import Incident
from tenesa.incidents.repair_time import HELD, OVER, moves, ttr
from tenesa.mail.models import OutboundMail
from tenesa.timers import ledger
from tenesa.timers.models import Timer
from tenesa.timers.sweep import fire_due
from tenesa.workflow.perform import perform
from tenesa.workflow.step import steps_of
from tenesa.workspace.clock_panel import panel
from tests import factories
from tests.tickets.watched import incident, watched
from tests.ui.test_frame import signed_in
from tickets.measures import measured
from tickets.models import EmailCase, State
from tickets.selectors import response

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MONDAY = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
STATUSES = ["NEW", "QUEUED", "BACKEND", "PENDING", "SLAHOLD", "FINALCHECK", "RESOLVED", "MEDIACARE", "CLOSED"]


def clock(case: EmailCase, name: str) -> Timer:
    return Timer.objects.get(case_id=case.pk, name=name, state__in=Timer.LIVE)


def minutes(case: EmailCase, name: str) -> float:
    timer = clock(case, name)
    return (timer.due_at - timer.started_at) / MINUTE


# --- clocks ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(("segment", "update", "silent"), [("DES", 120, 240), ("DGS", 120, 240), ("DBS", 240, 480)])
def test_the_next_update_comes_by_segment(segment: str, update: int, silent: int, rini: User) -> None:
    case = watched(rini, segment=segment)
    perform(case, "send_update", actor=rini, data={"message": "Sedang diperbaiki."})
    assert (minutes(case, "progress_update"), minutes(case, "nossa_silent")) == (update, silent)
    before = clock(case, "nossa_silent").pk
    perform(case, "send_update", actor=rini, data={"message": "Masih diperbaiki."})
    assert clock(case, "nossa_silent").pk == before  # our words are no news from NOSSA
    perform(case, "note_change", actor=SYSTEM, incident="IN10482301", status="INPROG")
    assert clock(case, "nossa_silent").pk != before
    assert list(ledger.faults()) == []


@pytest.mark.django_db
def test_an_overdue_update_counts_on_until_it_is_sent(rini: User) -> None:
    case = watched(rini)
    perform(case, "send_update", actor=rini, data={"message": "Sedang diperbaiki."})
    due = clock(case, "progress_update").due_at
    assert fire_due(now=due + MINUTE) == 1
    assert fire_due(now=due + 2 * MINUTE) == 0
    case = EmailCase.objects.get(pk=case.pk)
    late = clock(case, "progress_update")
    assert (case.unread, case.urgent_for, late.breached) == (True, "progress_update", True)
    assert late.marks.get(kind="BREACHED").told == [{"user": rini.pk, "name": "Rini"}]
    perform(case, "send_update", actor=rini, data={"message": "Selesai nanti malam."})
    late.refresh_from_db()
    assert (late.state, clock(case, "progress_update").breached) == (Timer.State.STOPPED, False)


@pytest.mark.django_db
def test_the_response_time_stops_once_and_undo_lets_it_run_on(rini: User, settings: Any) -> None:
    settings.MAIL_UNDO_SECONDS = 60
    case = factories.put(factories.opened(), State.SEGMENT_CHECKED, owner=rini, segment="DES")
    first = clock(case, "first_response")
    case = perform(case, "write", actor=rini, data={"message": "Kami periksa."})
    assert Timer.objects.get(pk=first.pk).state == Timer.State.STOPPED
    took = response(case)
    assert took is not None
    assert (took.value, took.signal) == ("0 m", "met")
    case = perform(case, "take_back", actor=rini)
    assert clock(case, "first_response").due_at == first.due_at
    assert (response(case), case.urgent_for) == (None, "first_response")
    case = perform(case, "write", actor=rini, data={"message": "Kami periksa lagi."})
    answered = case.answered_at
    case = perform(case, "write", actor=rini, data={"message": "Ada kabar."})
    assert case.answered_at == answered
    assert list(ledger.faults()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("more", [False, True], ids=["the only answer", "another was sent since"])
def test_a_scheduled_answer_that_is_taken_back_was_none(rini: User, more: bool) -> None:
    case = factories.put(factories.opened(), State.SEGMENT_CHECKED, owner=rini, segment="DES")
    first, tomorrow = clock(case, "first_response"), timezone.now() + timedelta(days=1)
    case = perform(case, "write", actor=rini, data={"message": "Kami periksa.", "send_at": tomorrow.isoformat()})
    planned, answered = OutboundMail.objects.get(case_id=case.pk, event__seq=case.version), case.answered_at
    assert response(case) is not None
    if more:
        case = perform(case, "write", actor=rini, data={"message": "Sedang kami periksa."})
    case = perform(case, "cancel_mail", actor=rini, data={"mail": str(planned.pk)})
    events = list(Event.objects.filter(case_id=case.pk).order_by("seq"))
    counted = [one for one in measured({case.pk: events}) if one.kpi == "response"]
    if more:
        assert (case.answered_at, response(case) is None, len(counted)) == (answered, False, 1)
    else:
        assert (case.answered_at, response(case), counted) == (None, None, [])
        assert (clock(case, "first_response").due_at, case.urgent_for) == (first.due_at, "first_response")
    assert list(ledger.faults()) == []


@pytest.mark.django_db
def test_case_clock_and_kpi_tell_one_response_time_and_what_ended_it(
    rini: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ADR-0042: a free mail before the segment check does not end it."""
    begun = timezone.now()
    at = {"now": begun}
    monkeypatch.setattr(timezone, "now", lambda: at["now"])
    case = factories.opened()
    EmailCase.objects.filter(pk=case.pk).update(received_at=begun - 9 * MINUTE)
    at["now"] = begun + 5 * MINUTE
    case = perform(EmailCase.objects.get(pk=case.pk), "take", actor=rini)
    case = perform(case, "write", actor=rini, data={"message": "Kami periksa."})
    assert (case.answered_at, response(case)) == (None, None)
    assert clock(case, "first_response").state == Timer.State.RUNNING
    at["now"] = begun + 17 * MINUTE
    case = factories.put(case, State.SEGMENT_CHECKED, segment="DES")
    case = perform(case, "write", actor=rini, data={"message": "Layanan kami periksa dari sini."})
    at["now"] = begun + 40 * MINUTE
    shown = response(case)
    assert shown is not None
    assert (shown.value, shown.signal) == ("17 m", "met")
    assert str(steps_of(EmailCase)["write"].label) in str(shown.hint)
    assert str(shown.hint) in signed_in(rini).get(reverse("cases:part", args=[case.pk, "clocks"])).content.decode()
    [told] = [one for one in panel(case).ended if one.timer.name == "first_response"]
    events = list(Event.objects.filter(case_id=case.pk).select_related("actor").order_by("seq"))
    [counted] = [one for one in measured({case.pk: events}) if one.kpi == "response"]
    assert told.elapsed == shown.value == length(timedelta(seconds=counted.seconds or 0))


@pytest.mark.django_db
def test_the_mail_with_the_ticket_number_ends_the_response_time_and_a_letter_taken_back_changes_nothing(
    rini: User,
) -> None:
    case = factories.put(factories.opened(), State.TICKET_SUBMITTING, owner=rini, segment="DES")
    known = store_incident(incident("BACKEND", timezone.now()))
    case.lines.create(product_id="4700112-0045127790", incident=known, incident_number=known.number)
    case = perform(case, "open_ticket", actor=SYSTEM)
    ended = response(case)
    assert ended is not None
    assert str(steps_of(EmailCase)["open_ticket"].label) in str(ended.hint)
    case = perform(case, "write", actor=rini, data={"message": "Kami kabari lagi."})
    assert response(case) == ended
    case = perform(case, "take_back", actor=rini)
    assert response(case) == ended
    events = list(Event.objects.filter(case_id=case.pk).order_by("seq"))
    [counted] = [one for one in measured({case.pk: events}) if one.kpi == "response"]
    assert counted.met


@pytest.mark.django_db
def test_a_case_that_ends_without_an_answer_has_no_response_time(rini: User) -> None:
    case = factories.put(factories.opened(), State.VOID_PROPOSED, reason="spam")
    hendra = factories.person("hendra", Role.TEAM_LEADER)
    assert response(perform(case, "confirm_void", actor=hendra, data={})) is None


@pytest.mark.django_db
def test_mycx_has_its_own_clock_while_a_ticket_is_on_its_way(rini: User) -> None:
    case = factories.put(factories.opened(), State.TICKET_DRAFT, owner=rini, segment="DES")
    case.lines.create(product_id="4700112-0045127790")
    data = {
        "product_ids": ["4700112-0045127790"], "reporter_name": "Bonar", "reporter_phone": "0812-0000-1187",
        "reporter_email": "bonar@samudra.example", "symptom": "OFFLINE", "description": "Mati.", "rechecked": "on",
    }  # fmt: skip
    case = perform(case, "submit_ticket", actor=rini, data=data)
    assert minutes(case, "mycx_submit") == 18
    perform(case, "correct_ticket", actor=SYSTEM, problem="gejala salah")
    assert not Timer.objects.filter(name="mycx_submit", state__in=Timer.LIVE).exists()


@pytest.mark.django_db
def test_the_panel_reads_every_clock_in_one_query(rini: User, django_assert_num_queries: Any) -> None:
    case = watched(rini)
    for number in range(3):
        perform(case, "send_update", actor=rini, data={"message": f"Kabar {number}."})
    fire_due(now=timezone.now() + 3 * HOUR)
    case = EmailCase.objects.get(pk=case.pk)
    with django_assert_num_queries(1):
        shown = panel(case)
    assert [one.timer.name for one in shown.clocks] == ["progress_update", "nossa_silent"]
    assert [what for what, _at, _who in shown.clocks[0].told] == ["lewat tenggat"]
    assert (shown.clocks[0].signal, shown.clocks[0].target) == ("breach", "2 j 0 m")
    page = signed_in(rini).get(reverse("cases:case", args=[case.pk])).content.decode()
    assert "case-clocks" in page
    assert "2 j 0 m" in page


# --- repair time -----------------------------------------------------------------------------------------------------
def test_the_segment_decides_what_counts_as_repair_time() -> None:
    """Two hours at work, one on hold, half an hour waiting for the customer's word: requirements 2.4."""
    steps = ["BACKEND", "PENDING", "INPROG", "RESOLVED", "MEDIACARE", "CLOSED"]
    times = [MONDAY + offset for offset in (0 * HOUR, HOUR, 2 * HOUR, 3 * HOUR, 3.5 * HOUR, 4 * HOUR)]
    history = list(zip(times, steps, strict=True))
    des, dcs = (ttr(segment, MONDAY, history, MONDAY + 9 * HOUR) for segment in ("DES", "DCS"))
    assert (des.gross, des.pending, des.net) == (4 * HOUR, HOUR, 3 * HOUR)
    assert (dcs.gross, dcs.pending, dcs.net) == (4 * HOUR, HOUR, 2.5 * HOUR)
    held = ttr("DCS", MONDAY, [(MONDAY, "SLAHOLD")], MONDAY + HOUR, target=HOUR)
    assert (held.net, held.pending, held.signal) == (timedelta(), HOUR, "met")
    assert ttr("DES", MONDAY, [(MONDAY, "SLAHOLD")], MONDAY + 2 * HOUR, target=HOUR).signal == "breach"


@pytest.mark.parametrize("told", [["RESOLVED", "MEDIACARE", "CLOSED"], ["CLOSED", "RESOLVED", "MEDIACARE"]])
def test_a_ticket_that_nossa_walks_to_its_end_in_one_moment_is_over(told: list[str]) -> None:
    """A reading may tell the end before the feed tells the way there."""
    history = [(MONDAY, "BACKEND"), *((MONDAY + HOUR, status) for status in told)]
    times = ttr("DES", MONDAY, history, MONDAY + 9 * HOUR)
    assert (times.gross, times.net) == (HOUR, HOUR)
    assert moves("DES", MONDAY, history)[-1] == ("STOPPED", MONDAY + HOUR)


def test_of_one_moment_the_status_that_was_told_last_holds() -> None:
    history = [(MONDAY, "PENDING"), (MONDAY, "BACKEND")]
    assert ttr("DCS", MONDAY, history, MONDAY + HOUR).net == HOUR
    assert ttr("DCS", MONDAY, history[::-1], MONDAY + HOUR).net == timedelta()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3000), st.sampled_from(STATUSES)), max_size=8, unique_by=lambda step: step[0]),
    st.sampled_from(["DES", "DBS", "DCS", "OTHER", ""]),
)
def test_repair_time_is_what_a_count_of_single_minutes_gives(steps: list[tuple[int, str]], segment: str) -> None:
    history = [(MONDAY + number * MINUTE, status) for number, status in steps]
    found = ttr(segment, MONDAY, history, MONDAY + 3000 * MINUTE)
    now, status, counted = dict(steps), "NEW", []
    for number in range(3000):
        status = now.get(number, status)
        counted.append(status)
    left_out = OVER | HELD if segment == "DCS" else OVER | {"RESOLVED"}
    assert found.gross == sum(status != "CLOSED" for status in counted) * MINUTE
    assert found.pending == sum(status in HELD for status in counted) * MINUTE
    assert found.net == sum(status not in left_out for status in counted) * MINUTE


@pytest.mark.django_db
def test_the_incident_panel_shows_gross_pending_and_net(rini: User) -> None:
    now = timezone.now()
    for hours, status in ((5, "BACKEND"), (3, "PENDING"), (1, "INPROG")):
        store_incident(incident(status, now - hours * HOUR, reported=now - 5 * HOUR))
        store_incident(incident(status, now - hours * HOUR, reported=now - 5 * HOUR))  # read twice, noted once
    case = watched(rini)
    assert Incident.objects.get().history.count() == 3
    page = signed_in(rini).get(reverse("cases:case", args=[case.pk])).content.decode()
    assert re.search("bruto 5 j [01] m", page)  # a minute may pass between the reading and the page
    assert "pending 2 j 0 m" in page
