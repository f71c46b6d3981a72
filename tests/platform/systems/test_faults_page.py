"""The page on which an administrator makes simulated systems fail; it works without JavaScript."""

from __future__ import annotations

import pytest
from django.test import Client

from tenesa.accounts.roles import Role
from tenesa.systems import clients, control
from tenesa.systems.errors import Unavailable
from tenesa.systems.operation import TITLES, label_of
from tenesa.systems.simulator import seed, seed_bills
from tenesa.systems.simulator.app import SYSTEMS
from tests import factories

PAGE = "/systems/faults/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db: None) -> Client:
    client = Client()
    client.force_login(factories.person("wayan", Role.ADMIN))
    return client


def test_it_switches_a_fault_on_and_clears_it(simulators, admin) -> None:
    answer = admin.post(PAGE, {"target": "nossa.get_incident", "kind": "http_500", "count": "", "ms": ""}, follow=True)
    page = answer.content.decode()
    assert 'value="nossa.get_incident"' in page
    with pytest.raises(Unavailable):
        clients.nossa().incident(seed.OPEN_INCIDENT)

    admin.post(PAGE, {"clear": "nossa.get_incident"})
    assert not control.catalogue("nossa").faults
    clients.nossa().incident(seed.OPEN_INCIDENT)


def test_it_takes_a_number_of_calls_and_milliseconds(simulators, admin) -> None:
    admin.post(PAGE, {"target": "mycx.*", "kind": "slow", "count": "3", "ms": "900"})
    (fault,) = control.catalogue("mycx").faults
    assert (fault.system, fault.operation, fault.kind, fault.remaining, fault.ms) == ("mycx", "*", "slow", 3, 900)
    assert "900 ms" in " ".join(admin.get(PAGE).content.decode().split())


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": "nossa.destroy", "kind": "slow"},
        {"target": "nossa.changes", "kind": "explode"},
        {"target": "nossa.changes", "kind": "slow", "count": "0"},
        {"target": "nossa.changes", "kind": "slow", "ms": "-5"},
        {},
    ],
)
def test_it_refuses_what_makes_no_sense_and_switches_nothing(simulators, admin, wrong) -> None:
    assert admin.post(PAGE, {"target": "", **wrong}).status_code == 422
    assert not control.catalogue("nossa").faults


@pytest.mark.parametrize("role", [Role.AGENT_EMAIL, Role.TEAM_LEADER, Role.MANAGER])
def test_only_an_administrator_may(simulators, role) -> None:
    client = Client()
    client.force_login(factories.person("orang", role))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"target": "nossa.changes", "kind": "http_500"}).status_code == 403
    assert Client().get(PAGE).status_code == 302
    assert not control.catalogue("nossa").faults


def test_it_says_which_system_is_not_a_simulator(simulators, admin, settings) -> None:
    settings.SYSTEMS["mycx"]["url"] = "http://127.0.0.1:9/mycx"
    page = admin.get(PAGE)
    assert page.status_code == 200
    assert [s.name for s in page.context["systems"] if not s.operations] == ["mycx"]
    assert admin.post(PAGE, {"target": "mycx.search", "kind": "slow"}).status_code == 422


def test_clearing_what_is_not_there_changes_nothing(simulators, admin) -> None:
    assert admin.post(PAGE, {"clear": "nowhere.nothing"}).status_code == 302
    assert admin.post(PAGE, {"clear": ""}).status_code == 302


def test_a_customer_pays_in_the_simulated_e_payment(simulators, admin) -> None:
    number = next(one for one in map(str, range(131055500000, 131055500400)) if seed_bills.debtor(one).owed == 2)
    page = admin.post(PAGE, {"pay": "1", "fastel": number, "amount": "", "posted_on": ""}, follow=True)
    assert number in page.content.decode()
    assert not [bill for bill in clients.epayment().bills(number).bills if bill.paid_on is None]
    again = admin.post(PAGE, {"pay": "1", "fastel": number})
    assert (again.status_code, list(again.context["payment"].errors)) == (422, ["fastel"])
    assert f'value="{number}"' in again.content.decode()  # what was typed is still there


@pytest.mark.parametrize("wrong", [{"fastel": "rahasia"}, {"fastel": "131055500000", "amount": "0"}, {}])
def test_a_payment_that_cannot_be_is_told_at_its_field(simulators, admin, wrong) -> None:
    answer = admin.post(PAGE, {"pay": "1", **wrong})
    assert answer.status_code == 422
    assert answer.context["payment"].errors
    assert not answer.context["form"].is_bound


def test_every_operation_has_words() -> None:
    names = {(system, name) for system, operations in SYSTEMS.items() for name in operations}
    assert names - set(TITLES) == set()
    assert [key for key in names if label_of(*key) == key[1].replace("_", " ")] == []
