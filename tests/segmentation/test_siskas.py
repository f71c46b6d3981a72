"""Customers whom TENESA has not met: read from SISKAS by its real client, kept, and asked again when it is back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from segmentation.customers import Customer
from segmentation.lists import ListEntry
from segmentation.special_list import importing
from segmentation.special_list.batches import ListImport
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.incidents.models import Incident
from tenesa.systems.http import READ_TRIES
from tenesa.systems.models import SystemState
from tenesa.systems.simulator.seed import DCS_LOS, SHARED_PHONE
from tests import factories
from tests.platform.systems.conftest import LONG, Simulators
from tests.platform.test_api import client as rest
from tests.segmentation.entries import customer, given
from tests.segmentation.workbooks import row, workbook
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import text_of

pytestmark = pytest.mark.django_db
ASKED = "siskas.find_customer"


@pytest.fixture
def sinta(db: None) -> User:
    return factories.person("sinta", Role.AGENT_147)


def read_on(batch: ListImport) -> ListImport:
    importing.read(batch.pk)
    return ListImport.objects.get(pk=batch.pk)


def lines(batch: ListImport) -> dict[int, str]:
    return {one.line: " ".join(one.refusals) for one in batch.rows.all()}


# --- the form --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", [DCS_LOS, "3000000", "+62 812 0000 3001"])
def test_a_customer_nobody_asked_about_is_read_and_kept(number: str, sinta: User, simulators: Simulators) -> None:
    answer = signed_in(sinta).post(reverse("list-propose"), {**given(customer=number), "key": "a"})
    assert answer.status_code == 302
    one = ListEntry.objects.get().customer
    assert (one.source, one.witel != "", one.services.count()) == ("SISKAS", True, 1)
    assert one.numbers.filter(number=one.services.get().product_id).exists()
    again = signed_in(sinta).post(reverse("list-propose"), {**given(customer=number, criterion="CUT_REINSTALL")})
    assert (again.status_code, ListEntry.objects.count()) == (302, 2)
    assert len(simulators.calls(ASKED)) == 1, "who is known is not asked again"


def test_who_asks_siskas_is_named_to_it(sinta: User, simulators: Simulators) -> None:
    signed_in(sinta).post(reverse("list-propose"), given(customer=DCS_LOS))
    [call] = simulators.calls(ASKED)
    assert call["actor"] == "sinta"


def test_a_number_of_several_is_refused_with_their_names(sinta: User, simulators: Simulators) -> None:
    answer = signed_in(sinta).post(reverse("list-propose"), given(customer=SHARED_PHONE))
    assert answer.status_code == 422
    assert "dipakai beberapa pelanggan" in text_of(answer)
    assert not Customer.objects.exists()


def test_a_number_of_nobody_is_refused(sinta: User, simulators: Simulators) -> None:
    answer = signed_in(sinta).post(reverse("list-propose"), given(customer="9999999"))
    assert (answer.status_code, "9999999" in text_of(answer)) == (422, True)
    assert not ListEntry.objects.exists()


def test_a_ticket_is_not_asked_for_as_a_number(sinta: User, simulators: Simulators) -> None:
    Incident.objects.create(number="IN3000000", product_id="", status="BACKEND")
    assert signed_in(sinta).post(reverse("list-propose"), given(customer="IN3000000")).status_code == 422
    assert simulators.calls(ASKED) == []


def test_siskas_away_loses_nothing_and_the_next_try_does_it(sinta: User, simulators: Simulators) -> None:
    simulators.fail(ASKED, "timeout", ms=LONG, count=1)
    browser, address = signed_in(sinta), reverse("list-propose")
    typed = {**given(customer=DCS_LOS, evidence="Nota 77"), "key": "a"}
    answer = browser.post(address, typed)
    page = text_of(answer)
    assert answer.status_code == 409
    for words in ("SISKAS", "coba lagi", DCS_LOS, "Nota 77"):
        assert words in page
    assert "tidak mengenal pelanggan" not in page
    assert (Customer.objects.count(), ListEntry.objects.count()) == (0, 0)
    assert browser.post(address, typed).status_code == 302
    assert ListEntry.objects.count() == 1


def test_who_is_known_is_proposed_while_siskas_is_away(sinta: User, simulators: Simulators) -> None:
    customer()
    simulators.fail(ASKED, "http_500")
    assert signed_in(sinta).post(reverse("list-propose"), given()).status_code == 302


def test_rest_tells_that_siskas_is_away(sinta: User, simulators: Simulators) -> None:
    simulators.fail(ASKED, "http_500")
    answer = rest(sinta).post("/api/lists/", given(customer=DCS_LOS), format="json")
    assert (answer.status_code, "SISKAS" in answer.content.decode()) == (409, True)
    simulators.heal("siskas")
    assert rest(sinta).post("/api/lists/", given(customer=DCS_LOS), format="json").status_code == 201


# --- the import ------------------------------------------------------------------------------------------------------
def test_an_import_asks_for_each_unknown_number_once(bowo: User, simulators: Simulators) -> None:
    customer()
    rows = [
        row("3000901"), row(DCS_LOS), row(DCS_LOS, "Hard complaint"), row("9999999"), row("999-9999"),
        row(SHARED_PHONE), row("3000000", "HIGH_SPEED"),
    ]  # fmt: skip
    batch = read_on(importing.hand_in(bowo, "a.xlsx", workbook(rows)))
    told = lines(batch)
    assert (batch.status, [line for line, refusal in told.items() if not refusal]) == ("DONE", [2, 3, 4, 8])
    assert "9999999" in told[5]
    assert "dipakai beberapa pelanggan" in told[7]
    asked = sorted(next(iter(call["content"].values())) for call in simulators.calls(ASKED))
    assert asked == sorted([DCS_LOS, "9999999", SHARED_PHONE.replace("-", "")]), "3000000 came with its line"


def test_an_import_waits_for_siskas_says_so_and_goes_on(bowo: User, simulators: Simulators) -> None:
    customer()
    rows = [row(DCS_LOS), row("3000901"), row("3000002"), row("3000901", "Tetangga direktur")]
    batch = importing.hand_in(bowo, "a.xlsx", workbook(rows))
    simulators.fail(ASKED, "http_500")
    batch = read_on(batch)
    assert (batch.status, batch.claimed_at) == ("WAITING", None)
    assert list(lines(batch)) == [3, 5], "what needs no SISKAS is done"
    page = text_of(signed_in(bowo).get(batch.get_absolute_url()))
    assert batch.problem in page
    assert "berlanjut sendiri" in page
    assert len(simulators.calls(ASKED)) == READ_TRIES, "one of two unknown numbers: silent is silent"
    assert importing.waiting() == [batch.pk]
    assert read_on(batch).status == "WAITING"
    simulators.heal("siskas")
    SystemState.objects.all().delete()
    batch = read_on(batch)
    assert (batch.status, batch.problem, [line for line, refusal in lines(batch).items() if not refusal]) == (
        "DONE", "", [2, 3, 4],
    )  # fmt: skip
    assert importing.waiting() == []
