"""What a walked case is measured as; measured again it is the same."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import psycopg2
import pytest
from django.db import connection

from tenesa.accounts.models import SYSTEM, Team, User
from tenesa.reporting import measuring, tally
from tenesa.reporting.models import Measurement, Reading, Tally
from tenesa.reporting.registry import kpis, procedures
from tenesa.workflow.perform import perform
from tests import factories
from tests.platform.test_escalation import escalated, time_is_up
from tests.reporting.walks import Walk
from tickets.measures.reports import ACTIVITIES
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db


def figures(case: EmailCase) -> dict[str, Any]:
    """KPI → what came of it: met or not, seconds, part."""
    rows = Measurement.objects.filter(case_id=case.pk).order_by("seq")
    found: dict[str, Any] = {}
    for row in rows:
        told = tuple(value for value in (row.met, row.seconds, row.part or None) if value is not None)
        found.setdefault(row.kpi, []).append(told)
    return found


def test_it_measures_an_information_case_that_was_solved_at_once(rini: User) -> None:
    walk = Walk(rini).information(after=17).close()
    assert measuring.measure_new() == 1
    assert figures(walk.case) == {
        "received": [("INFORMATION",)],
        "routing": [(True, "MANUAL")],
        "response": [(True, 20 * 60)],
        "need": [(True,)],
        "information": [(True, "given")],
        "at_once": [(True,)],
        "as_needed": [(True,)],
        "closing": [(True, "INFORMATION")],
    }
    row = Measurement.objects.get(kpi="response")
    assert (row.agent, row.segment, row.desk_id, row.team.code) == (rini, "DES", "TENESA", "tenesa-all")  # type: ignore[union-attr]


def test_it_counts_a_late_answer_and_a_customer_who_had_to_ask_again(rini: User) -> None:
    walk = Walk(rini).information(after=90, related_product="", none_fits="sudah berlangganan").close()
    walk.take("reopen", by=SYSTEM, mail=factories.inbound("Belum jelas."))
    measuring.measure_new()
    found = figures(walk.case)
    assert found["response"] == [(False, 93 * 60)]
    assert found["information"] == [(True, "none")]
    assert (found["at_once"], found["as_needed"], found["closing"]) == ([(False,)], [(False,)], [(True, "INFORMATION")])


def test_a_step_that_was_taken_back_is_not_measured(rini: User, settings: Any) -> None:
    walk = Walk(rini).segment().take("identify", kind="INFORMATION")
    settings.MAIL_UNDO_SECONDS = 600
    perform(walk.case, "answer_information", actor=rini, data={"message": "Salah.", "none_fits": "lengkap"})
    measuring.measure_new()
    assert "response" in figures(walk.case)
    perform(walk.case, "take_back", actor=rini)
    measuring.measure_new()
    assert set(figures(walk.case)) == {"received", "routing"}


def test_measured_again_nothing_changes_and_who_moves_takes_no_figures_along(rini: User, bowo: User) -> None:
    for after in (5, 40, 80):
        Walk(rini).information(after=after).close()
    measuring.measure_new()
    before, added = list(Measurement.objects.order_by("pk").values()), sorted(tally.stored())
    rini.memberships.update(team=Team.objects.create(code="malam", name="Malam", desk_id="TENESA"))
    assert measuring.measure_again() == 3
    assert list(Measurement.objects.order_by("pk").values()) == before
    Tally.objects.all().delete()
    measuring.measure_again()
    assert sorted(tally.stored()) == added


def test_every_measure_says_what_it_counts(rini: User) -> None:
    assert len(kpis()) == sum(len(procedure.kpis) for procedure in procedures)
    assert {kpi.activity for kpi in kpis().values() if kpi.activity} == {activity.number for activity in ACTIVITIES}
    for kpi in kpis().values():
        assert all((kpi.counted, kpi.source, kpi.clause, kpi.met or kpi.target is None)), kpi.slug


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_after_a_larger_one_is_measured_all_the_same(rini: User) -> None:
    """Its id was passed while it was invisible: the cursor waits behind it."""
    walk = Walk(rini).information()
    given = connection.get_connection_params()
    other = psycopg2.connect(**{name: given[name] for name in ("dbname", "user", "host", "port") if name in given})
    with closing(other), other.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id(), nextval(pg_get_serial_sequence('audit_event', 'id'))")
        late = cursor.fetchone()[1]
        Walk(rini)
        measuring.measure_new()
        reading = Reading.objects.get()
        assert reading.safe < late < reading.ahead
        assert measuring.measure_new() == 0
        cursor.execute(
            "INSERT INTO audit_event SELECT %s, procedure, case_id, seq + 1, at, role, 'close', clause, revision,"
            " target, 'CLOSED', data, NULL, hash, '', actor_id FROM audit_event"
            " WHERE case_id = %s ORDER BY seq DESC LIMIT 1",
            [late, walk.case.pk],
        )
        other.commit()
    assert "closing" not in figures(walk.case)
    measuring.measure_new()
    assert figures(walk.case)["closing"] == [(True, "INFORMATION")]
    assert Reading.objects.get().safe >= late


def test_it_knows_the_day_in_jakarta(rini: User) -> None:
    late = datetime(2026, 11, 20, 16, 58, tzinfo=UTC)
    Walk(rini, late).information().close()
    measuring.measure_new()
    days = {row.kpi: row.day.day for row in Measurement.objects.filter(kpi__in=["received", "closing"])}
    assert days == {"received": 20, "closing": 21}


def test_an_escalation_counts_for_who_decided_it(rini: User, bowo: User, hendra: User) -> None:
    soon, late = escalated(rini), escalated(rini)
    perform(soon, "send_back", actor=bowo, data={"note": "Lanjutkan sendiri."})
    time_is_up(late, "decision_team_leader")
    perform(late, "send_back", actor=hendra, data={"note": "Lanjutkan."})
    measuring.measure_new()
    rows = Measurement.objects.filter(kpi="escalation").order_by("case_id")
    assert [(row.agent, row.met, row.part) for row in rows] == [
        (bowo, True, "TEAM_LEADER"),
        (hendra, False, "SUPERVISOR"),
    ]
