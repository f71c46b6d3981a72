"""Measures of calls and promises, and the daily report beside the rows that it counts (P-01 7; requirements 8)."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from caring.models import CallReport, CaringResult, Promise
from caring.reports import counting, parts
from tenesa.accounts.models import SYSTEM, PresenceChange, User
from tenesa.accounts.roles import Role
from tenesa.contact.models import DialRefusal
from tenesa.reporting.measuring import drift, measure_new
from tenesa.reporting.models import Measurement
from tenesa.sheets import rows
from tenesa.workflow.perform import perform
from tests.caring import desk

pytestmark = pytest.mark.django_db


def missed(agent: User, reason: str = "RNA") -> CaringResult:
    one = desk.in_call(agent, payer=False)
    perform(one, "miss", actor=agent, data={"reason": reason})
    return CaringResult.objects.latest("pk")


def measured(slug: str) -> list[tuple[bool | None, str]]:
    measure_new()
    return list(Measurement.objects.filter(kpi=slug).order_by("case_id").values_list("met", "part"))


def test_each_call_is_measured_by_hour_part_and_zone(citra: User) -> None:
    result = desk.agreed(citra)
    missed(citra)
    hour = f"{timezone.localtime(result.called_at):%H}"
    assert measured("p01_contacted") == [(True, hour), (False, hour)]
    assert measured("p01_contact_zone") == [(True, "WIB"), (False, "WIB")]
    assert [met for met, _part in measured("p01_contact_part")] == [True, False]
    assert measured("p01_agree_calls") == [(True, "KEEPS"), (False, "RNA")]
    assert measured("p01_agree_contacted") == [(True, "")]
    assert measured("p01_agrees") == [(None, "")]
    assert not list(drift())


def test_an_agreement_that_was_replaced_is_a_call_and_no_agreement(citra: User, laras: User, novita: User) -> None:
    result = desk.at_qc(citra, laras)
    perform(result, "return_to_agent", actor=laras, data=desk.RETURN)
    perform(result, "pass_on", actor=novita, data={"note": "Mohon dipanggil ulang."})
    assert measured("p01_returns") == [(True, "")]
    one = desk.in_call(citra, desk.again(result.prospect))
    perform(one, "decline", actor=citra, data={"reason": "NO_MONEY", "script_read": "on", "note": ""})
    assert desk.again(result).state == "SUPERSEDED"
    assert measured("p01_agrees") == []
    assert measured("p01_agree_calls") == [(False, "KEEPS"), (False, "NO_MONEY")]


def test_a_promise_counts_when_it_is_judged(citra: User, laras: User) -> None:
    result = desk.at_qc(citra, laras)
    perform(result, "approve", actor=laras, data={**desk.OK, "note": "Sesuai."})
    assert measured("p01_promises") == []
    perform(result, "judge_promise", actor=SYSTEM, verdict=Promise.State.BROKEN, paid=0, ask_on=None)
    assert measured("p01_promises") == [(False, "BROKEN")]


def test_the_daily_report_counts_what_its_figures_lead_to(citra: User, novita: User, client: Client) -> None:
    PresenceChange.objects.create(user=citra, state="AVAILABLE")
    dimas = desk.person("dimas", Role.AGENT_CARING)
    PresenceChange.objects.create(user=dimas, state="AVAILABLE")
    desk.agreed(citra)
    for reason in ("RNA", "RNA", "WRONG_NUMBER", "MAILBOX", "REJECTED"):
        missed(citra, reason)
    desk.prospect()
    assert counting.count_changed() == 1
    day = CallReport.objects.get(span="DAY")
    assert (day.present, day.callers, day.calls, day.orders) == (2, 1, 6, 6)
    assert (day.agree, day.rna, day.invalid, day.mailbox, day.other) == (1, 2, 1, 1, 1)
    assert (day.ppa_present, day.ppa_callers) == (0.5, 1.0)
    assert day.left == 5  # with one that was not called yet; the wrong number has ended another
    assert CallReport.objects.get(span="MONTH").agree == 1
    client.force_login(novita)
    page = client.get("/reports/lists/p01_daily/?period=today").content.decode()
    today, behind = timezone.localdate(), "/reports/lists/p01_results/"
    for part in parts.REASONS:
        number = getattr(day, part)
        address = f"{behind}?from={today}&to={today}&desk=CARING&segment=PRANPC&part={part}"
        assert (escape(address) in page) is bool(number)
        shown = client.get(address)
        assert len(shown.context["page"].rows) == number
    whole = b"".join(client.get("/reports/lists/p01_daily/export/xlsx/?period=today"))
    lines = [line for _number, line in rows(BytesIO(whole))]
    assert len(lines) == 2
    assert lines[1][2:4] == ["2", "1"]


def test_what_was_left_of_a_day_that_is_over_stays(citra: User) -> None:
    result = missed(citra)
    yesterday = timezone.localdate() - timedelta(days=1)
    CaringResult.objects.filter(pk=result.pk).update(day=yesterday, changed_at=timezone.now())
    counting.count_changed()
    CallReport.objects.filter(span="DAY").update(left=77, counted_at=timezone.now() - timedelta(hours=1))
    counting.count_changed()
    assert CallReport.objects.get(span="DAY").left == 77


def test_nothing_is_counted_where_nothing_changed(citra: User) -> None:
    missed(citra)
    counting.count_changed()
    CallReport.objects.update(counted_at=timezone.now() + timedelta(hours=1))
    assert counting.count_changed() == 0


def test_agents_see_their_own_results_and_no_report(citra: User, client: Client) -> None:
    missed(citra)
    missed(desk.person("dimas", Role.AGENT_CARING))
    client.force_login(citra)
    assert client.get("/reports/lists/p01_daily/").status_code == 404
    assert len(client.get("/reports/lists/p01_results/").context["page"].rows) == 1


def test_refused_calls_are_listed_by_their_rule(citra: User, novita: User, client: Client) -> None:
    one = desk.prospect()
    given = {"procedure": one.procedure_name(), "case_id": one.pk, "agent": citra}
    DialRefusal.objects.create(purpose="caring", why="GAP", words="Belum dua jam.", desk_id=one.desk_id, **given)
    DialRefusal.objects.create(purpose="callback", why="HOURS", words="Di luar jam.", desk_id=one.desk_id, **given)
    DialRefusal.objects.create(purpose="caring", why="GAP", words="Desk lain.", **given)
    client.force_login(novita)
    answer = client.get("/reports/lists/p01_refusals/")
    assert len(answer.context["page"].rows) == 1
    assert [count for _label, count, _place in answer.context["bands"]].count(1) == 1
