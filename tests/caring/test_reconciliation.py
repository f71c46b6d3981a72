"""The team leader's check of step 5: our results beside TAMARA and MyCX, questions, answers, signature (C-18, C-19)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import override
from pytest_django import Settings

from caring.models import CaringResult, Difference, Reconciliation
from caring.reconciliation import answers, runs
from caring.reconciliation.rows import ZONE
from caring.results.effects import row_of
from caring.results.states import State
from caring.working_days import next_working_day
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.contact.models import Holiday
from tenesa.rupiah import in_rupiah
from tenesa.systems import clients
from tenesa.systems.outbound import Outcome
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.perform import perform
from tests.caring import desk
from tests.caring.reconciling import compared, rows_of, steer
from tests.journeys.desk import Outside
from tests.refusals import everything

Status, Answer = Reconciliation.Status, Difference.State


def questions(run: Reconciliation) -> list[tuple[str, str, str]]:
    return [(one.system, one.kind, " ".join(one.fields)) for one in run.differences.order_by("system", "kind", "pk")]


def refused(reasons: str, ask: Any, *args: Any) -> None:
    with override("en"), pytest.raises(NotNow, match=reasons):
        ask(*args)


def test_what_is_equal_leaves_no_question_and_is_final_when_signed(approved: CaringResult, novita: User) -> None:
    run = compared(novita)
    assert (run.status, run.closes, questions(run)) == (Status.OPEN, True, [])
    assert run.counts == {name: {"ours": {"EQUAL": 1}, "theirs": {"EQUAL": 1}} for name in ("TAMARA", "MYCX")}
    answers.sign(novita, run)
    assert answers.finalise() == 1
    run.refresh_from_db()
    assert (run.status, run.signed_by, run.finalised) == (Status.SIGNED, novita, 1)
    assert desk.again(approved).state == State.FINAL
    assert answers.finalise() == 0


def test_a_difference_is_entered_again_by_its_agent_and_the_next_run_proves_it(
    systems: Outside, approved: CaringResult, citra: User, novita: User
) -> None:
    (there,) = rows_of("tamara")
    steer(systems, "PUT", f"tamara/{there}", amount=1)
    run = compared(novita)
    assert questions(run) == [("TAMARA", "DIFFERENT", "amount")]
    refused("1 question ", answers.sign, novita, run)
    one = answers.ask_reinput(novita, run.differences.get())
    result = desk.again(approved)
    due = next_working_day(timezone.localdate())
    assert (one.state, one.owner, one.due) == (Answer.ASKED, citra, due)
    assert (result.state, result.reinput_by) == (State.REINPUT, due)
    assert re.fullmatch(
        rf"TAMARA / CWC: \w+ {in_rupiah(1)} ≠ {in_rupiah(approved.amount_told or 0)}", result.difference
    )
    assert answers.settle() == 0
    refused("1 question ", answers.sign, novita, run)
    result = perform(result, "reenter", actor=citra, data={"reason": result.reason, "note": result.remark})
    clients.cwc().enter(Outcome.of(row_of(result)), key="again")
    result = desk.entered(result)
    assert (result.state, answers.settle()) == (State.APPROVED, 1)
    answers.sign(novita, run)
    assert answers.finalise() == 0, "what was entered after our side was read was not compared"
    again = compared(novita)
    assert questions(again) == []
    answers.sign(novita, again)
    assert answers.finalise() == 1


def test_one_task_stands_for_both_systems(systems: Outside, approved: CaringResult, novita: User) -> None:
    (there,), (other,) = rows_of("tamara"), rows_of("mycx")
    steer(systems, "PUT", f"tamara/{there}", receiver="Orang lain")
    steer(systems, "DELETE", f"mycx/{other}")
    run = compared(novita)
    assert questions(run) == [("MYCX", "MISSING", ""), ("TAMARA", "DIFFERENT", "receiver")]
    assert answers.ask_all(novita, run) == (1, [])
    assert {one.state for one in run.differences.all()} == {Answer.ASKED}
    assert desk.again(approved).difference.startswith("MyCX: ")
    refused("answered", answers.ask_reinput, novita, run.differences.first())


def test_an_orphan_and_a_duplicate_are_explained(systems: Outside, approved: CaringResult, novita: User) -> None:
    (there,), (other,) = rows_of("tamara"), rows_of("mycx")
    steer(systems, "POST", f"tamara/{there}/copy", note="")
    steer(systems, "POST", f"mycx/{other}/copy")
    run = compared(novita)
    assert questions(run) == [("MYCX", "DUPLICATE", "")] * 3 + [("TAMARA", "ORPHAN", "")]
    for one in run.differences.all():
        refused("not to be entered again", answers.ask_reinput, novita, one)
        with pytest.raises(InvalidInput):
            answers.explain(novita, one, "  ")
        answers.explain(novita, one, "Diketik dua kali di aplikasi.")
        refused("answered", answers.explain, novita, one, "lagi")
    again = compared(novita)
    assert {one.state for one in again.differences.all()} == {Answer.EXPLAINED}, "nobody is asked twice"
    answers.sign(novita, again)
    assert answers.finalise() == 1


def test_what_is_still_on_its_way_is_late_and_not_final(systems: Outside, citra: User, novita: User) -> None:
    result = desk.agreed(citra)
    run = compared(novita)
    assert questions(run) == [("MYCX", "LATE", ""), ("TAMARA", "LATE", "")]
    answers.sign(novita, run)
    assert answers.finalise() == 0
    assert desk.again(result).state == State.ENTERING


def test_a_result_at_qc_cannot_be_entered_again_yet(systems: Outside, citra: User, novita: User) -> None:
    result = desk.entered(desk.agreed(citra))
    run = compared(novita)
    assert questions(run) == [("MYCX", "MISSING", ""), ("TAMARA", "MISSING", "")]
    before = list(Difference.objects.values())
    refused(result.number, answers.ask_reinput, novita, run.differences.first())
    assert list(Difference.objects.values()) == before
    assert answers.ask_all(novita, run)[0] == 0
    assert desk.again(result).state == State.QC_QUEUED


def test_a_recall_leaves_the_superseded_row_uncompared_but_counted(
    systems: Outside, citra: User, laras: User, novita: User
) -> None:
    first = desk.agreed(citra)
    outcome = Outcome.of(row_of(first))
    clients.cwc().enter(outcome, key="first")
    clients.mycx().result(outcome, key="first")
    first = perform(
        perform(desk.entered(first), "claim", actor=laras), "return_to_agent", actor=laras, data=desk.RETURN
    )
    first = perform(first, "pass_on", actor=novita, data={"note": "Lagi."})
    second = desk.agreed(citra, desk.again(first.prospect))
    clients.cwc().enter(Outcome.of(row_of(second)), key="second")
    clients.mycx().result(Outcome.of(row_of(second)), key="second")
    run = compared(novita)
    assert (questions(run), run.closes) == ([], True)
    assert run.reads["TAMARA"] == {"told": 2, "superseded": 1, "outside": 0, "rows": 1}
    assert run.reads["OURS"] == {"told": 2, "superseded": 1, "outside": 0, "rows": 1}


def test_a_system_that_is_away_leaves_the_run_waiting(systems: Outside, approved: CaringResult, novita: User) -> None:
    systems.fault("mycx", "results", "http_500")
    run = compared(novita)
    assert (run.status, run.claimed_at, run.counts) == (Status.WAITING, None, {})
    assert "MyCX" in run.problem
    assert runs.waiting() == [run.pk]
    systems.heal()
    runs.run(run.pk)
    run.refresh_from_db()
    assert (run.status, run.problem, run.closes) == (Status.OPEN, "", True)
    assert runs.waiting() == []
    assert "over" in runs.run(run.pk)


def test_a_run_is_worked_on_by_one_until_it_falls_silent(systems: Outside, novita: User) -> None:
    today = timezone.localdate()
    run = runs.ask(novita, first=today, last=today)
    Reconciliation.objects.update(status="RUNNING", claimed_at=timezone.now())
    assert "another worker" in runs.run(run.pk)
    Reconciliation.objects.update(claimed_at=timezone.now() - runs.SILENT - timedelta(seconds=1))
    assert runs.waiting() == [run.pk]
    assert runs.run(run.pk).endswith("OPEN")


def test_a_proof_that_does_not_close_is_not_signed(systems: Outside, novita: User) -> None:
    run = compared(novita)
    Reconciliation.objects.filter(pk=run.pk).update(closes=False)
    refused("proof", answers.sign, novita, run)
    with pytest.raises(DatabaseError), transaction.atomic():
        Reconciliation.objects.filter(pk=run.pk).update(status="SIGNED", signed_by=novita, signed_at=timezone.now())


def test_only_leaders_of_the_desk_answer_and_sign(systems: Outside, approved: CaringResult, novita: User) -> None:
    (there,) = rows_of("tamara")
    steer(systems, "PUT", f"tamara/{there}", duration=999)
    run = compared(novita)
    people = [desk.person(f"orang-{role.value}", role) for role in Role if role not in {*answers.LEADERS, Role.SYSTEM}]
    people.append(desk.person("jauh", Role.TEAM_LEADER, desk_code="147"))
    before = everything()
    for user in people:
        for ask, *args in (
            (answers.ask_reinput, run.differences.get()), (answers.explain, run.differences.get(), "Begini."),
            (answers.sign, run), (answers.ask_all, run),
        ):  # fmt: skip
            with pytest.raises(NotYourStep):
                ask(user, *args)
    assert everything() == before


def test_what_was_read_never_changes(systems: Outside, approved: CaringResult, novita: User) -> None:
    steer(systems, "DELETE", f"tamara/{rows_of('tamara')[0]}")
    one = compared(novita).differences.get()
    changes: list[dict[str, Any]] = [{"ours": {}}, {"kind": "LATE"}, {"result": None}]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            Difference.objects.filter(pk=one.pk).update(**change)


@pytest.mark.parametrize(("first", "last"), [(0, -1), (-93, 0), (1, 2)])
def test_a_period_has_an_end_and_has_begun(novita: User, first: int, last: int) -> None:
    today = timezone.localdate()
    with pytest.raises(InvalidInput):
        runs.ask(novita, first=today + timedelta(days=first), last=today + timedelta(days=last))
    assert not Reconciliation.objects.exists()


def test_the_batch_of_the_day_is_asked_for_once_and_from_the_oldest_open_result(
    systems: Outside, approved: CaringResult, settings: Settings
) -> None:
    day = timezone.localdate()
    CaringResult.objects.filter(pk=approved.pk).update(day=day - timedelta(days=3))
    early, late = (datetime.combine(day, datetime.min.time(), ZONE) + timedelta(hours=hour) for hour in (19, 20))
    assert runs.ask_daily(early) is None
    run = runs.ask_daily(late)
    assert run is not None
    assert (run.first, run.last, run.asked_by) == (day - timedelta(days=3), day, None)
    assert runs.ask_daily(late) is None
    settings.CARING = {**settings.CARING, "reconcile_at": time(18, 30)}
    assert runs.ask_daily(early + timedelta(days=1)) is not None


def test_the_next_working_day_is_neither_sunday_nor_a_holiday(db: None) -> None:
    saturday = date(2026, 11, 28)
    assert next_working_day(saturday) == date(2026, 11, 30)
    Holiday.objects.update_or_create(date=date(2026, 11, 30), defaults={"name": "Libur", "confirmed": True})
    assert next_working_day(saturday) == date(2026, 12, 1)
    Holiday.objects.filter(date=date(2026, 11, 30)).update(confirmed=False)
    assert next_working_day(saturday) == date(2026, 11, 30)
