"""The measure of clause 4: calls drawn by a recorded seed, judged by somebody who had nothing to do with them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.escalation.models import Escalation
from tenesa.reporting import sampling
from tenesa.reporting.models import Sample
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep, UnknownStep
from tenesa.workflow.perform import perform
from tenesa.workflow.step import steps_of
from tests import refusals
from tests.journeys.desk import Outside
from tests.oracle import table
from tests.refusals import everything
from tests.vvip import audits, desk
from vvip.audits import samples
from vvip.audits.states import ALL, CRITERIA, STRATA, Part, State, criteria_of
from vvip.calls.states import Kind
from vvip.models import Audit, AuditTick

pytestmark = pytest.mark.usefixtures("all_hours")
ORACLE = table.read("w26audit", frozenset(State.values))


@pytest.fixture
def sita(db: None) -> User:
    """Supervisor of the desk."""
    return desk.person("sita", Role.SUPERVISOR)


# --- the table written by hand ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", list(dict.fromkeys([*ORACLE, *steps_of(Audit)])))
def test_the_code_says_what_the_table_says(name: str) -> None:
    step, row = steps_of(Audit)[name], ORACLE[name]
    with override("en"):
        assert tuple(str(one.label) for one in step.guards) == row.guards
    assert {str(role) for role in step.roles} == row.roles
    assert step.clause == row.clause
    assert (frozenset(step.source) - {""}, frozenset(step.target)) == (row.source, row.target)


@pytest.mark.parametrize("state", ALL)
def test_nobody_else_and_at_no_other_time(systems: Outside, state: str) -> None:
    people: dict[Role, User] = {
        role: desk.person(f"orang-{role.value}", role) for role in Role if role not in {Role.SYSTEM, Role.API_CLIENT}
    }
    audit = audits.placed(state)
    for name, step in steps_of(Audit).items():
        if not step.opens:
            refusals.refuses_other_roles(audit, name, people)
    if state == State.DRAWN:  # agents do not know of it yet
        people = {role: people[role] for role in (Role.TEAM_LEADER, Role.SUPERVISOR)}
    refusals.refuses_other_states(audit, state, people)


# --- the criteria -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", STRATA)
def test_each_path_is_judged_by_education_and_escalation_each_with_its_clause(path: str) -> None:
    found = criteria_of(path)
    assert {one.part for one in found.values()} == set(Part)
    assert all(one.clause.startswith("W-26 5.") for one in found.values())


def test_every_sentence_of_education_and_escalation_is_judged_somewhere() -> None:
    clauses = " ".join(one.clause for one in CRITERIA.values())
    for clause in ("5.1.1", "5.2.3", "5.2.4", "5.2.5", "5.2.6", "5.2.7", "5.2.8", "5.3.2", "5.3.3", "5.3.4", "5.3.6"):
        assert clause in clauses


# --- drawing ----------------------------------------------------------------------------------------------------------
def test_a_sample_keeps_all_that_it_takes_to_draw_it_again(systems: Outside, sari: User, lina: User) -> None:
    calls = [audits.solved(sari, number) for number in range(1, 6)]
    open_call = desk.recorded(sari, internet_number="122055599999")
    sample = audits.drawn(lina, size=3)
    told = sample.strata[Kind.NOT_LISTED]
    numbers = [call.pk for call in calls]
    assert (told["cases"], told["drawn"], told["digest"]) == (5, 3, sampling.digest(numbers))
    assert sample.strata[Kind.VVIP] == {"cases": 0, "drawn": 0, "digest": sampling.digest([])}
    found = list(Audit.objects.order_by("call").values_list("call", flat=True))
    assert found == sampling.draw(numbers, 3, sample.seed)
    assert open_call.pk not in found
    second = audits.drawn(lina)
    assert second.strata[Kind.NOT_LISTED]["drawn"] == 2  # nobody is drawn twice
    assert second.seed != sample.seed
    with pytest.raises(NotNow):
        audits.drawn(lina)
    assert Sample.objects.count() == 2


def test_the_paths_are_drawn_apart(systems: Outside, sari: User, tio: User, lina: User) -> None:
    desk.way_out()
    desk.listed("CUT_REINSTALL")
    callback = desk.reached(tio, desk.queued(sari))
    perform(callback, "solve", actor=tio, data={"solution": "Jadwal disepakati.", "informed": True})
    audits.solved(sari, 7)
    strata = audits.drawn(lina, size=1).strata
    assert {path: told["drawn"] for path, told in strata.items()} == {"SPECIAL": 1, "VVIP": 0, "NOT_LISTED": 1}
    special = Audit.objects.get(stratum=Kind.SPECIAL)
    assert special.educated_by == sari
    assert special.escalated_by == tio
    assert {sari.pk, tio.pk} <= set(special.workers)


def test_only_who_leads_the_desk_draws(systems: Outside, sari: User, bowo: User) -> None:
    audits.solved(sari)
    chief = desk.person("chief", Role.MANAGER)
    for person in (sari, bowo, chief):  # bowo leads another desk
        with pytest.raises(NotYourStep):
            audits.drawn(person)
    assert not Sample.objects.exists()


@pytest.mark.parametrize(("days", "size"), [(-1, 5), (0, 0), (0, 101)])
def test_a_sample_that_makes_no_sense_is_refused(
    systems: Outside, sari: User, lina: User, days: int, size: int
) -> None:
    audits.solved(sari)
    today = timezone.localdate()
    with pytest.raises(NotNow):
        samples.draw(lina, first=today, last=today + timedelta(days=days), size=size)
    assert not Sample.objects.exists()


# --- judging ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def audit(systems: Outside, sari: User, lina: User) -> Audit:
    audits.solved(sari)
    audits.drawn(lina)
    return Audit.objects.get()


def test_a_call_is_judged_criterion_by_criterion(audit: Audit, lina: User) -> None:
    judged = perform(audit, "audit", actor=lina, data=audits.ticks("explained_by_sop"))
    assert judged.state == State.DONE
    assert (judged.education, judged.escalation, judged.is_right) == (False, True, False)
    assert judged.audited_by == lina
    ticks = {tick.criterion: tick for tick in judged.ticks.all()}
    assert set(ticks) == set(criteria_of(Kind.NOT_LISTED))
    assert (ticks["explained_by_sop"].verdict, ticks["explained_by_sop"].clause) == ("NOT_MET", "W-26 5.2.7")
    told = Event.objects.get(procedure=Audit.procedure_name(), case_id=audit.pk, step="audit").data
    assert told["explained_by_sop"] == "NOT_MET"
    assert told["note"] == "Tidak sesuai."
    assert "ticks" not in told


def test_what_did_not_arise_is_not_wrong(audit: Audit, lina: User) -> None:
    given = {**audits.ticks(), "backend_tier1": "NOT_NEEDED"}
    assert perform(audit, "audit", actor=lina, data=given).is_right


@pytest.mark.parametrize(
    "given",
    [{}, {**audits.ticks(), "data_confirmed": "PERHAPS"}, {**audits.ticks("right_path"), "note": " "}],
    ids=["nothing", "no verdict", "wrong without words"],
)
def test_half_a_judgement_is_none(audit: Audit, lina: User, given: dict[str, str]) -> None:
    before = everything()
    with pytest.raises(InvalidInput):
        perform(audit, "audit", actor=lina, data=given)
    assert everything() == before


def test_criteria_of_another_path_are_not_asked_and_not_kept(audit: Audit, lina: User) -> None:
    perform(audit, "audit", actor=lina, data={**audits.ticks(), "way_out_told": "NOT_MET"})
    assert not AuditTick.objects.filter(criterion="way_out_told").exists()


def test_whoever_worked_on_the_call_does_not_judge_it(systems: Outside, lina: User, sita: User) -> None:
    """A leader who took the call themselves; the database says so too."""
    call = audits.solved(lina)
    audits.drawn(sita)
    audit = call.audits.get()
    with pytest.raises(NotNow) as refused:
        perform(audit, "audit", actor=lina, data=audits.ticks())
    assert "5.2" not in str(refused.value)
    assert not AuditTick.objects.exists()
    judged = {"audited_at": timezone.now(), "education": True, "escalation": True, "state": "DONE"}
    with pytest.raises(IntegrityError, match="audit_by_another"), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(audited_by=lina, **judged)
    assert perform(audit, "audit", actor=sita, data=audits.ticks()).state == State.DONE


def test_whoever_decided_about_the_call_does_not_judge_it(systems: Outside, sari: User, lina: User, sita: User) -> None:
    desk.customer()
    call = perform(desk.checked(sari), "analyse", actor=sari, data={"analysis": "Kabel putus."})
    perform(call, "ask_for_backend", actor=sari, data={"reason": "Mohon perbaikan."})
    perform(Escalation.objects.get(), "approve", actor=lina, data={"note": ""})
    perform(call, "take_result", actor=sari, data={"answer": "Kabel disambung.", "solved": True})
    audits.drawn(sita)
    with pytest.raises(NotNow):
        perform(Audit.objects.get(), "audit", actor=lina, data=audits.ticks())
    perform(Audit.objects.get(), "audit", actor=sita, data=audits.ticks())


# --- what was judged stays --------------------------------------------------------------------------------------------
def test_a_verdict_is_never_changed(audit: Audit, lina: User, sita: User) -> None:
    perform(audit, "audit", actor=lina, data=audits.ticks())
    for changed in ({"education": False}, {"audited_by": sita}, {"stratum": Kind.VVIP}):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            Audit.objects.filter(pk=audit.pk).update(**changed)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        AuditTick.objects.update(verdict="NOT_MET")
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Sample.objects.update(seed=1)
    with pytest.raises(NotNow):
        perform(audit, "audit", actor=sita, data=audits.ticks("right_path"))


def test_a_correction_is_another_audit_in_its_place(audit: Audit, lina: User, sita: User) -> None:
    perform(audit, "audit", actor=lina, data=audits.ticks("right_path"))
    with pytest.raises(NotNow):  # not by the one who judged
        perform(audit, "correct", actor=lina, data={**audits.ticks(), "reason": "Salah centang."})
    perform(audit, "correct", actor=sita, data={**audits.ticks(), "reason": "Jalur sudah benar."})
    old, new = audits.again(audit), Audit.objects.get(corrects=audit)
    assert (old.state, old.escalation, old.audited_by) == (State.SUPERSEDED, False, lina)
    assert (new.state, new.is_right, new.audited_by) == (State.DONE, True, sita)
    assert (new.call, new.sample, new.educated_by) == (old.call, old.sample, old.educated_by)
    assert old.ticks.filter(verdict="NOT_MET").exists()
    assert not new.ticks.filter(verdict="NOT_MET").exists()
    with pytest.raises(NotNow):
        perform(audit, "correct", actor=sita, data={**audits.ticks(), "reason": "Sekali lagi."})


def test_who_was_judged_objects_once_and_another_leader_decides(
    audit: Audit, sari: User, lina: User, sita: User
) -> None:
    perform(audit, "audit", actor=lina, data=audits.ticks("explained_by_sop"))
    perform(audit, "raise_objection", actor=sari, data={"reason": "Sudah saya jelaskan, ada di rekaman."})
    assert audits.again(audit).needs_action
    with pytest.raises(NotNow):
        perform(audit, "keep", actor=lina, data={"note": "Tetap."})
    perform(audit, "keep", actor=sita, data={"note": "Rekaman tidak memuatnya."})
    with pytest.raises(NotNow):
        perform(audit, "raise_objection", actor=sari, data={"reason": "Sekali lagi."})
    with pytest.raises(NotNow):
        perform(audit, "raise_objection", actor=sita, data={"reason": "Bukan urusan saya."})


# --- who sees it ------------------------------------------------------------------------------------------------------
def test_an_agent_sees_what_was_found_about_their_own_calls_alone(audit: Audit, sari: User, lina: User) -> None:
    other = desk.person("wati", Role.AGENT_147)
    with pytest.raises(UnknownStep):  # not yet
        perform(audit, "raise_objection", actor=sari, data={"reason": "-"})
    assert not Audit.objects.visible_to(sari).exists()
    perform(audit, "audit", actor=lina, data=audits.ticks())
    assert Audit.objects.visible_to(sari).get() == audit
    assert not Audit.objects.visible_to(other).exists()
    for person, status in ((sari, 200), (lina, 200), (other, 404)):
        client = Client()
        client.force_login(person)
        assert client.get(reverse("audits:case", args=[audit.pk])).status_code == status
        assert client.get(f"/api/audits/{audit.pk}/").status_code == status


def test_leaders_of_other_desks_do_not(audit: Audit, bowo: User) -> None:
    assert not Audit.objects.visible_to(bowo).exists()


# --- the shares -------------------------------------------------------------------------------------------------------
def test_the_page_shows_counts_shares_and_their_intervals(systems: Outside, sari: User, lina: User) -> None:
    for number in range(1, 5):
        audits.solved(sari, number)
    client = Client()
    client.force_login(lina)
    today = timezone.localdate().isoformat()
    given = {"first": today, "last": today, "size": "4"}
    assert client.post(reverse("samples"), given).status_code == 302
    for place, audit in enumerate(Audit.objects.order_by("pk")):
        perform(audit, "audit", actor=lina, data=audits.ticks("right_path" if place == 0 else ""))
    found = samples.recent(lina)[0]
    line = next(line for line in found.lines if line.path == Kind.NOT_LISTED)
    assert (line.cases, line.drawn, line.right.met, line.right.total) == (4, 4, 3, 4)
    assert (line.education.met, line.escalation.met) == (4, 3)
    interval = line.right.interval
    assert interval is not None
    assert (round(interval.low, 4), round(interval.high, 4)) == (0.3006, 0.9544)  # Wilson of 3 in 4, by hand
    assert found.left == 0
    assert found.right is not None
    assert found.right.share == pytest.approx(0.75)
    with override("id"):
        page = client.get(reverse("samples"), headers={"accept-language": "id"}).content.decode()
    assert "75,0" in page
    assert "30,1" in page
    assert "95,4" in page
    assert f"sample={found.sample.pk}" in page
    assert client.post(reverse("samples"), given).status_code == 409
    assert client.post(reverse("samples"), {**given, "size": "0"}).status_code == 422
    agent = Client()
    agent.force_login(sari)
    assert agent.get(reverse("samples")).status_code == 404
    assert agent.post(reverse("samples"), given).status_code == 404


def test_a_corrected_audit_counts_once(audit: Audit, lina: User, sita: User) -> None:
    perform(audit, "audit", actor=lina, data=audits.ticks("right_path"))
    perform(audit, "correct", actor=sita, data={**audits.ticks(), "reason": "Jalur sudah benar."})
    line = next(line for line in samples.recent(lina)[0].lines if line.path == Kind.NOT_LISTED)
    assert (line.right.met, line.right.total) == (1, 1)
