"""What the simulator promises to its users: one effect a key, also after a kill; life of its own; a fixed world."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from tenesa.launch.rundir import answers
from tenesa.systems.http import transport
from tenesa.systems.mycx.client import MycxClient
from tenesa.systems.nossa.client import NossaClient
from tenesa.systems.simulator import seed
from tenesa.systems.simulator.app import Simulator
from tenesa.systems.simulator.seed_incidents import INCIDENTS, OPEN, REPAIRED
from tests.ports import free_port

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def start(port: int, tmp_path: Path) -> Iterator[Start]:
    """Starts the simulator as its own process, on the same data each time."""
    running = []

    def process(*options: str) -> subprocess.Popen[bytes]:
        argv = ["-m", "tenesa.systems.simulator", "--port", str(port), "--data", str(tmp_path / "data.sqlite3")]
        running.append(subprocess.Popen([sys.executable, *argv, *options]))
        wait_for(lambda: answers(port))
        return running[-1]

    yield process
    for each in running:
        each.kill()
        each.wait()


def wait_for(true: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_key_keeps_its_answer_when_the_simulator_is_killed(start, port, ticket) -> None:
    first = start()
    mycx = MycxClient(transport(f"http://127.0.0.1:{port}/mycx", "simulator", 5))
    nossa = NossaClient(transport(f"http://127.0.0.1:{port}/nossa", "simulator", 5))
    created = mycx.create_ticket(ticket, key="case-1")
    first.send_signal(signal.SIGKILL)
    first.wait()
    start()
    assert mycx.create_ticket(ticket, key="case-1") == created
    assert [incident.number for incident in nossa.incidents_of(ticket.product_id)] == [created.incident]


def test_a_new_ticket_is_repaired_by_itself(start, port, ticket) -> None:
    start("--life", "2")
    mycx = MycxClient(transport(f"http://127.0.0.1:{port}/mycx", "simulator", 5))
    nossa = NossaClient(transport(f"http://127.0.0.1:{port}/nossa", "simulator", 5))
    number = mycx.create_ticket(ticket, key="case-1").incident
    wait_for(lambda: nossa.incident(number).status == "RESOLVED")
    statuses = [change.status for change in nossa.changes(0)]
    assert statuses == ["NEW", "QUEUED", "BACKEND", "INPROG", "FINALCHECK", "RESOLVED"]
    repaired = nossa.incident(number)
    assert repaired.cause
    assert repaired.solution
    assert len(repaired.worklogs) == 6


def test_it_ends_at_once_when_asked(start) -> None:
    process = start()
    process.terminate()
    assert process.wait(timeout=5) == 0


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[MycxClient]:
    """The simulator without a server, as unit tests may mount it."""
    wire = httpx2.WSGITransport(Simulator(tmp_path / "data.sqlite3"))
    headers = {"Authorization": "Bearer simulator"}
    with httpx2.Client(transport=wire, base_url="http://simulator/mycx", headers=headers) as client:
        yield MycxClient(client)


def test_eight_threads_with_one_key_open_one_ticket(inside, ticket) -> None:
    with ThreadPoolExecutor(8) as pool:
        created = list(pool.map(lambda _turn: inside.create_ticket(ticket, key="case-1"), range(8)))
    assert len({each.incident for each in created}) == 1


def test_the_world_is_the_same_every_time() -> None:
    now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert INCIDENTS(now) == INCIDENTS(now)
    assert len(INCIDENTS(now)) == 180
    assert seed.world.__wrapped__() == seed.world()


def test_the_named_fixtures_are_what_they_say() -> None:
    world, incidents = seed.world(), INCIDENTS(datetime(2026, 11, 21, 9, tzinfo=UTC))
    open_on = [incident["service_no"] for incident in incidents if incident["status"] in OPEN]
    segments = {
        seed.DES_DOWN_VPN: "DES", seed.DGS_DOWN: "DGS", seed.DBS_UNSTABLE: "DBS", seed.DCS_LOS: "DCS",
        seed.DWS_SERVICE: "DWS", seed.DES_HEALTHY: "DES", seed.DBS_HEALTHY: "DBS",
    }  # fmt: skip
    assert {number: world.customer_of(number).segment for number in segments} == segments
    assert not set(segments) & set(open_on)
    assert (open_on.count(seed.DES_OPEN_INCIDENT), open_on.count(seed.DES_TWO_INCIDENTS)) == (1, 2)
    assert seed.UNKNOWN_SID not in world.by_number


def test_no_address_and_number_of_the_world_can_be_real() -> None:
    contacts = [contact for customer in seed.world().customers for contact in customer.contacts]
    assert all(contact.email.endswith((".example", ".test")) for contact in contacts)
    assert all(contact.phone.startswith("0812-0000-") for contact in contacts)
    assert len({contact.email for contact in contacts}) == len(contacts)


def test_a_repaired_incident_says_why_and_how() -> None:
    for incident in INCIDENTS(datetime(2026, 11, 21, 9, tzinfo=UTC)):
        assert bool(incident["cause"] and incident["solution"]) == (incident["status"] in REPAIRED)
        assert 2 <= len(incident["worklogs"]) <= 9
