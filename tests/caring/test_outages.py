"""One application down: the IOC is told once by itself, and what waits catches up (P-01 6.9, 5.3; X-15)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from caring.results import outages
from tenesa.accounts.models import User
from tenesa.systems import breaker, trouble
from tenesa.systems.errors import Unavailable
from tenesa.systems.models import ExternalCall, SystemState
from tenesa.systems.trouble import TroubleReport
from tenesa.workflow.perform import perform
from tests.caring import desk
from tests.journeys.desk import Outside

pytestmark = pytest.mark.django_db


def go_down(system: str) -> None:
    for _time in range(breaker.FAILURES):
        breaker.failed(system, Unavailable("TIMEOUT", "diam"))


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = timezone.now() + timedelta(minutes=16)
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_an_entry_that_is_within_its_clock_is_no_trouble(citra: User) -> None:
    desk.agreed(citra)
    assert outages.report() == 0
    assert not TroubleReport.objects.exists()


def test_an_entry_that_waits_longer_than_its_clock_is_reported_once(
    citra: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = desk.agreed(citra)
    ExternalCall.objects.filter(system="mycx").update(status="DONE", answered_at=timezone.now())
    later(monkeypatch)
    assert outages.report() == 1
    assert outages.report() == 0
    report = TroubleReport.objects.get()
    assert (report.tool, report.reporter, report.desk_id) == ("cwc", None, "CARING")
    assert report.since == ExternalCall.objects.get(system="cwc", case_id=result.pk).created_at
    assert str(report.who)


def test_what_a_person_has_reported_is_not_reported_again(citra: User) -> None:
    desk.agreed(citra)
    go_down("cwc")
    trouble.report_trouble(citra, tool="cwc", text="CWC tidak terbuka.", since=timezone.now(), affected=None)
    assert outages.report() == 0


def test_what_is_down_is_reported_only_where_something_waits(citra: User) -> None:
    go_down("tamara")
    assert outages.report() == 0
    desk.agreed(citra)
    assert outages.report() == 0  # nothing of it goes to TAMARA but by CWC
    go_down("cwc")
    assert outages.report() == 1
    assert TroubleReport.objects.get().tool == "cwc"


def test_a_result_that_is_entered_meanwhile_is_no_trouble(citra: User, monkeypatch: pytest.MonkeyPatch) -> None:
    result = desk.agreed(citra)
    desk.entered(result)
    later(monkeypatch)
    assert outages.report() == 0


def test_tamara_is_down_for_an_hour_and_the_verdict_reaches_it(systems: Outside, citra: User, laras: User) -> None:
    """MyCX has it at once; TAMARA by itself when it is back, and nobody presses anything."""
    systems.fault("tamara", "verdict", "http_500")
    result = desk.agreed(citra)
    desk.deliver(result)
    result = perform(perform(desk.again(result), "claim", actor=laras), "approve", actor=laras, data=desk.OK)
    for _time in range(breaker.FAILURES + 3):
        ExternalCall.objects.filter(status="WAITING").update(next_try_at=timezone.now())
        SystemState.objects.filter(system="tamara").update(retry_at=None)
        desk.deliver_once(result)
    told = dict(ExternalCall.objects.filter(operation="verdict").values_list("system", "status"))
    assert told == {"mycx": "DONE", "tamara": "WAITING"}  # not given up after a quarter of an hour
    go_down("tamara")
    assert outages.report() == 1
    systems.heal()
    ExternalCall.objects.filter(status="WAITING").update(next_try_at=timezone.now())
    SystemState.objects.filter(system="tamara").update(retry_at=timezone.now())
    desk.deliver(result)
    assert not ExternalCall.objects.filter(operation="verdict").exclude(status="DONE").exists()
    assert desk.again(result).state == "APPROVED"
