"""A journey's world: real mail server, outside systems, web server and one real worker for all journeys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tenesa.accounts.models import User
from tenesa.audit.verify import broken_links
from tenesa.mail.models import Mailbox
from tests import factories
from tests.journeys.desk import Api, Outside, Worker, World, new_mailbox, tidy
from tests.journeys.post import CUSTOMERS, UNITS, Customer, Inbox


@pytest.fixture(autouse=True)
def _clean_cache() -> None:
    """The cache shares its Redis with the worker's queue, so here nobody empties it."""


@pytest.fixture(scope="package")
def worker(django_db_setup: None) -> Iterator[Worker]:
    """One worker with beat for all journeys of this package."""
    tidy()
    made = Worker().start()
    yield made
    made.stop()
    tidy()


@pytest.fixture
def world(transactional_db: None, settings: Any, worker: Worker, live_server: Any) -> Iterator[World]:
    """An empty desk whose first customer mail is still to come; afterwards the books must balance."""
    settings.MAIL_UNDO_SECONDS = 0
    factories.product()
    outside = Outside()
    outside.reset()
    worker.let_tick()
    inbox, units = Inbox(CUSTOMERS), {unit: Inbox(unit) for unit in UNITS}
    made = World(live_server.url, new_mailbox(), worker, outside, inbox, units)
    yield made
    Mailbox.objects.update(active=False)
    outside.heal()
    worker.hold_ticks()  # the database is emptied next, and nobody may be reading it then
    made.at_rest()
    assert list(broken_links()) == []
    ledger = made.ledger()
    assert sum(ledger.values()) == made.on_server()
    assert not ledger.get("STORED")
    made.close()


@pytest.fixture
def agent(world: World, rini: User) -> Api:
    return world.person(rini)


@pytest.fixture
def other_agent(world: World, dewi: User) -> Api:
    return world.person(dewi)


@pytest.fixture
def leader(world: World, bowo: User) -> Api:
    return world.person(bowo)


@pytest.fixture
def bonar(world: World) -> Customer:
    """A contact of PT Samudra Niaga Lintas, segment DES."""
    return world.customer("Bonar Nababan", "bonar@samudra.example")


@pytest.fixture
def meutia(world: World) -> Customer:
    """A contact of PT Bank Arta Mandala, segment DES, which has an open incident."""
    return world.customer("Cut Meutia Sari", "meutia@artamandala.example")


@pytest.fixture
def satrio(world: World) -> Customer:
    """The owner of CV Kopi Lereng Merapi, segment DBS."""
    return world.customer("Satrio Wicaksono", "satrio@kopimerapi.example")


@pytest.fixture
def wulan(world: World) -> Customer:
    """A household, segment DCS."""
    return world.customer("Wulan Sasmita", "wulan@surel.example")
