"""Step 4: QC judges a sample by the six criteria, never one's own call, once; an appeal by another (C-11 to C-17)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from caring import services
from caring.models import CaringResult, Instrument, Promise, Verdict
from caring.quality import instruments
from caring.results import queue
from caring.results.states import State
from caring.seed import GATE, SCORECARD
from tenesa.accounts.models import SYSTEM, Membership, User
from tenesa.accounts.roles import Role
from tenesa.systems.models import ExternalCall
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.perform import perform
from tests.caring import desk, results
from tests.refusals import everything

CARD = {f"score_{code}": "on" for code, _words, _weight, _critical in SCORECARD} | {"scored": "on"}


@pytest.fixture
def dian(db: None) -> User:
    """A second QCO."""
    return desk.person("dian", Role.QCO)


def returned(agent: User, qco: User) -> CaringResult:
    return perform(desk.at_qc(agent, qco), "return_to_agent", actor=qco, data=desk.RETURN)


def appealed(agent: User, qco: User) -> CaringResult:
    return perform(returned(agent, qco), "ask_again", actor=agent, data={"reason": "Pelanggan bilang iya di 02:10."})


def judged_by(qco: User, one: CaringResult, step: str, data: dict[str, str]) -> CaringResult:
    return perform(perform(one, "claim", actor=qco), step, actor=qco, data=data)


# --- the instruments --------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_gate_has_six_criteria_and_the_scorecard_eleven_that_make_a_hundred() -> None:
    gate = instruments.current(Instrument.Kind.GATE).items.all()
    card = instruments.current(Instrument.Kind.SCORECARD).items.all()
    assert [item.code for item in gate] == [code for code, *_rest in GATE]
    assert (len(gate), len(card), sum(item.weight for item in card)) == (6, 11, 100)
    assert sorted(item.weight for item in card) == [5] * 5 + [10] * 3 + [15] * 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("failed", "score"),
    [((), 100), (("TONE",), 95), (("OFFER", "OBJECTION"), 80), (("VERIFY",), 0), (("WILLING", "TONE"), 0)],
)
def test_a_critical_item_that_fails_makes_the_score_zero(failed: tuple[str, ...], score: int) -> None:
    items = instruments.current(Instrument.Kind.SCORECARD).items.all()
    assert instruments.score(items, {item.code: item.code not in failed for item in items}) == score


@pytest.mark.django_db
@pytest.mark.parametrize(("failed", "score"), [("WILLING", 0), ("OTHER", 100)])
def test_a_critical_criterion_of_the_gate_makes_the_score_zero(failed: str, score: int) -> None:
    """However the items of the scorecard are ticked (requirements 8.1)."""
    gate, items = (instruments.current(kind).items.all() for kind in (Instrument.Kind.GATE, Instrument.Kind.SCORECARD))
    ticks = {item.code: item.code != failed for item in gate}
    assert instruments.score(items, dict.fromkeys((item.code for item in items), True), gate, ticks) == score


# --- judging ----------------------------------------------------------------------------------------------------------
def test_approve_needs_all_six(citra: User, laras: User) -> None:
    one = desk.at_qc(citra, laras)
    before = everything()
    for code, *_rest in GATE:
        with pytest.raises(InvalidInput):
            perform(one, "approve", actor=laras, data={**desk.OK, f"gate_{code}": "NOT_OK"})
        with pytest.raises(InvalidInput):  # not said is not met
            perform(one, "approve", actor=laras, data={k: v for k, v in desk.OK.items() if k != f"gate_{code}"})
    assert everything() == before
    assert perform(one, "approve", actor=laras, data={**desk.OK, **CARD}).state == State.APPROVED
    verdict = Verdict.objects.get()
    assert (verdict.kind, verdict.decision, verdict.score) == ("DECIDING", "APPROVED", 100)
    assert verdict.ticks == dict.fromkeys((code for code, *_rest in GATE), True)
    assert (verdict.gate.version, verdict.qco) == (1, laras)


def test_the_scorecard_may_be_left_out(citra: User, laras: User) -> None:
    perform(desk.at_qc(citra, laras), "approve", actor=laras, data=desk.OK)
    verdict = Verdict.objects.get()
    assert (verdict.score, verdict.scorecard, verdict.scores) == (None, None, {})


@pytest.mark.parametrize(
    "given",
    [
        {**desk.RETURN, "gate_WILLING": "OK"},
        {**desk.RETURN, "recommendation": " "},
        {**desk.RETURN, "return_class": ""},
        {**desk.RETURN, "gate_BILL": "MAYBE"},
    ],
    ids=["all ok", "no recommendation", "no kind", "no verdict"],
)
def test_a_return_names_a_criterion_and_what_to_do(citra: User, laras: User, given: dict[str, str]) -> None:
    one = desk.at_qc(citra, laras)
    before = everything()
    with pytest.raises(InvalidInput):
        perform(one, "return_to_agent", actor=laras, data=given)
    assert everything() == before


def test_a_return_tells_both_applications_and_leaves_the_promise_unconfirmed(citra: User, laras: User) -> None:
    one = returned(citra, laras)
    assert (one.state, one.return_class, one.approved) == (State.RETURNED, "OFFER", False)
    assert one.returned_at is not None
    assert one.promise.state == Promise.State.UNCONFIRMED
    told = ExternalCall.objects.filter(operation="verdict", case_id=one.pk)
    assert {call.system for call in told} == {"mycx", "tamara"}
    assert {call.payload["valid"] for call in told} == {"Not Valid"}


def test_the_third_verdict_only_where_it_is_switched_on(citra: User, laras: User, settings: Settings) -> None:
    one = desk.at_qc(citra, laras)
    with pytest.raises(NotNow):
        perform(one, "reject", actor=laras, data=desk.RETURN)
    settings.CARING = {**settings.CARING, "not_valid": True}
    one = perform(one, "reject", actor=laras, data=desk.RETURN)
    assert (one.state, one.ended_how) == (State.FINAL, "NOT_VALID")
    assert Verdict.objects.get().decision == Verdict.Decision.NOT_VALID
    assert one.promise.state == Promise.State.SUPERSEDED


# --- whose ------------------------------------------------------------------------------------------------------------
def both_roles(user: User, role: Role) -> User:
    Membership.objects.create(user=user, team=user.memberships.get().team, role=role)
    return User.objects.get(pk=user.pk)


def test_nobody_judges_their_own_call(citra: User, laras: User) -> None:
    one = desk.entered(desk.agreed(citra))
    citra = both_roles(citra, Role.QCO)
    with pytest.raises(NotNow, match=r"4\.3"):
        perform(one, "claim", actor=citra)
    assert queue.claim_next(citra) is None
    assert queue.claim_next(laras) == one


def test_whoever_worked_on_it_does_not_judge_it(citra: User, novita: User) -> None:
    one = desk.entered(desk.agreed(citra))
    one.involve(novita)
    CaringResult.objects.filter(pk=one.pk).update(workers=one.workers)
    novita = both_roles(novita, Role.QCO)
    with pytest.raises(NotNow, match=r"4\.3"):
        perform(one, "claim", actor=novita)
    assert queue.claim_next(novita) is None


def test_the_database_bars_it_too(citra: User, laras: User, novita: User) -> None:
    one = desk.entered(desk.agreed(citra))
    for who in (citra, novita):
        with pytest.raises(IntegrityError, match="result_qco_is_another"), transaction.atomic():
            CaringResult.objects.filter(pk=one.pk).update(qco=who, workers=[citra.pk, novita.pk])
    found = {"ticks": dict.fromkeys((code for code, *_rest in GATE), True), "scores": {}}
    one = desk.again(one)
    own = instruments.verdict(one, Verdict.Kind.DECIDING, Verdict.Decision.APPROVED, citra, found)
    with pytest.raises(DatabaseError, match="had to do with the call"), transaction.atomic():
        own.save()


@pytest.mark.parametrize("step", ["claim", "approve", "return_to_agent", "reject", "give_back"])
def test_only_qc_judges(citra: User, laras: User, novita: User, step: str) -> None:
    one = desk.at_qc(citra, laras)
    client = desk.person("mesin", Role.API_CLIENT)
    before = everything()
    for who in (citra, novita, client):
        with pytest.raises(NotYourStep):
            perform(one, step, actor=who, data=desk.OK)
    assert everything() == before


# --- the claim --------------------------------------------------------------------------------------------------------
def test_another_qco_does_not_decide_what_one_holds(citra: User, laras: User, dian: User) -> None:
    one = desk.at_qc(citra, laras)
    with pytest.raises(NotNow):
        perform(one, "claim", actor=dian)
    with pytest.raises(NotNow):
        perform(one, "approve", actor=dian, data=desk.OK)


def test_a_qco_holds_no_more_than_allowed(citra: User, laras: User, settings: Settings) -> None:
    assert settings.CARING["qc_open"] == 35
    settings.CARING = {**settings.CARING, "qc_open": 2}
    for _one in range(3):
        results.made(State.QC_QUEUED, citra, prospect=desk.prospect())
    assert queue.claim_next(laras)
    assert queue.claim_next(laras)
    with pytest.raises(NotNow):
        queue.claim_next(laras)


def test_what_is_given_back_or_left_goes_to_the_queue(citra: User, laras: User, dian: User) -> None:
    one = desk.at_qc(citra, laras)
    one = perform(one, "give_back", actor=laras, data={"note": "Rekaman lama diunduh."})
    assert (one.state, one.owner) == (State.QC_QUEUED, None)
    one = perform(one, "claim", actor=dian)
    with pytest.raises(NotNow):
        perform(one, "lose_lease", actor=SYSTEM)
    CaringResult.objects.filter(pk=one.pk).update(lease_until=timezone.now() - timedelta(minutes=1))
    assert services.expire_leases() == 1
    assert desk.again(one).state == State.QC_QUEUED
    perform(one, "claim", actor=laras)
    assert services.give_back(laras) == 1


# --- appeal -----------------------------------------------------------------------------------------------------------
def test_an_appeal_is_won(citra: User, laras: User, dian: User) -> None:
    one = appealed(citra, laras)
    with pytest.raises(NotNow):
        perform(one, "claim", actor=laras)
    assert queue.claim_next(laras) is None
    one = judged_by(dian, one, "approve", desk.OK)
    first, second = Verdict.objects.order_by("pk")
    assert (first.decision, second.kind, second.decision) == ("RETURNED", "APPEAL", "APPROVED")
    assert (second.supersedes, one.deciding_verdict()) == (first, second)
    assert (one.recommendation, one.return_class, one.returned_at) == ("", "", None)
    assert one.promise.state == Promise.State.OPEN


def test_an_appeal_is_lost_and_gives_no_second_one_and_no_new_time(citra: User, laras: User, dian: User) -> None:
    one = appealed(citra, laras)
    since = one.returned_at
    one = judged_by(dian, one, "return_to_agent", desk.RETURN)
    assert (one.state, one.returned_at) == (State.RETURNED, since)
    with pytest.raises(NotNow):
        perform(one, "ask_again", actor=citra, data={"reason": "Sekali lagi."})
    assert [verdict.kind for verdict in Verdict.objects.order_by("pk")] == ["DECIDING", "APPEAL"]


def test_the_time_of_an_appeal_ends_after_three_days(citra: User, laras: User) -> None:
    one = returned(citra, laras)
    for over, allowed in ((timedelta(seconds=1), False), (timedelta(seconds=-60), True)):
        CaringResult.objects.filter(pk=one.pk).update(returned_at=timezone.now() - timedelta(days=3) - over)
        if allowed:
            assert perform(one, "ask_again", actor=citra, data={"reason": "Belum."}).appeal_open
        else:
            with pytest.raises(NotNow):
                perform(one, "ask_again", actor=citra, data={"reason": "Belum."})


def test_neither_scorer_nor_asker_is_the_arbiter(citra: User, laras: User, novita: User) -> None:
    one = returned(citra, laras)
    scorer, novita = both_roles(laras, Role.TEAM_LEADER), both_roles(novita, Role.QCO)
    with pytest.raises(NotNow):  # the scorer does not ask either
        perform(one, "ask_again", actor=scorer, data={"reason": "Saya ragu."})
    one = perform(one, "ask_again", actor=novita, data={"reason": "Rekaman memuatnya."})
    for who in (scorer, novita):
        with pytest.raises(NotNow):
            perform(one, "claim", actor=who)
    found: dict[str, Any] = {"ticks": {}, "scores": {}}
    again = instruments.verdict(one, Verdict.Kind.APPEAL, Verdict.Decision.APPROVED, laras, found)
    again.supersedes = one.deciding_verdict()
    with pytest.raises(DatabaseError, match="verdict of the same person"), transaction.atomic():
        again.save()


def test_a_leader_who_judged_it_may_pass_it_on(citra: User, laras: User) -> None:
    one = returned(citra, laras)
    leader = both_roles(laras, Role.TEAM_LEADER)
    assert perform(one, "pass_on", actor=leader, data={"note": "Telepon lagi."}).state == State.RECALL


# --- what was judged stays --------------------------------------------------------------------------------------------
def test_a_verdict_is_never_changed(citra: User, laras: User) -> None:
    returned(citra, laras)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Verdict.objects.update(decision="APPROVED")
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Verdict.objects.all().delete()


@pytest.mark.parametrize("changed", [{"amount_told": 1}, {"receiver": "Orang lain"}, {"category": "DECLINE"}])
def test_a_judged_result_never_changes(citra: User, laras: User, changed: dict[str, Any]) -> None:
    one = returned(citra, laras)
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        CaringResult.objects.filter(pk=one.pk).update(**changed)
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        CaringResult.objects.filter(pk=one.pk).delete()


def to_reinput(one: CaringResult, leader: User) -> CaringResult:
    given = {"difference": "Alasan berbeda di TAMARA.", "by": timezone.localdate().isoformat()}
    one = perform(one, "find_mismatch", actor=leader, data=given)
    return perform(one, "ask_reinput", actor=leader, data=given)


@pytest.fixture
def approved(citra: User, laras: User) -> CaringResult:
    return perform(desk.at_qc(citra, laras), "approve", actor=laras, data=desk.OK)


def test_an_unchanged_re_send_stays_approved(approved: CaringResult, citra: User, novita: User) -> None:
    one = to_reinput(approved, novita)
    one = perform(one, "reenter", actor=citra, data={"reason": one.reason, "note": one.remark})
    one = desk.entered(one)
    assert (one.state, one.result_version, one.approved) == (State.APPROVED, 1, True)
    assert Verdict.objects.count() == 1


def test_a_changed_content_is_a_new_version_that_qc_judges_anew(
    approved: CaringResult, citra: User, dian: User, novita: User
) -> None:
    one = to_reinput(approved, novita)
    one = perform(one, "reenter", actor=citra, data={"reason": "SUBSCRIBES", "note": "Dibetulkan."})
    assert (one.result_version, one.approved) == (2, None)
    one = desk.entered(one)
    assert one.state == State.QC_QUEUED
    with pytest.raises(NotNow):
        perform(one, "finalise", actor=novita)
    one = judged_by(dian, one, "approve", desk.OK)
    assert [(v.kind, v.result_version, v.content["reason"]) for v in Verdict.objects.order_by("pk")] == [
        ("DECIDING", 1, "KEEPS"), ("DECIDING", 2, "SUBSCRIBES"),
    ]  # fmt: skip


def test_a_new_version_after_an_appeal_gets_a_decision_of_its_own(
    citra: User, laras: User, dian: User, novita: User
) -> None:
    one = judged_by(dian, appealed(citra, laras), "approve", desk.OK)
    one = perform(to_reinput(one, novita), "reenter", actor=citra, data={"reason": "SUBSCRIBES", "note": "Benar."})
    one = judged_by(laras, desk.entered(one), "return_to_agent", desk.RETURN)
    verdict = one.deciding_verdict()
    assert verdict is not None
    assert verdict.kind == Verdict.Kind.DECIDING
    assert one.returned_at is not None
    assert timezone.now() - one.returned_at < timedelta(minutes=5)


def test_a_result_has_one_deciding_verdict_a_version(approved: CaringResult, dian: User) -> None:
    found: dict[str, Any] = {"ticks": {}, "scores": {}}
    second = instruments.verdict(approved, Verdict.Kind.DECIDING, Verdict.Decision.APPROVED, dian, found)
    with pytest.raises(IntegrityError, match="verdict_decides_once"), transaction.atomic():
        second.save()


def fails(name: str, change: Callable[[Verdict], None], one: CaringResult, qco: User) -> None:
    found: dict[str, Any] = {"ticks": {}, "scores": {}}
    verdict = instruments.verdict(one, Verdict.Kind.SECOND_LOOK, Verdict.Decision.RETURNED, qco, found)
    change(verdict)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        verdict.save()


def test_scores_that_do_not_decide_say_what_they_are_about(approved: CaringResult, dian: User) -> None:
    fails("verdict_looks_again", lambda verdict: None, approved, dian)
    fails("verdict_of_a_round", lambda verdict: setattr(verdict, "kind", "CALIBRATION"), approved, dian)
