"""Execution: whole records and nothing else, once, by another's approval; the certificate."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from caring.models import CaringResult, Prospect, Verdict
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.mail.models import Blob, InboundMail
from tenesa.reporting.measuring import drift, measure_again, measure_new
from tenesa.reporting.models import Measurement, Tally
from tenesa.retention import holds, notices, running, schedule
from tenesa.retention.kinds import kinds
from tenesa.retention.models import Certificate, Disposal, Outcome
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep, UnknownStep
from tenesa.workspace.models import Note
from tests import factories
from tests.journeys.desk import Outside
from tests.journeys.patience import eventually
from tests.retention.aged import RECORDS, People, mail_case, orphans, prospect, what_became
from tests.services import services
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db
Draw = Callable[[], Disposal]


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_of_every_kind_goes_whole(systems: Outside, people: People, executed: Draw, name: str) -> None:
    record = RECORDS[name](people)
    run = executed()
    assert what_became(run)[kinds()[name].number(record.pk)] == "removed"
    assert not type(record)._base_manager.filter(pk=record.pk).exists()
    assert orphans() == []
    assert run.status == "DONE"
    done = Outcome.objects.get(listed__kind=name, listed__record=record.pk)
    assert (len(done.sha256), done.rows >= 1) == (64, True)


def test_nothing_of_a_mail_case_stays_but_its_figures(people: People, executed: Draw) -> None:
    case, other = mail_case(people), factories.opened()
    shared, own = other.first_mail.blob_id, case.first_mail.attachments.get().blob_id
    InboundMail.objects.filter(pk=case.first_mail_id).update(blob_id=shared)
    executed()
    assert not Event.objects.filter(procedure="tickets.emailcase", case_id=case.pk).exists()
    assert not Note.objects.exists()
    assert list(Blob.objects.filter(pk__in=[shared, own]).values_list("pk", flat=True)) == [shared]
    kept = Measurement.objects.get(kpi="response", case_id=case.pk)
    assert kept.reference == ""
    assert Event.objects.filter(case_id=other.pk).exists()
    call_command("verify_events", stdout=StringIO())


def test_figures_of_past_months_stay_also_when_all_is_measured_anew(people: People, executed: Draw) -> None:
    mail_case(people)
    Measurement.objects.all().delete()
    measure_new()
    before = set(Tally.objects.values_list("kpi", "day", "total", "met"))
    assert before
    executed()
    measure_again()
    assert set(Tally.objects.values_list("kpi", "day", "total", "met")) == before
    assert list(drift()) == []


def test_append_only_holds_again_after_it(people: People, executed: Draw) -> None:
    mail_case(people)
    other = factories.opened()
    executed()
    with pytest.raises(Error), transaction.atomic():
        Event.objects.filter(case_id=other.pk).delete()


def test_nobody_approves_a_list_of_their_own(people: People, drawn: Draw, hendra: User, manager: User) -> None:
    mail_case(people)
    run = drawn()
    with pytest.raises(NotNow):
        running.approve(hendra, run)
    with pytest.raises(Error), transaction.atomic():
        Disposal.objects.filter(pk=run.pk).update(status="APPROVED", decided_by=hendra, decided_at=run.listed_at)
    assert "it is over" in running.execute(run.pk)
    assert EmailCase.objects.exists()
    running.approve(manager, run)
    with pytest.raises(NotNow):
        running.approve(manager, run)


def test_who_approves(people: People, drawn: Draw, rini: User, bowo: User) -> None:
    mail_case(people)
    run = drawn()
    admin = factories.person("wati", Role.ADMIN)
    for user, refusal in ((rini, UnknownStep), (bowo, UnknownStep), (admin, NotYourStep)):
        with pytest.raises(refusal):
            running.approve(user, run)
    run.refresh_from_db()
    assert run.status == "LISTED"


def test_what_is_not_approved_stays(people: People, drawn: Draw, manager: User) -> None:
    mail_case(people)
    run = drawn()
    with pytest.raises(InvalidInput):
        running.drop(manager, run, note=" ")
    running.drop(manager, run, note="Audit sedang berjalan.")
    with pytest.raises(NotNow):
        running.approve(manager, run)
    running.execute(run.pk)
    assert EmailCase.objects.count() == 1


def test_what_changed_since_the_list_is_left_and_said(people: People, drawn: Draw, manager: User) -> None:
    reopened, held, gone, fine = (mail_case(people) for _ in range(4))
    target, merged = mail_case(people), mail_case(people)
    EmailCase.objects.filter(pk=merged.pk).update(state="MERGED", merged_into=target)
    named = mail_case(people)
    run = drawn()
    running.approve(manager, run)
    EmailCase.objects.filter(pk=reopened.pk).update(state=factories.opened().state)
    EmailCase.objects.filter(pk=target.pk).update(state=factories.opened().state)
    EmailCase.objects.filter(pk=reopened.pk).update(referenced_case=named)
    holds.place(manager, number=held.number, reason="Gugatan.")
    _remove_by_hand(gone)
    running.execute(run.pk)
    became = what_became(run)
    assert [became[one.number] for one in (reopened, held, gone, fine)] == ["OPEN", "HOLD", "GONE", "removed"]
    assert [became[one.number] for one in (target, merged, named)] == ["OPEN", "REFERRED", "REFERRED"]
    stayed = [reopened, held, gone, fine, target, merged, named]
    assert {one for one in stayed if EmailCase.objects.filter(pk=one.pk).exists()} == {
        reopened, held, target, merged, named,
    }  # fmt: skip
    counts = Certificate.objects.get().counts["tickets.emailcase"]
    assert (counts["removed"], counts["skipped"]) == (1, 6)
    assert orphans() == []


def _remove_by_hand(case: EmailCase) -> None:
    from tenesa.retention.dossiers import Dossiers
    from tenesa.retention.removing import remove

    remove(Dossiers(kinds()["tickets.emailcase"], {case.pk: case.pk}), [case.pk])


def test_years_that_grew_after_the_list_are_honoured(people: People, drawn: Draw, manager: User) -> None:
    case = mail_case(people)
    run = drawn()
    admin = factories.person("wati", Role.ADMIN)
    asked = schedule.propose(admin, "tickets.emailcase", count=10, since=run.cutoff, note="Surat.")
    schedule.decide(manager, asked, accept=True)
    running.approve(manager, run)
    running.execute(run.pk)
    assert what_became(run)[case.number] == "YOUNGER"


def test_executed_twice_it_does_nothing_more(people: People, executed: Draw) -> None:
    mail_case(people)
    run = executed()
    outcomes = Outcome.objects.count()
    assert "it is over" in running.execute(run.pk)
    assert (Outcome.objects.count(), Certificate.objects.count()) == (outcomes, 1)


def test_the_certificate_carries_numbers_and_hashes_and_no_customer(people: People, executed: Draw) -> None:
    case = mail_case(people)
    run = executed()
    certificate = run.certificate
    assert (certificate.drawn_by, certificate.approved_by) == ("Hendra", "Maya")
    assert certificate.counts["tickets.emailcase"]["removed"] == 1
    assert certificate.digest == running.digest_of(run)
    columns = [Disposal, Certificate, *(line._meta.model for line in run.records.all()[:1]), Outcome]
    kept = " ".join(str(list(model.objects.values())) for model in columns)  # type: ignore[attr-defined]
    assert case.number in kept
    for word in ("bonar", "samudra", "0812", case.subject.casefold()):
        assert word not in kept.casefold()
    for change in (lambda: Certificate.objects.update(digest=""), lambda: Outcome.objects.all().delete()):
        with pytest.raises(Error), transaction.atomic():
            change()


def test_a_report_of_that_time_says_what_is_gone(people: People, executed: Draw) -> None:
    mail_case(people)
    assert notices.gone_until() is None
    run = executed()
    until = notices.gone_until("tickets.emailcase")
    assert until is not None
    assert until.isoformat() == run.until["tickets.emailcase"]
    assert notices.gone_until("caring.prospect") is None
    assert f"{until:%d/%m/%Y}" in notices.said(until)
    assert notices.said(run.cutoff) == ""


def test_a_verdict_waits_for_no_open_reconciliation(systems: Outside, people: People, drawn: Draw) -> None:
    """A difference that nobody has answered holds the prospect of its result back."""
    run = RECORDS["caring.reconciliation"](people)
    type(run).objects.update(status="OPEN", finalised_at=None, signed_by=None, signed_at=None)
    one = Prospect.objects.get()
    found = drawn()
    assert what_became(found)[one.number] == "REFERRED"
    assert found.records.get(kind="caring.prospect").about == kinds()["caring.reconciliation"].number(run.pk)


def test_a_batch_asks_no_more_for_many_than_for_one(
    people: People, drawn: Draw, manager: User, later: Callable[..., None]
) -> None:
    counts = []
    for many in (1, 20):
        later(days=0)
        for _number in range(many):
            mail_case(people)
        run = drawn()
        running.approve(manager, run)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            running.execute(run.pk)
        counts.append(len(asked))
        Disposal.objects.filter(status="LISTED").update(status="EMPTY")
    assert counts[1] <= counts[0] + 5
    assert counts[0] < 400


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_no_half_and_the_next_goes_on(
    people: People, drawn: Draw, manager: User
) -> None:
    """The second batch waits for a row that this test holds while it deletes; then its process is killed."""
    cases = [mail_case(people) for _ in range(60)]
    batch, last = kinds()["tickets.emailcase"].batch, cases[-1]
    run = drawn()
    running.approve(manager, run)
    script = f"import django; django.setup(); from tenesa.retention import running; running.execute({run.pk})"
    with transaction.atomic():
        list(Event.objects.select_for_update().filter(procedure="tickets.emailcase", case_id=last.pk))
        process = services.spawn("retention", [sys.executable, "-c", script], services.environment())
        eventually(lambda: _is_stuck(process), what="the second batch to wait for the row")
        assert Outcome.objects.filter(listed__kind="tickets.emailcase").count() == batch
        services.kill(process)
    assert process.wait() != 0
    eventually(lambda: EmailCase.objects.count() == len(cases) - batch, what="the rollback of the second batch")
    assert orphans() == []
    assert not Certificate.objects.exists()
    running.execute(run.pk)
    assert not EmailCase.objects.exists()
    removed = Outcome.objects.filter(listed__kind="tickets.emailcase", removed=True)
    assert removed.count() == len(cases)
    assert orphans() == []
    assert Certificate.objects.get().counts["tickets.emailcase"]["removed"] == len(cases)


def _is_stuck(process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, services.log("retention").read_text()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            " AND query LIKE '%DELETE FROM \"audit_event\"%'"
        )
        return bool(cursor.fetchone()[0])


def test_a_case_waits_for_the_prospect_that_names_it(
    systems: Outside, people: People, drawn: Draw, manager: User
) -> None:
    """Whoever opens the prospect is told what became of the fault: the case stays as long, and both go in one run."""
    one, case = prospect(people), EmailCase.objects.get()
    EmailCase.objects.update(state="CLOSED")
    Prospect.objects.filter(pk=one.pk).update(state="FOLLOW_UP")
    run = drawn()
    assert what_became(run)[case.number] == "REFERRED"
    assert run.records.get(number=case.number).about == one.number
    Disposal.objects.update(status="EMPTY")
    Prospect.objects.filter(pk=one.pk).update(state="DONE_AGREE")
    run = drawn()
    running.approve(manager, run)
    running.execute(run.pk)
    became = what_became(run)
    assert (became[one.number], became[case.number]) == ("removed", "removed")
    assert orphans() == []


def test_prospects_go_with_results_and_verdicts(systems: Outside, people: People, executed: Draw) -> None:
    prospect(people)
    executed()
    assert not Prospect.objects.exists()
    assert not CaringResult.objects.exists()
    assert not Verdict.objects.exists()
