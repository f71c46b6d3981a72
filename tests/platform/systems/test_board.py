"""The board of applications: how they answer, what people say of them, and trouble reported to the IOC (X-15)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import Area, User
from tenesa.audit.models import Event
from tenesa.systems import board, breaker, control, outbox, trouble
from tenesa.systems.errors import Unavailable
from tenesa.systems.models import ExternalCall, LineLimit, Notice, SystemState, TroubleReport
from tenesa.systems.status import Health
from tenesa.systems.status import board as health_board
from tenesa.systems.trouble import State, read_progress, report_trouble
from tests import factories

pytestmark = pytest.mark.usefixtures("simulators")


def health(system: str) -> Health:
    return next(row for row in health_board() if row.system == system)


def calls_made(system: str, count: int, *, status: str = "DONE", ms: int = 100, tries: int = 1) -> None:
    event = Event.objects.filter(case_id=factories.opened().pk).latest("seq")
    now = timezone.now()
    ExternalCall.objects.filter(event=event).delete()
    for number in range(count):
        ExternalCall.objects.create(
            procedure="tickets.emailcase", case_id=event.case_id, event=event, system=system, operation="traffic",
            idempotency_key=f"{system}-{status}-{number}", status=status, attempts=tries,
            claimed_at=now, answered_at=now + timedelta(milliseconds=ms * (number + 1)),
        )  # fmt: skip


def form(**changes: Any) -> dict[str, Any]:
    since = timezone.localtime() - timedelta(minutes=20)
    return {"tool": "mrtg", "text": "Grafik tidak terbuka", "since": f"{since:%Y-%m-%dT%H:%M}", **changes}


def test_it_tells_from_the_calls_how_a_system_answers(db) -> None:
    calls_made("mrtg", 10, ms=10)
    row = health("mrtg")
    assert (row.condition, row.success, row.calls) == ("up", 100, 10)
    assert row.median_ms == 55
    assert row.slow_ms is not None
    assert 90 <= row.slow_ms <= 100
    calls_made("nossa", 4, tries=3)
    assert (health("nossa").condition, health("nossa").success) == ("shaky", 33)
    assert health("epayment").condition == "unknown"


def test_a_system_that_is_down_and_a_notice_stand_on_the_board(bowo, client: Client) -> None:
    for _failure in range(breaker.FAILURES):
        breaker.failed("mrtg", Unavailable("TIMEOUT", "MRTG tidak menjawab."))
    client.force_login(bowo)
    until = timezone.localtime() + timedelta(hours=2)
    told = {"notice-system": "nossa", "notice-text": "Pemeliharaan NOSSA", "notice-until": f"{until:%Y-%m-%dT%H:%M}"}
    assert client.post(reverse("tell-notice"), told).status_code == 302
    page = client.get(reverse("systems-status")).content.decode()
    assert "MRTG tidak menjawab." in page
    assert "Pemeliharaan NOSSA" in page
    assert (health("mrtg").signal, health("nossa").notices[0].author) == ("breach", bowo)
    notice = Notice.objects.get()
    client.post(reverse("end-notice", args=[notice.pk]))
    assert not health("nossa").notices
    assert Notice.objects.get().ended_by == bowo


def test_an_agent_reports_trouble_and_tells_no_notices(rini, client: Client) -> None:
    client.force_login(rini)
    until = timezone.localtime() + timedelta(hours=2)
    told = {"notice-system": "nossa", "notice-text": "x", "notice-until": f"{until:%Y-%m-%dT%H:%M}"}
    assert client.post(reverse("tell-notice"), told).status_code == 403
    assert not Notice.objects.exists()
    assert client.post(reverse("report-trouble"), form()).status_code == 302
    assert TroubleReport.objects.get().reporter == rini


def test_a_report_goes_to_the_ioc_once_and_comes_back_solved(rini, simulators) -> None:
    report = report_trouble(
        rini,
        tool="mrtg",
        text="Grafik kosong",
        since=timezone.now(),
        affected=Area.objects.create(code="BDG", name="B"),
    )
    call = ExternalCall.objects.get(system="ioc")
    assert outbox.deliver(call.pk) == "DONE"
    assert outbox.deliver(call.pk) == "not due"
    (made,) = simulators.calls("ioc.report")
    assert (made["actor"], made["key"], made["content"]["area"]) == (
        "rini",
        f"systems.troublereport:{report.pk}",
        "BDG",
    )
    accepted = TroubleReport.objects.get()
    assert (accepted.state, accepted.progress) == (State.OPEN, "REPORTED")
    assert read_progress() == 0
    advance(accepted.reference, "IN_PROGRESS", "Server dihidupkan ulang")
    assert read_progress() == 1
    assert TroubleReport.objects.get().note == "Server dihidupkan ulang"
    advance(accepted.reference, "SOLVED", "Normal")
    read_progress()
    assert TroubleReport.objects.get().state == State.SOLVED
    history = Event.objects.filter(procedure=report.procedure_name(), case_id=report.pk).order_by("seq")
    assert list(history.values_list("step", flat=True)) == ["report", "accept", "note_progress", "solve"]


def advance(reference: str, status: str, note: str) -> None:
    control._ask("ioc", "POST", f"ioc/{reference}/advance", {"status": status, "note": note})


def test_a_second_report_of_a_tool_is_made_only_knowingly(rini, dewi, client: Client) -> None:
    report_trouble(rini, tool="mrtg", text="Grafik kosong", since=timezone.now(), affected=None)
    client.force_login(dewi)
    shown = client.post(reverse("report-trouble"), form())
    assert shown.status_code == 422
    assert "Grafik kosong" in shown.content.decode()
    assert TroubleReport.objects.count() == 1
    assert client.post(reverse("report-trouble"), form(tool="nossa")).status_code == 302
    assert client.post(reverse("report-trouble"), form(another="on")).status_code == 302
    assert TroubleReport.objects.count() == 3


@pytest.mark.parametrize("wrong", [{"tool": "ioc"}, {"tool": ""}, {"text": ""}, {"since": "2099-01-01T00:00"}])
def test_a_bad_report_is_not_made(rini, client: Client, wrong) -> None:
    client.force_login(rini)
    assert client.post(reverse("report-trouble"), form(**wrong)).status_code == 422
    assert not TroubleReport.objects.exists()
    assert not ExternalCall.objects.exists()


def test_an_ioc_that_is_silent_is_tried_again_by_a_person(rini, client: Client, simulators) -> None:
    report_trouble(rini, tool="mrtg", text="Grafik kosong", since=timezone.now(), affected=None)
    ExternalCall.objects.update(status="DEAD", attempts=5, error_code="TIMEOUT")
    client.force_login(rini)
    assert (
        reverse("report-again", args=[TroubleReport.objects.get().pk])
        in client.get(reverse("systems-status")).content.decode()
    )
    client.post(reverse("report-again", args=[TroubleReport.objects.get().pk]))
    outbox.deliver(ExternalCall.objects.get().pk)
    assert TroubleReport.objects.get().state == State.OPEN


def test_a_report_that_the_ioc_refuses_comes_back_with_its_words(rini, settings) -> None:
    settings.SYSTEMS["ioc"]["token"] = "salah"
    report_trouble(rini, tool="mrtg", text="Grafik kosong", since=timezone.now(), affected=None)
    outbox.deliver(ExternalCall.objects.get().pk)
    returned = TroubleReport.objects.get()
    assert (returned.state, returned.note) == (State.RETURNED, "Token tidak berlaku.")
    assert trouble.read_progress() == 0


def test_only_people_of_the_desks_see_the_board(client: Client, db) -> None:
    client.force_login(User.objects.create_user(username="tamu", password="rahasia-sekali"))
    assert client.get(reverse("systems-status")).status_code == 403


def test_the_board_costs_the_same_however_much_is_wrong(rini, django_assert_max_num_queries) -> None:
    for system in ("mrtg", "nossa", "mycx"):
        report_trouble(rini, tool=system, text="Mati", since=timezone.now(), affected=None)
        SystemState.objects.create(system=system, failures=9, retry_at=timezone.now())
    with django_assert_max_num_queries(9):
        health_board()
    assert board.NEWEST


def test_the_database_refuses_limits_that_make_no_sense(db) -> None:
    LineLimit.objects.all().delete()
    for measure, at_risk, breached in (("rx_dbm", -27, -25), ("attenuation_db", 30, 25)):
        with pytest.raises(IntegrityError), transaction.atomic():
            LineLimit.objects.create(measure=measure, at_risk=at_risk, breached=breached)
