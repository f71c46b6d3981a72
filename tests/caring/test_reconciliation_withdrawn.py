"""A reconciliation that was a mistake is withdrawn; one whose file was refused is asked for again (8 langkah 5)."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from caring.models import CaringResult, Difference, Reconciliation
from caring.reconciliation import answers, runs
from caring.reconciliation.rows import ZONE
from caring.results.effects import row_of
from tenesa import sheets
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.systems import clients
from tenesa.systems.errors import Refused, Unavailable
from tenesa.systems.outbound import Outcome
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.perform import perform
from tests.caring import desk
from tests.caring.reconciling import compared, rows_of, steer
from tests.journeys.desk import Outside
from tests.platform.test_api import client as rest
from tests.refusals import everything
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of

Status, Answer = Reconciliation.Status, Difference.State
WHY = "Salah berkas: ekspor bulan lalu."


@pytest.fixture
def differing(systems: Outside, approved: CaringResult, novita: User) -> Reconciliation:
    """A run with a difference in TAMARA and an orphan in MyCX."""
    steer(systems, "PUT", f"tamara/{rows_of('tamara')[0]}", amount=1)
    steer(systems, "POST", f"mycx/{rows_of('mycx')[0]}/copy", note="")
    return compared(novita)


def asked(run: Reconciliation) -> Difference:
    return run.differences.get(system="TAMARA")


def refused(words: str, act: Any, *args: Any) -> None:
    before = everything()
    with override("en"), pytest.raises(NotNow, match=words):
        act(*args)
    assert everything() == before


# --- the withdrawal --------------------------------------------------------------------------------------------------
def test_a_withdrawn_run_keeps_what_it_read_and_asks_nothing(differing: Reconciliation, novita: User) -> None:
    read = list(differing.differences.order_by("pk").values())
    answers.withdraw(novita, differing, f"  {WHY} ")
    run = desk.again(differing)
    assert (run.status, run.withdrawn_by, run.withdrawn_why) == (Status.WITHDRAWN, novita, WHY)
    assert run.withdrawn_at is not None
    assert list(run.differences.order_by("pk").values()) == read
    orphan = run.differences.get(kind="ORPHAN")
    for act, *args in (
        (answers.explain, orphan, "Diketik langsung."), (answers.ask_reinput, asked(run)), (answers.sign, run),
    ):  # fmt: skip
        refused("not open", act, novita, *args)
    assert answers.finalise() == 0


def test_a_reinput_that_it_asked_for_goes_on(
    systems: Outside, differing: Reconciliation, approved: CaringResult, citra: User, novita: User
) -> None:
    answers.ask_reinput(novita, asked(differing))
    answers.withdraw(novita, differing, WHY)
    assert "1 hasil yang sudah diminta input ulang" in text_of(signed_in(novita).get(differing.get_absolute_url()))
    result = desk.again(approved)
    result = perform(result, "reenter", actor=citra, data={"reason": result.reason, "note": result.remark})
    clients.cwc().enter(Outcome.of(row_of(result)), key="again")
    desk.entered(result)
    assert answers.settle() == 1
    assert desk.again(differing).asked_of_agents == 0


def test_what_is_signed_or_withdrawn_stays(systems: Outside, approved: CaringResult, novita: User) -> None:
    signed = answers.sign(novita, compared(novita))
    refused("signed", answers.withdraw, novita, signed, WHY)
    run = compared(novita)
    for why in ("", "  ", "x" * 301):
        with pytest.raises(InvalidInput):
            answers.withdraw(novita, run, why)
    assert desk.again(run).status == Status.OPEN
    answers.withdraw(novita, run, WHY)
    refused("withdrawn already", answers.withdraw, novita, run, "Lagi.")


def test_a_run_that_waits_for_a_system_is_withdrawn_and_not_taken_up_again(systems: Outside, novita: User) -> None:
    systems.fault("tamara", "export", "timeout")
    run = compared(novita)
    assert (run.status, bool(run.problem)) == (Status.WAITING, True)
    client, listed = signed_in(novita), reverse("reconciliations")
    page = text_of(client.get(run.get_absolute_url()))
    assert "Tarik kembali rekonsiliasi ini" in page
    assert "again=" not in page  # not yet: it may still be compared by itself
    assert client.post(reverse("reconciliation-withdraw", args=[run.pk]), {"reason": WHY}).status_code == 302
    assert runs.waiting() == []
    assert "it is over" in runs.run(run.pk)
    page = text_of(client.get(run.get_absolute_url()))
    assert WHY in page
    assert "again=" in page
    assert run.problem not in page  # which said that it is tried again by itself
    assert unanswered(client, listed) == [0]


@pytest.mark.parametrize("ends", ["kept", "unavailable", "refused"])
def test_what_is_withdrawn_while_it_is_read_comes_to_nothing(
    systems: Outside, approved: CaringResult, novita: User, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    read = runs._rows_of

    def read_while_it_is_withdrawn(asked: Reconciliation, *args: Any) -> Any:
        if desk.again(asked).status == Status.RUNNING:
            answers.withdraw(novita, asked, WHY)
        if ends != "kept":
            raise {"unavailable": Unavailable, "refused": Refused}[ends]("LATER", "Tidak bisa.")
        return read(asked, *args)

    monkeypatch.setattr(runs, "_rows_of", read_while_it_is_withdrawn)
    run = compared(novita)
    assert (run.status, run.withdrawn_why, run.problem) == (Status.WITHDRAWN, WHY, "")
    assert not run.differences.exists()


def test_only_leaders_of_the_desk_withdraw(systems: Outside, novita: User) -> None:
    run = compared(novita)
    people = [desk.person(f"orang-{role.value}", role) for role in Role if role not in {*answers.LEADERS, Role.SYSTEM}]
    people.append(desk.person("jauh", Role.TEAM_LEADER, desk_code="147"))
    before = everything()
    for user in people:
        with pytest.raises(NotYourStep):
            answers.withdraw(user, run, WHY)
    assert everything() == before
    answers.withdraw(desk.person("supervisor", Role.SUPERVISOR), run, WHY)


@pytest.mark.parametrize("lacking", ["withdrawn_by", "withdrawn_at", "withdrawn_why"])
def test_the_database_wants_who_when_and_why(systems: Outside, novita: User, lacking: str) -> None:
    run = compared(novita)
    told = {"withdrawn_by": novita, "withdrawn_at": timezone.now(), "withdrawn_why": WHY}
    told[lacking] = "" if lacking == "withdrawn_why" else None
    with pytest.raises(DatabaseError), transaction.atomic():
        Reconciliation.objects.filter(pk=run.pk).update(status="WITHDRAWN", **told)


def test_a_withdrawn_batch_does_not_come_back_and_the_leader_compares_by_hand(
    systems: Outside, approved: CaringResult, novita: User
) -> None:
    day = timezone.localdate()
    late = datetime.combine(day, datetime.min.time(), ZONE).replace(hour=20)
    batch = runs.ask_daily(late)
    assert batch is not None
    runs.run(batch.pk)
    answers.withdraw(novita, batch, WHY)
    assert runs.ask_daily(late) is None
    by_hand = compared(novita, first=batch.first, last=batch.last)
    answers.sign(novita, by_hand)
    assert answers.finalise() == 1


def test_what_a_withdrawn_run_explained_is_asked_again(differing: Reconciliation, novita: User) -> None:
    for one in differing.differences.all():
        answers.explain(novita, one, "Berkas ini kurang lengkap.")
    answers.withdraw(novita, differing, WHY)
    assert set(compared(novita).differences.values_list("state", flat=True)) == {Answer.OPEN}


# --- pages -----------------------------------------------------------------------------------------------------------
def test_a_leader_withdraws_on_the_page_and_reads_so_in_the_list(differing: Reconciliation, novita: User) -> None:
    client, address = signed_in(novita), reverse("reconciliation-withdraw", args=[differing.pk])
    listed = reverse("reconciliations")
    assert unanswered(client, listed) == [2]
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": WHY}).status_code == 302
    page = text_of(client.get(differing.get_absolute_url()))
    for words in (WHY, "Ditarik kembali oleh", "Bandingkan lagi hari-hari ini", "Semua alasan"):
        assert words in page
    assert page.count('id="difference-') == 2
    assert "recon-answer" not in page
    assert "Belum dijawab" not in page
    assert page.count("Tidak dijawab") == 3  # two questions, and the filter
    workbook: Any = client.get(reverse("reconciliation-workbook", args=[differing.pk]))
    written = io.BytesIO(b"".join(workbook.streaming_content))
    assert "Belum dijawab" not in str(list(sheets.rows(written)))
    assert "Ditarik kembali" in text_of(client.get(listed))
    assert unanswered(client, listed) == [0]
    again = client.post(address, {"reason": "Lagi."})
    assert again.status_code == 409
    assert "Sudah ditarik kembali." in text_of(again)
    manager = signed_in(desk.person("maya", Role.MANAGER))
    assert manager.post(address, {"reason": WHY}).status_code == 403


def unanswered(client: Any, address: str) -> list[int]:
    return [run.unanswered for run in client.get(address).context["runs"]]


def test_rest_withdraws_as_the_page_does(differing: Reconciliation, citra: User, novita: User) -> None:
    address = f"/api/v1/reconciliations/{differing.pk}/withdraw/"
    mesin, maya = desk.person("mesin", Role.API_CLIENT), desk.person("maya", Role.MANAGER)
    for user, status in ((citra, 404), (mesin, 403), (maya, 403)):
        assert rest(user).post(address, {"reason": WHY}).status_code == status
    leader = rest(novita)
    for body in ({}, {"reason": " "}, {"reason": "x" * 301}, {"reason": ["x"]}, [WHY]):
        wrong = leader.post(address, body, format="json")
        assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["reason"]), body
    assert desk.again(differing).status == Status.OPEN
    told = leader.post(address, {"reason": WHY}).json()
    assert (told["status"], told["withdrawn_by"], told["withdrawn_why"]) == ("WITHDRAWN", "novita", WHY)
    assert leader.post(address, {"reason": WHY}).status_code == 409


# --- a refused file --------------------------------------------------------------------------------------------------
def test_a_refused_file_leads_to_the_form_with_everything_else_filled_in(systems: Outside, novita: User) -> None:
    client, today = signed_in(novita), timezone.localdate()
    heads = "Row;Tanggal;Login;Fastel;Campaign;Status;Reason"
    good = f"{heads}\nMX-1;{today:%d/%m/%Y} 09:00;x;131000000009;CT0;Contacted;RNA".encode()
    files = {"TAMARA": ("salah.csv", b"tidak;ada;judul"), "MYCX": ("benar.csv", good)}
    run = compared(novita, campaign="CT0", files=files)
    assert (run.status, run.refused_side) == (Status.FAILED, "TAMARA")
    assert run.problem.startswith("TAMARA / CWC, “salah.csv”: ")
    again = f"{reverse('reconciliations')}?again={run.pk}"
    page = text_of(client.get(run.get_absolute_url()))
    assert f'href="{again}"' in page
    assert run.problem in page
    answer = client.get(again)
    assert run.problem in text_of(answer)
    assert "“benar.csv” dipakai lagi" in text_of(answer)
    form = answer.context["form"]
    assert form.initial == {"first": today, "last": today, "campaign": "CT0"}
    told = {name: str(value) for name, value in form.initial.items()}
    right = SimpleUploadedFile("tamara.csv", good)
    assert client.post(again, {**told, "tamara": right}).status_code == 302
    made = Reconciliation.objects.latest("pk")
    kept = made.files.order_by("system")
    assert [(one.system, one.name, bytes(one.content)) for one in kept] == [
        ("MYCX", "benar.csv", good), ("TAMARA", "tamara.csv", good),
    ]  # fmt: skip
    runs.run(made.pk)
    assert desk.again(made).status == Status.OPEN


@pytest.mark.parametrize(("again", "status"), [("0", 404), ("x", 200), ("9" * 30, 200), ("²", 200)])
def test_a_run_that_is_not_there_is_not_asked_for_again(novita: User, again: str, status: int) -> None:
    assert signed_in(novita).get(reverse("reconciliations"), {"again": again}).status_code == status


def test_a_failed_run_is_withdrawn_and_still_tells_its_problem(systems: Outside, novita: User) -> None:
    run = compared(novita, files={"MYCX": ("salah.csv", b"tidak;ada;judul")})
    answers.withdraw(novita, run, WHY)
    page = text_of(signed_in(novita).get(run.get_absolute_url()))
    assert run.problem in page
    assert WHY in page
