"""What is drawn at the day's end, by a recorded seed; scores that decide nothing (requirements 8.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from pytest_django import Settings

from caring import tasks
from caring.models import CaringResult, Promise, Ruling, SecondLook, Verdict
from caring.quality import figures, rescoring, samples
from caring.results.states import State
from caring.seed import GATE
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.reporting import sampling
from tenesa.reporting.models import Sample
from tenesa.workflow.errors import NotNow, NotYourStep
from tenesa.workflow.perform import perform
from tests.caring import desk, results

TODAY = timezone.localdate
ALL_OK = {"ticks": dict.fromkeys((code for code, *_rest in GATE), True), "scores": {}}
ONE_NOT = {"ticks": {**ALL_OK["ticks"], "BILL": False}, "scores": {}}
DECLINE: dict[str, Any] = {
    "category": "DECLINE", "reason": "EXPENSIVE", "sampled": None, "offer": "", "promised_on": None,
    "promised_amount": None,
}  # fmt: skip


def declines(agent: User, number: int, **changes: Any) -> list[CaringResult]:
    given = {**DECLINE, **changes}
    return [results.made(State.ENTERED, agent, prospect=desk.prospect(), **given) for _one in range(number)]


@pytest.fixture
def people(db: None) -> Sequence[User]:
    return [desk.person(name, Role.AGENT_CARING) for name in ("citra", "bagus")]


@pytest.fixture
def dian(db: None) -> User:
    return desk.person("dian", Role.QCO)


def drawn(agent: User) -> list[int]:
    return list(CaringResult.objects.filter(agent=agent, sampled=True).order_by("pk").values_list("pk", flat=True))


# --- declines ---------------------------------------------------------------------------------------------------------
def test_three_declines_of_each_agent_and_day_by_the_seed_that_is_kept(people: Sequence[User]) -> None:
    citra, bagus = people
    of_citra = [one.pk for one in declines(citra, 7)]
    declines(bagus, 2)
    sample = samples.draw("CARING", TODAY())
    assert sample is not None
    assert drawn(citra) == sampling.draw(of_citra, 3, sample.seed)
    assert len(drawn(bagus)) == 2
    told = sample.strata[f"{citra.pk} {TODAY()} DECLINE"]
    assert told == {"cases": 7, "drawn": 3, "digest": sampling.digest(of_citra)}
    assert sample.by is None
    states = Counter(CaringResult.objects.filter(agent=citra).values_list("state", "sampled"))
    assert states == {(State.QC_QUEUED, True): 3, (State.ENTERED, False): 4}
    assert set(CaringResult.objects.filter(sampled=True).values_list("sample", flat=True)) == {sample.pk}


def test_drawn_twice_nothing_more_is_drawn(people: Sequence[User]) -> None:
    declines(people[0], 5)
    samples.draw("CARING", TODAY())
    assert samples.draw("CARING", TODAY()) is None
    declines(people[0], 4)  # entered late
    samples.draw("CARING", TODAY())
    assert len(drawn(people[0])) == 3
    assert not CaringResult.objects.filter(sampled=None).exists()


def test_a_decline_that_was_drawn_goes_the_same_way(people: Sequence[User], laras: User, novita: User) -> None:
    (one,) = declines(people[0], 1)
    with pytest.raises(NotNow):  # nobody makes it final before its day is drawn
        perform(one, "finalise", actor=novita)
    samples.draw("CARING", TODAY())
    one = perform(perform(desk.again(one), "claim", actor=laras), "return_to_agent", actor=laras, data=desk.RETURN)
    assert perform(one, "pass_on", actor=novita, data={"note": "Telepon lagi."}).state == State.RECALL


def test_the_task_draws_the_day_that_has_ended(people: Sequence[User], settings: Settings) -> None:
    declines(people[0], 1)
    yesterday = TODAY() - timedelta(days=1)
    (old,) = declines(people[1], 1, day=yesterday)
    settings.CARING = {**settings.CARING, "day_end": 24}
    tasks.draw_samples()
    assert (drawn(people[0]), drawn(people[1])) == ([], [old.pk])
    settings.CARING = {**settings.CARING, "day_end": 0}
    tasks.draw_samples()
    assert len(drawn(people[0])) == 1
    assert set(Sample.objects.values_list("purpose", flat=True)) == {samples.PURPOSE}


def test_agrees_are_drawn_by_rate_where_not_all_are_taken(citra: User, settings: Settings) -> None:
    settings.CARING = {**settings.CARING, "qc_agrees": False, "qc_agree_rate": 0.5}
    for _one in range(3):
        one = desk.entered(desk.agreed(citra))
        assert (one.state, one.sampled) == (State.ENTERED, None)
        assert one.promise.state == Promise.State.UNCONFIRMED
    samples.draw("CARING", TODAY())
    found = Counter(CaringResult.objects.values_list("state", "sampled", "promise__state"))
    assert found == {(State.QC_QUEUED, True, "UNCONFIRMED"): 2, (State.ENTERED, False, "OPEN"): 1}


# --- second looks -----------------------------------------------------------------------------------------------------
def test_a_second_look_is_by_another_and_decides_nothing(citra: User, laras: User, dian: User) -> None:
    one = perform(desk.at_qc(citra, laras), "approve", actor=laras, data=desk.OK)
    assert samples.draw_second_looks("CARING", TODAY()) is not None
    assert samples.draw_second_looks("CARING", TODAY()) is None
    look = SecondLook.objects.get()
    assert list(rescoring.second_looks(laras)) == []
    with pytest.raises(NotNow):
        rescoring.score_again(look, laras, ALL_OK)
    found = rescoring.score_again(look, dian, ONE_NOT)
    assert (found.kind, found.decision, found.looks_at) == ("SECOND_LOOK", "RETURNED", look.verdict)
    assert desk.again(one).state == State.APPROVED
    assert one.deciding_verdict() == look.verdict
    with pytest.raises(NotNow):
        rescoring.score_again(look, dian, ONE_NOT)
    (scorer,) = figures.scorers(["CARING"])
    assert (scorer.who, scorer.decisions, scorer.looks, scorer.same) == (laras, 1, 1, 0)


def test_overturned_appeals_count_for_the_first_scorer(citra: User, laras: User, dian: User) -> None:
    for answer, given in (("approve", desk.OK), ("return_to_agent", desk.RETURN)):
        one = perform(desk.at_qc(citra, laras), "return_to_agent", actor=laras, data=desk.RETURN)
        one = perform(one, "ask_again", actor=citra, data={"reason": "Ada di rekaman."})
        perform(perform(one, "claim", actor=dian), answer, actor=dian, data=given)
    of_laras = next(one for one in figures.scorers(["CARING"]) if one.who == laras)
    assert (of_laras.appeals, of_laras.overturned, of_laras.rate) == (2, 1, 0.5)


# --- calibration ------------------------------------------------------------------------------------------------------
@pytest.fixture
def judged(citra: User, laras: User) -> list[CaringResult]:
    return [perform(desk.at_qc(citra, laras), "approve", actor=laras, data=desk.OK) for _one in range(3)]


def test_a_round_is_scored_blind_and_closed_with_figures(
    judged: list[CaringResult], novita: User, laras: User, dian: User
) -> None:
    eka = desk.person("eka", Role.QCO)
    with pytest.raises(NotYourStep):
        rescoring.open_round("CARING", dian, first=TODAY(), last=TODAY(), size=3)
    opened = rescoring.open_round("CARING", novita, first=TODAY(), last=TODAY(), size=3)
    with pytest.raises(NotNow):
        rescoring.open_round("CARING", novita, first=TODAY(), last=TODAY(), size=3)
    assert list(rescoring.to_score(opened, laras)) == []  # who judged them knows the answer
    for place, one in enumerate(judged):
        rescoring.score_in_round(opened, one, dian, ALL_OK)
        rescoring.score_in_round(opened, one, eka, ONE_NOT if place == 0 else ALL_OK)
    with pytest.raises(NotNow):
        rescoring.score_in_round(opened, judged[0], dian, ALL_OK)
    with pytest.raises(NotYourStep):
        rescoring.score_in_round(opened, judged[0], novita, ALL_OK)
    assert all(one.found.pairs == 0 for one in rescoring.figures([opened], opened.gate))
    closed = rescoring.close_round(opened, novita)
    found = {one.code: one.found for one in rescoring.figures([closed], closed.gate)}
    assert (found["BILL"].pairs, found["PAYER"].raw) == (3, 1.0)
    assert found["BILL"].raw == pytest.approx(2 / 3)
    assert found["BILL"].ac1 is not None
    assert not found["BILL"].act  # fewer than 50 pairs
    with pytest.raises(NotNow):
        rescoring.score_in_round(closed, judged[0], eka, ALL_OK)
    assert [desk.again(one).state for one in judged] == [State.APPROVED] * 3
    assert Verdict.objects.filter(kind="CALIBRATION").count() == 6


def test_a_round_without_results_is_refused(novita: User) -> None:
    with pytest.raises(NotNow):
        rescoring.open_round("CARING", novita, first=TODAY(), last=TODAY(), size=3)
    assert not Sample.objects.exists()


def test_a_ruling_is_kept_for_good(novita: User, dian: User) -> None:
    given: dict[str, Any] = {"criterion": "BILL", "decision": "Denda juga disebut.", "valid_from": TODAY()}
    with pytest.raises(NotYourStep):
        rescoring.rule("CARING", dian, **given)
    assert rescoring.rule("CARING", novita, **given).by == novita
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Ruling.objects.update(decision="Tidak.")
