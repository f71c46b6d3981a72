"""The leader's pages and REST of the reconciliation: what they show, refuse and hand out."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from caring.models import CaringResult, Difference, Reconciliation
from caring.reconciliation import runs
from caring.results.desk import ResultDesk
from caring.results.states import State
from tenesa import sheets
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.reporting.models import Export
from tenesa.rupiah import in_rupiah
from tests.caring import desk
from tests.caring.reconciling import compared, rows_of, steer
from tests.journeys.desk import Outside
from tests.platform.test_api import client as rest
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of


@pytest.fixture
def differing(systems: Outside, approved: CaringResult, novita: User) -> Reconciliation:
    """A run with a difference in TAMARA and an orphan in MyCX."""
    steer(systems, "PUT", f"tamara/{rows_of('tamara')[0]}", amount=1)
    steer(systems, "POST", f"mycx/{rows_of('mycx')[0]}/copy", note="")
    return compared(novita)


def test_a_leader_asks_explains_and_signs_by_the_pages(
    differing: Reconciliation, approved: CaringResult, novita: User
) -> None:
    client, address = signed_in(novita), differing.get_absolute_url()
    page = text_of(client.get(address))
    assert approved.number in page
    assert in_rupiah(approved.amount_told or 0) in page
    orphan, different = differing.differences.order_by("system")
    refused = client.post(reverse("reconciliation-sign", args=[differing.pk]))
    assert (refused.status_code, desk.again(differing).status) == (409, "OPEN")
    answer = reverse("reconciliation-answer", args=[differing.pk, orphan.pk])
    assert client.post(answer, {"answer": "explain", "reason": " "}).status_code == 422
    assert client.post(f"{answer}?state=OPEN", {"answer": "explain", "reason": "Diketik langsung."}).status_code == 302
    assert client.post(reverse("reconciliation-ask", args=[differing.pk])).status_code == 302
    assert desk.again(different).state == "ASKED"
    assert desk.again(approved).state == State.REINPUT
    hendra = desk.person("hendra", Role.SUPERVISOR)
    words = str(ResultDesk().nothing_to_do(desk.again(approved), hendra))  # who has to act, and the true reason
    assert words.startswith("Berikutnya “Input ulang”: Agent Caring, Team leader. TAMARA")
    again = reverse("reconciliation-answer", args=[differing.pk, different.pk])
    assert client.post(again, {"answer": "reinput"}).status_code == 409
    Difference.objects.filter(pk=different.pk).update(state="SETTLED")
    assert client.post(reverse("reconciliation-sign", args=[differing.pk])).status_code == 302
    assert desk.again(differing).status == "SIGNED"
    assert client.post(again, {"answer": "explain", "reason": "x"}).status_code == 409


def test_the_list_asks_for_a_run_with_a_file(systems: Outside, novita: User) -> None:
    client, today = signed_in(novita), f"{timezone.localdate()}"
    page = reverse("reconciliations")
    assert client.post(page, {"first": today, "last": "2020-01-01"}).status_code == 422
    assert not Reconciliation.objects.exists()
    file = SimpleUploadedFile("tamara.csv", b"tidak;ada;judul")
    made = client.post(page, {"first": today, "last": today, "campaign": "CT0", "tamara": file})
    run = Reconciliation.objects.get()
    assert (made.status_code, made["Location"]) == (302, run.get_absolute_url())
    assert [(one.system, one.name) for one in run.files.all()] == [("TAMARA", "tamara.csv")]
    assert "hx-get" in text_of(client.get(run.get_absolute_url()))
    runs.run(run.pk)
    shown = text_of(client.get(f"{run.get_absolute_url()}?part=run"))
    assert desk.again(run).status == "FAILED"
    assert desk.again(run).problem in shown
    assert "hx-get" not in shown
    assert str(run) in text_of(client.get(page))


def test_questions_are_found_by_system_class_and_answer(differing: Reconciliation, novita: User) -> None:
    client, address = signed_in(novita), differing.get_absolute_url()
    for asked, number in (("", 2), ("?kind=ORPHAN", 1), ("?system=TAMARA&kind=ORPHAN", 0), ("?state=EXPLAINED", 0),
                          ("?kind=NONSENSE", 2)):  # fmt: skip
        assert len(re.findall(r'id="difference-\d+"', text_of(client.get(f"{address}{asked}")))) == number, asked


def test_a_run_with_thirty_questions_costs_as_many_queries_as_with_one(
    differing: Reconciliation, novita: User, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(novita)
    client.get(differing.get_absolute_url())
    with django_assert_max_num_queries(40) as one:
        client.get(differing.get_absolute_url())
    template = differing.differences.get(kind="DIFFERENT")
    for _number in range(24):
        template.pk = None
        template.save(force_insert=True)
    with django_assert_max_num_queries(len(one)):
        client.get(differing.get_absolute_url())


def test_only_who_leads_sees_it_and_only_leaders_change_it(differing: Reconciliation, citra: User, laras: User) -> None:
    manager = desk.person("maya", Role.MANAGER)
    addresses = [reverse("reconciliations"), differing.get_absolute_url()]
    for user in (citra, laras, desk.person("lain", Role.TEAM_LEADER, desk_code="147")):
        assert {signed_in(user).get(address).status_code for address in addresses} == {404}
    client = signed_in(manager)
    assert {client.get(address).status_code for address in addresses} == {200}
    assert client.post(addresses[0], {"first": "2026-11-01", "last": "2026-11-01"}).status_code == 404
    for name in ("reconciliation-sign", "reconciliation-ask"):
        assert client.post(reverse(name, args=[differing.pk])).status_code == 403
    assert set(differing.differences.values_list("state", flat=True)) == {"OPEN"}


def test_the_workbook_has_every_result_and_what_stands_only_there(
    differing: Reconciliation, approved: CaringResult, novita: User
) -> None:
    answer: Any = signed_in(novita).get(reverse("reconciliation-workbook", args=[differing.pk]))
    content = b"".join(answer.streaming_content)
    with sheets.Workbook(io.BytesIO(content)) as book:
        assert [sheet.name for sheet in book.sheets] == ["Semua alasan"]
    heads, ours, orphan = [cells for _number, cells in sheets.rows(io.BytesIO(content))]
    assert ours[0] == approved.number
    assert any(f" {in_rupiah(1)} ≠ {in_rupiah(approved.amount_told or 0)}" in cell for cell in ours)
    assert orphan[-1].startswith("MX-")
    assert len(heads) == len(orphan)
    log = Export.objects.get()
    assert (log.report, log.by, log.end.rows, log.end.finished) == ("caring-reasons", novita, 2, True)


# --- REST ------------------------------------------------------------------------------------------------------------
def test_an_api_client_hands_in_exports_and_reads_what_came_of_them(systems: Outside, approved: CaringResult) -> None:
    today = timezone.localdate()
    client = rest(desk.person("mesin", Role.API_CLIENT))
    lines = [
        "Row;Tanggal;Login;Fastel;Campaign;Status;Reason",
        f"TM-1;{today:%d/%m/%Y} 09:00;x;131000000009;PRANPC;Contacted;RNA",
    ]
    file = SimpleUploadedFile("tamara.csv", "\n".join(lines).encode())
    made = client.post("/api/v1/reconciliations/", {"first": today, "last": today, "tamara": file})
    assert made.status_code == 201
    told = made.json()
    assert (told["status"], told["asked_by"]) == ("WAITING", "mesin")
    runs.run(told["id"])
    run = client.get(f"/api/v1/reconciliations/{told['id']}/").json()
    assert (run["status"], run["closes"]) == ("OPEN", True)
    assert run["counts"]["TAMARA"] == {"ours": {"MISSING": 1}, "theirs": {"ORPHAN": 1}}
    address = f"/api/v1/reconciliations/{told['id']}/differences/"
    first, second = client.get(address).json()
    assert {one["kind"] for one in (first, second)} == {"MISSING", "ORPHAN"}
    assert client.get(address, {"after": first["id"], "state": "OPEN"}).json() == [second]
    assert client.get(address, {"state": "WHAT"}).status_code == 400
    assert client.get("/api/v1/reconciliations/").json()[0]["id"] == told["id"]


def test_rest_refuses_who_may_not_and_what_is_no_period(systems: Outside, citra: User) -> None:
    today = timezone.localdate()
    period = {"first": today, "last": today}
    elsewhere = desk.person("mesin147", Role.API_CLIENT, desk_code="147")
    for user in (citra, elsewhere):
        assert rest(user).get("/api/v1/reconciliations/").status_code == 404
        assert rest(user).post("/api/v1/reconciliations/", period).status_code == 404
    assert rest(desk.person("maya", Role.MANAGER)).post("/api/v1/reconciliations/", period).status_code == 403
    client = rest(desk.person("mesin", Role.API_CLIENT))
    assert client.post("/api/v1/reconciliations/", {"first": "kemarin"}).status_code == 422
    turned = client.post("/api/v1/reconciliations/", {"first": today, "last": today - timedelta(days=1)})
    assert (turned.status_code, "lebih awal" in turned.content.decode()) == (422, True)
    assert not Reconciliation.objects.exists()
    assert client.post("/caring/reconciliation/1/sign/").status_code in {302, 403, 404}
