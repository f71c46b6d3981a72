"""Pages and REST of the lists of prospects, and quotas (C-01; requirements 8.1)."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from caring.dapros import loading, quotas
from caring.dapros.models import DaprosBatch, Quota
from caring.models import Prospect
from caring.prospects.desk import ProspectDesk
from tenesa.accounts.models import Team, User
from tenesa.accounts.roles import Role
from tenesa.sheets import Workbook
from tenesa.workflow.errors import InvalidInput
from tenesa.workflow.perform import perform
from tenesa.workspace import second_person
from tests.caring import desk
from tests.caring.dapros.lists import PERIOD, row, text
from tests.caring.dapros.test_loading import hand_in, read, rows
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of

BAD = row(fastel="122055500099", hp1="0812", total=1)


def upload(content: bytes, **said: Any) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("nov.csv", content), "period": f"{timezone.localdate():%Y-%m}", **said}


@pytest.fixture
def browser(novita: User) -> Client:
    return signed_in(novita)


def test_a_list_is_handed_in_read_and_its_refused_rows_fetched(browser: Client) -> None:
    month = f"{timezone.localdate():%Y-%m}"
    content = text([row(periode=month), [month, *BAD[1:]]])
    answer = browser.post(reverse("dapros"), upload(content))
    batch = DaprosBatch.objects.get()
    assert answer["Location"] == batch.get_absolute_url()
    assert "every 2s" in text_of(browser.get(batch.get_absolute_url()))
    loading.read(batch.pk)
    page = text_of(browser.get(batch.get_absolute_url(), {"part": "report"}))
    assert "every 2s" not in page
    assert "Q3: “0812” bukan nomor telepon" in page
    assert "nomor telepon salah" in page
    fetched: Any = browser.get(reverse("dapros-refused", args=[batch.pk]))
    sheet = b"".join(fetched.streaming_content)
    with Workbook(BytesIO(sheet)) as book:
        heads, refused = (found.cells for found in book.rows(book.sheets[0]))
    assert (heads[-2:], refused[3], refused[-2]) == (["Baris", "Alasan"], "122055500099", 3)
    assert "nov.csv" in text_of(browser.get(reverse("dapros")))


def test_reasons_of_refused_and_of_taken_rows_stand_apart(browser: Client) -> None:
    month = f"{timezone.localdate():%Y-%m}"
    content = text([row(periode=month, witel="Atlantis"), [month, *BAD[1:]]])
    browser.post(reverse("dapros"), upload(content))
    batch = DaprosBatch.objects.get()
    loading.read(batch.pk)
    groups = desk.again(batch).reason_groups()
    assert [(str(label), len(counts)) for label, counts in groups] == [("Ditolak", 2), ("Diterima dengan catatan", 1)]
    page = text_of(browser.get(batch.get_absolute_url(), {"part": "report"}))
    assert page.index("Ditolak</th>") < page.index("nomor telepon salah") < page.index("Diterima dengan catatan</th>")
    assert page.index("Diterima dengan catatan</th>") < page.index("witel tidak dikenal")


def test_the_same_file_twice_is_told_on_the_page(browser: Client) -> None:
    content = text([row()])
    browser.post(reverse("dapros"), upload(content))
    again = browser.post(reverse("dapros"), upload(content))
    assert again.status_code == 409
    assert DaprosBatch.objects.get().get_absolute_url() in text_of(again)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"file": SimpleUploadedFile("a.xls", b"<html><table>")}, "halaman web"),
        ({"file": ""}, "wajib"),
        ({"period": "kemarin"}, "tttt-bb"),
        ({"period": "2019-01"}, "di luar jangkauan"),
        ({"thousands": "x"}, "pilihan"),
    ],
)
def test_what_cannot_be_handed_in_is_told_beside_its_field(browser: Client, said: dict[str, Any], words: str) -> None:
    answer = browser.post(reverse("dapros"), upload(text([row()]), **said))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not DaprosBatch.objects.exists()


def test_a_list_is_paused_resumed_and_cancelled_by_its_buttons(browser: Client, novita: User) -> None:
    batch = hand_in(novita, text(rows(2)))
    for turn, status in (("pause", "PAUSED"), ("resume", "UPLOADED"), ("cancel", "CANCELLED"), ("resume", "CANCELLED")):
        assert browser.post(batch.get_absolute_url(), {"turn": turn}).status_code == 302
        assert DaprosBatch.objects.get().status == status
    assert browser.post(batch.get_absolute_url(), {"turn": "eat"}).status_code == 404


def test_the_lists_are_for_leaders_of_the_desk(novita: User, citra: User, bowo: User) -> None:
    batch = hand_in(novita, text(rows(1)))
    addresses = [reverse("dapros"), reverse("dapros-template"), reverse("caring-quotas")]
    addresses += [batch.get_absolute_url(), reverse("dapros-refused", args=[batch.pk])]
    for user in (citra, bowo):
        for address in addresses:
            assert signed_in(user).get(address).status_code == 404
        assert signed_in(user).post(batch.get_absolute_url(), {"turn": "cancel"}).status_code == 404
    assert DaprosBatch.objects.get().status == "UPLOADED"


def test_the_empty_list_has_the_columns(browser: Client) -> None:
    assert browser.get(reverse("dapros-template")).content.startswith("\ufeffperiode;campaign;ncli;fastel;".encode())


def test_one_and_twelve_lists_cost_the_same(browser: Client, novita: User) -> None:
    asked = []
    for first, more in ((1, 1), (2, 11)):
        for at in range(first, first + more):
            hand_in(novita, text(rows(1, at)))
        second_person.forget()
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("dapros"))
        asked.append(len(queries))
    assert asked[0] == asked[1]


# --- REST ------------------------------------------------------------------------------------------------------------
def client_of(user: User) -> APIClient:
    api = APIClient()
    api.force_authenticate(user)
    return api


def test_a_machine_client_hands_in_follows_and_turns(db: None) -> None:
    machine = client_of(desk.person("mesin", Role.API_CLIENT))
    content = text([*rows(1), BAD])
    made = machine.post(reverse("prospect-batches"), upload(content, period=f"{PERIOD:%Y-%m}"))
    assert made.status_code == 201
    pk = made.json()["id"]
    same = machine.post(reverse("prospect-batches"), upload(content, period=f"{PERIOD:%Y-%m}"))
    assert (same.status_code, same.json()["id"]) == (200, pk)
    loading.read(pk)
    told = machine.get(reverse("prospect-batch", args=[pk])).json()
    assert (told["status"], told["taken"], told["refused"], told["percent"]) == ("DONE", 1, 1, 100)
    assert told["reasons"] == {"NOT_PHONE": 1, "SUM": 1}
    (refused,) = machine.get(reverse("prospect-batch-rows", args=[pk])).json()
    assert (refused["row_number"], refused["codes"]) == (3, ["NOT_PHONE", "SUM"])
    assert machine.get(reverse("prospect-batch-rows", args=[pk]), {"after": "3"}).json() == []
    assert machine.get(reverse("prospect-batch-rows", args=[pk]), {"after": "x"}).status_code == 422
    assert machine.post(reverse("prospect-batch-turn", args=[pk, "cancel"])).status_code == 409
    assert machine.post(reverse("prospect-batch-turn", args=[pk, "eat"])).status_code == 404
    assert len(machine.get(reverse("prospect-batches")).json()) == 1


def test_others_get_nothing_by_rest(citra: User, bowo: User, novita: User) -> None:
    batch = hand_in(novita, text(rows(1)))
    for user in (citra, bowo):
        client = client_of(user)
        assert client.get(reverse("prospect-batches")).status_code == 404
        assert client.get(reverse("prospect-batch", args=[batch.pk])).status_code == 404
        assert client.post(reverse("prospect-batch-turn", args=[batch.pk, "cancel"])).status_code == 404
        assert client.post(reverse("prospect-batches"), upload(text(rows(2)))).status_code == 403
    assert DaprosBatch.objects.count() == 1


# --- quotas ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def team(novita: User) -> Team:
    return calling("caring-bdg", "Caring Bandung")


def calling(code: str, name: str) -> Team:
    """A team of the desk with an agent."""
    made = Team.objects.create(code=code, name=name, desk_id="CARING")
    made.memberships.create(user=User.objects.create(username=f"agen-{code}"), role=Role.AGENT_CARING)
    return made


def test_a_team_gets_the_first_of_the_queue_of_its_witel_and_campaign(
    browser: Client, novita: User, team: Team
) -> None:
    other = [row(fastel="122055500090", witel="Bali")]
    read(novita, text([*rows(3), *other]))
    last = Prospect.objects.get(fastel="122055500003")
    Prospect.objects.filter(pk=last.pk).update(score=500, place=-500)
    answer = browser.post(
        reverse("caring-quotas"), {"team": team.pk, "witel": "BANDUNG", "campaign": "PRANPC", "number": 2}
    )
    assert answer.status_code == 302
    assert set(Prospect.objects.filter(team=team).values_list("fastel", flat=True)) == {"122055500003", "122055500001"}
    assert [(one.asked, one.given, one.by) for one in Quota.objects.all()] == [(2, 2, novita)]
    page = text_of(browser.get(reverse("caring-quotas")))
    assert "Caring Bandung" in page
    assert [(line.witel, line.free, line.total) for line in quotas.table(novita)] == [("BALI", 1, 1), ("BANDUNG", 1, 3)]


def test_a_quota_of_more_than_there_is_gives_what_there_is(browser: Client, novita: User, team: Team) -> None:
    read(novita, text(rows(2)))
    browser.post(reverse("caring-quotas"), {"team": team.pk, "number": 99})
    assert Quota.objects.get().given == 2
    assert browser.post(reverse("caring-quotas"), {"team": team.pk, "number": 0}).status_code == 422


def test_only_a_team_that_calls_is_given_any(browser: Client, novita: User, team: Team) -> None:
    read(novita, text(rows(2)))
    control = Team.objects.create(code="caring-qc", name="Quality Control Caring", desk_id="CARING")
    control.memberships.create(user=desk.person("puspita", Role.QCO), role=Role.QCO)
    answer = browser.post(reverse("caring-quotas"), {"team": control.pk, "number": 99_999})
    assert (answer.status_code, Quota.objects.count()) == (422, 0)
    with pytest.raises(InvalidInput):
        perform(Prospect.objects.all()[0], "give_to_team", actor=novita, data={"team": control.pk})
    assert not Prospect.objects.exclude(team=None).exists()
    assert "Quality Control Caring" not in text_of(browser.get(reverse("caring-quotas")))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (2, ("2 dari 2 prospek", "success")),
        (99, ("Hanya 2 dari 99 prospek", "warning")),
        (None, ("Tidak ada", "warning")),
    ],
)
def test_what_was_given_is_said_beside_what_was_asked(
    browser: Client, novita: User, team: Team, asked: int | None, said: tuple[str, str]
) -> None:
    read(novita, text(rows(2)))
    given = {"team": team.pk, "number": asked or 5, "campaign": "PRANPC" if asked else "CT0"}
    answer = browser.post(reverse("caring-quotas"), given, follow=True)
    (message,) = list(answer.context["messages"])
    assert said[0] in str(message)
    assert message.level_tag == said[1]


def test_what_nobody_holds_is_taken_back(browser: Client, novita: User, team: Team) -> None:
    read(novita, text(rows(4)))
    quotas.give(novita, team, 3)
    held, *_rest = Prospect.objects.filter(team=team).order_by("pk")
    Prospect.objects.filter(pk=held.pk).update(owner=novita, state="PICKED", ready=False, lease_until=timezone.now())
    page = text_of(browser.get(reverse("caring-quotas")))
    back = reverse("caring-quota-back", args=[team.pk])
    assert back in page
    assert ">CT0<" not in page
    browser.post(back)
    assert list(Prospect.objects.filter(team=team).values_list("pk", flat=True)) == [held.pk]
    newest = Quota.objects.latest("pk")
    assert (newest.is_taken_back, newest.given, newest.by) == (True, 2, novita)
    assert "ditarik kembali" in text_of(browser.get(reverse("caring-quotas")))


def test_a_team_that_calls_no_more_gives_back_what_it_holds(browser: Client, novita: User, team: Team) -> None:
    read(novita, text(rows(2)))
    quotas.give(novita, team, 2)
    team.memberships.all().delete()
    assert reverse("caring-quota-back", args=[team.pk]) in text_of(browser.get(reverse("caring-quotas")))
    browser.post(reverse("caring-quota-back", args=[team.pk]))
    assert not Prospect.objects.exclude(team=None).exists()


def test_only_leaders_take_back(team: Team, novita: User) -> None:
    read(novita, text(rows(1)))
    quotas.give(novita, team, 1)
    agent = signed_in(desk.person("citra", Role.AGENT_CARING))
    assert agent.post(reverse("caring-quota-back", args=[team.pk])).status_code == 404
    assert Prospect.objects.filter(team=team).count() == 1


def test_the_queue_of_an_agent_is_what_they_may_pick(team: Team, novita: User) -> None:
    read(novita, text(rows(3)))
    citra = desk.person("citra", Role.AGENT_CARING)
    quotas.give(novita, team, 1)
    others = Prospect.objects.get(team=team)
    promised = Prospect.objects.exclude(pk=others.pk)[0]
    Prospect.objects.filter(pk=promised.pk).update(promised_to=novita)
    (view,) = (view for view in ProspectDesk.views if view.slug == "queue")
    assert view.of(Prospect.objects.all(), citra).count() == 1
    assert view.of(Prospect.objects.all(), novita).count() == 3  # who leads sees all that waits
    assert signed_in(citra).get(reverse("prospects:list"), {"view": "queue"}).status_code == 200


def test_what_nobody_called_goes_back_at_night_once(novita: User, team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    read(novita, text(rows(2)))
    quotas.give(novita, team, 2)
    Prospect.objects.filter(fastel="122055500002").update(attempts=1)
    jakarta = ZoneInfo("Asia/Jakarta")
    for hour, back in ((20, 0), (22, 1), (23, 0)):
        moment = datetime(2026, 11, 28, hour, tzinfo=jakarta)
        monkeypatch.setattr(timezone, "localtime", lambda *_given, at=moment: at)
        assert quotas.return_unworked() == back
    assert list(Prospect.objects.filter(team=team).values_list("fastel", flat=True)) == ["122055500002"]
