"""Whoever is to score a result blind reads nowhere what was found of it (requirements 8.1, calibration)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from caring.models import CalibrationRound, CaringResult, Prospect, SecondLook, Verdict
from caring.quality import rescoring, samples
from caring.results import queue
from tenesa import sheets
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.errors import UnknownStep
from tenesa.workflow.perform import perform
from tenesa.workspace import lists, outbox
from tenesa.workspace.desk import desks
from tests.caring import desk
from tests.caring.test_quality_pages import whole_of
from tests.caring.test_quality_samples import ALL_OK
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def dian(db: None) -> User:
    return desk.person("dian", Role.QCO)


@pytest.fixture
def returned(citra: User, laras: User) -> CaringResult:
    return perform(desk.at_qc(citra, laras), "return_to_agent", actor=laras, data=desk.RETURN)


@pytest.fixture
def opened(returned: CaringResult, novita: User) -> CalibrationRound:
    made: CalibrationRound = rescoring.open_round("CARING", novita, first=TODAY(), last=TODAY(), size=3)
    return made


def pages_of(result: CaringResult) -> list[str]:
    return [result.get_absolute_url(), result.prospect.get_absolute_url()]


def reads(user: User, result: CaringResult) -> bool:
    """Whether this person finds the result by any door: page, list, REST, its prospect's page."""
    client, api = signed_in(user), APIClient()
    api.force_authenticate(user)
    found = [client.get(address).status_code == 200 for address in pages_of(result)]
    found.append(result.number in text_of(client.get(reverse("results:list"), {"view": "all"})))
    found += [api.get(f"/api/results/{result.pk}/{part}").status_code == 200 for part in ("", "verdicts/")]
    found.append(CaringResult.objects.visible_to(user).filter(pk=result.pk).exists())  # what search asks
    assert len(set(found)) == 1, found
    return found[0]


def test_who_is_to_score_finds_the_result_by_no_door(
    opened: CalibrationRound, returned: CaringResult, laras: User, dian: User, novita: User
) -> None:
    assert not reads(dian, returned)
    assert all(reads(user, returned) for user in (laras, novita))  # who judged it knows; who leads opened the round
    scoring = signed_in(dian).get(reverse("qc:score", args=[opened.pk, returned.pk]))
    assert scoring.status_code == 200
    assert "Pastikan pelanggan bersedia" not in text_of(scoring)
    rescoring.score_in_round(opened, returned, dian, ALL_OK)
    assert not reads(dian, returned)  # as long as the round is open
    rescoring.close_round(opened, novita)
    assert reads(dian, returned)


def test_who_scores_blind_reads_when_it_opens_and_others_that_there_is_nothing(
    opened: CalibrationRound, returned: CaringResult, laras: User, dian: User
) -> None:
    """Seeing stays a queryset; that it is not open yet is said in words to whom it will open, by page and by REST."""
    foreign = desk.person("eka", Role.QCO, "TENESA")
    for user, status in ((dian, 409), (foreign, 404)):
        api = APIClient()
        api.force_authenticate(user)
        answers: list[Any] = [signed_in(user).get(address) for address in pages_of(returned)]
        answers += [api.get(f"/api/{of}/{pk}/") for of, pk in
                    (("results", returned.pk), ("prospects", returned.prospect_id))]  # fmt: skip
        assert [answer.status_code for answer in answers] == [status] * 4, user
        assert all(("terbuka setelah kalibrasi ditutup" in text_of(one)) is (status == 409) for one in answers)
        assert not [
            one for one in answers if "Pastikan pelanggan bersedia" in text_of(one) or str(laras) in text_of(one)
        ]
    assert signed_in(dian).get(reverse("results:case", args=[999_999])).status_code == 404


def test_the_validation_report_leaves_the_verdict_out(
    opened: CalibrationRound, returned: CaringResult, laras: User, dian: User
) -> None:
    query = f"?day={TODAY()}"
    for user, validated, words in ((laras, 1, "Laras"), (dian, 0, "")):
        client = signed_in(user)
        report = client.get(reverse("qc:validation") + query)
        assert report.context["report"].sums[-1].validated == validated
        assert ("nilai buta" in text_of(report)) is (validated == 0)
        content = whole_of(client.get(reverse("qc:validation-file", args=["xlsx"]) + query))
        (row,) = [cells for _number, cells in sheets.rows(BytesIO(content)) if returned.fastel in cells]
        assert (words in row) if words else ("NOT OK" not in row)


def test_an_appeal_goes_on_and_its_arbiter_scores_no_more(
    opened: CalibrationRound, returned: CaringResult, citra: User, dian: User
) -> None:
    perform(returned, "ask_again", actor=citra, data={"reason": "Ada di rekaman."})
    taken = queue.claim_next(dian)
    assert taken is not None
    assert taken.pk == returned.pk
    assert signed_in(dian).get(taken.get_absolute_url()).status_code == 200
    assert not rescoring.to_score(opened, dian).exists()


def test_no_step_reaches_what_is_hidden(opened: CalibrationRound, returned: CaringResult, dian: User) -> None:
    with pytest.raises(UnknownStep):
        perform(returned, "note", actor=dian, data={"note": "Apa isinya?"})


def test_a_verdict_that_waits_for_a_second_look_is_hidden_until_it_is_done(
    returned: CaringResult, laras: User, dian: User
) -> None:
    samples.draw_second_looks("CARING", TODAY())
    look = SecondLook.objects.get()
    assert reads(laras, returned)
    assert not reads(dian, returned)
    assert "penilaian kedua" in text_of(signed_in(dian).get(returned.get_absolute_url()))
    rescoring.score_again(look, dian, ALL_OK)
    assert reads(dian, returned)


def test_neither_first_judge_nor_arbiter_nor_agent_looks_again(
    returned: CaringResult, citra: User, laras: User, dian: User
) -> None:
    samples.draw_second_looks("CARING", TODAY())
    look = SecondLook.objects.get()
    perform(returned, "ask_again", actor=citra, data={"reason": "Ada di rekaman."})
    perform(perform(desk.again(returned), "claim", actor=dian), "approve", actor=dian, data=desk.OK)
    eka = desk.person("eka", Role.QCO)
    for user, status in ((laras, 404), (dian, 404), (citra, 404), (eka, 200)):
        assert signed_in(user).get(reverse("qc:look", args=[look.pk])).status_code == status, user
    first = look.verdict
    said = {"gate": first.gate, "ticks": first.ticks, "qco": dian, "decision": "APPROVED", "looks_at": first}
    with pytest.raises(DatabaseError, match="judged"), transaction.atomic():
        Verdict.objects.create(result=first.result, result_version=1, kind="SECOND_LOOK", **said)


def test_only_who_scores_is_blind(opened: CalibrationRound, returned: CaringResult) -> None:
    """A second desk's QCO, or somebody without the role, has nothing to do with the round."""
    boss = desk.person("sekar", Role.MANAGER)
    assert CaringResult.objects.visible_to(boss).filter(pk=returned.pk).exists()
    assert Prospect.objects.visible_to(boss).filter(pk=returned.prospect_id).exists()


def test_the_menu_counts_without_reading_what_is_hidden(
    opened: CalibrationRound, dian: User, django_assert_num_queries: Any
) -> None:
    """What somebody may see is a part of the statement, and nothing is read to know which statement it is."""
    mine = [found for found in desks() if found.is_open_to(dian)]
    assert dian.places
    with django_assert_num_queries(1):
        lists.counts(mine, dian)


def test_what_failed_is_counted_in_one_query(novita: User, django_assert_num_queries: Any) -> None:
    assert novita.places
    with django_assert_num_queries(1):
        assert outbox.stuck(novita) == 0
