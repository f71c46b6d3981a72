"""Whatever a system does wrong, a client answers with words: Refused or Unavailable, never anything else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from tenesa.systems import clients
from tenesa.systems.cti.values import AgentState
from tenesa.systems.errors import Refused, SystemError_, Unavailable
from tenesa.systems.http import transport
from tenesa.systems.mycx.client import MycxClient
from tenesa.systems.mycx.orders import NewOrder
from tenesa.systems.mycx.values import NewTicket, SearchType
from tenesa.systems.nossa.values import LogType, NewWorklog
from tenesa.systems.outbound import Outcome
from tenesa.systems.securecrt.values import Command
from tenesa.systems.simulator import seed
from tenesa.systems.simulator.seed_scripts import WAY_OUT
from tests.platform.systems.conftest import LONG

TICKET = NewTicket(
    seed.DES_DOWN_VPN, "Bonar", "0812-0000-1187", "bonar@samudra.example", "OFFLINE", "Mati total", "DES"
)
NOTE = NewWorklog(seed.OPEN_INCIDENT, LogType.CLIENTNOTE, "Info", "Lampu PON mati")
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
OUTCOME = Outcome(
    "HC1-1", NOW, NOW.date(), "citra", "131055512345", "CT0", status="Not Contacted", category="", reason="RNA"
)


def entered_in_tamara() -> Any:
    clients.tamara().write(OUTCOME, key="tamara:HC1-1")
    return clients.tamara().find(OUTCOME.key)


def called_by_eyebeam() -> Any:
    return clients.eyebeam().call_log(clients.eyebeam().dial("081200001187", agent="rini", key="dial:1"))


def check_device() -> Any:
    service = clients.tenoss().service(seed.DES_HEALTHY)
    return clients.securecrt().check(service.node, service.port, Command.INTERFACE_STATUS)


READS: dict[str, Callable[[], Any]] = {
    "mycx.search": lambda: clients.mycx().search(SearchType.PRODUCT_ID, seed.DES_HEALTHY),
    "nossa.get_incident": lambda: clients.nossa().incident(seed.OPEN_INCIDENT),
    "nossa.search_by_service": lambda: clients.nossa().incidents_of(seed.DES_TWO_INCIDENTS),
    "nossa.changes": lambda: clients.nossa().changes(0),
    "siskas.find_customer": lambda: clients.siskas().find_customer("fastel", seed.DCS_LOS),
    "tenoss.get_service": lambda: clients.tenoss().service(seed.DES_HEALTHY),
    "telkom_center.topology": lambda: clients.telkom_center().topology(seed.DES_HEALTHY),
    "mrtg.traffic": lambda: clients.mrtg().traffic(seed.DES_HEALTHY),
    "embassy.line": lambda: clients.embassy().line(seed.DBS_HEALTHY),
    "securecrt.check": check_device,
    "epayment.bills": lambda: clients.epayment().bills(seed.DBS_HEALTHY),
    "cti.category": lambda: clients.cti().category("0812-0000-3001"),
    "mykiss.tree": lambda: clients.mykiss().tree(),
    "epayment.payments": lambda: clients.epayment().payments(seed.DBS_HEALTHY, NOW.date()),
    "mycx.results": lambda: clients.mycx().results(NOW.date(), NOW.date()),
    "tamara.find": entered_in_tamara,
    "tamara.export": lambda: clients.tamara().export(NOW.date(), NOW.date()),
    "nonatero.counts": lambda: clients.nonatero().counts(NOW.date(), NOW.date()),
    "eyebeam.history": called_by_eyebeam,
    "apprec.find": lambda: clients.apprec().find("EB-90000012"),
    "apprec.audio": lambda: clients.apprec().audio("REC-90000012"),
    "mykiss.script": lambda: clients.mykiss().script(WAY_OUT),
}
WRITES: dict[str, Callable[[], Any]] = {
    "mycx.create_ticket": lambda: clients.mycx().create_ticket(TICKET, key="case-1"),
    "nossa.add_worklog": lambda: clients.nossa().add_worklog(NOTE, key="row-1"),
    "cti.set_agent_state": lambda: clients.cti().set_agent_state("rini", AgentState.AUX, NOW, key="presence:1"),
    "callback.enqueue": lambda: clients.callback().enqueue("SC1", "021/55501234", NOW, 0, key="SC1"),
    "backend.escalate": lambda: clients.backend().escalate("TN1", "TELKOM", "Mohon bantuan", key="escalation:1"),
    "mycx.load_orders": lambda: clients.mycx().load(
        [NewOrder("PR1", OUTCOME.fastel, "CT0", "2026-11")], key="batch:1:1"
    ),
    "mycx.result": lambda: clients.mycx().result(OUTCOME, key="mycx:HC1-1"),
    "cwc.enter": lambda: clients.cwc().enter(OUTCOME, key="cwc:HC1-1"),
    "tamara.write": lambda: clients.tamara().write(OUTCOME, key="tamara:HC1-1"),
    "eyebeam.call": lambda: clients.eyebeam().dial("081200001187", agent="rini", key="dial:1"),
    "coordination.post": lambda: clients.coordination().post("KOORDINASI-DCS", "Halo", "TN1", key="outbox-1"),
}
EVERYTHING = READS | WRITES


@pytest.mark.parametrize("target", EVERYTHING)
@pytest.mark.parametrize(("kind", "code"), [("http_500", "UNAVAILABLE"), ("wrong_data", "BAD_DATA")])
def test_a_broken_answer_is_unavailable_in_words(simulators, target, kind, code) -> None:
    simulators.fail(target, kind)
    with pytest.raises(Unavailable) as caught:
        EVERYTHING[target]()
    assert caught.value.code == code
    assert len(caught.value.message) > 20


@pytest.mark.parametrize("target", ["mycx.search", "mycx.create_ticket", "nossa.changes", "coordination.post"])
def test_no_answer_is_unavailable_after_the_time_out(simulators, target) -> None:
    simulators.fail(target, "timeout", ms=LONG)
    began = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        EVERYTHING[target]()
    assert caught.value.code == "TIMEOUT"
    assert time.monotonic() - began < LONG / 1000


@pytest.mark.parametrize("target", READS)
def test_a_read_survives_one_broken_answer(simulators, target) -> None:
    simulators.fail(target, "http_500", count=1)
    READS[target]()
    assert len(simulators.calls(target)) == 2


@pytest.mark.parametrize("target", WRITES)
def test_a_write_is_never_repeated_by_the_client(simulators, target) -> None:
    simulators.fail(target, "http_500", count=1)
    with pytest.raises(Unavailable):
        WRITES[target]()
    assert len(simulators.calls(target)) == 1


@pytest.mark.parametrize("kind", ["timeout", "lost_answer", "http_500", "wrong_data"])
def test_one_ticket_whatever_became_of_the_answer(simulators, kind) -> None:
    """The answer is lost or useless, done or not done: the same key ends in one ticket."""
    simulators.fail("mycx.create_ticket", kind, count=1, ms=LONG)
    with pytest.raises(Unavailable):
        WRITES["mycx.create_ticket"]()
    created = WRITES["mycx.create_ticket"]()
    assert simulators.incidents_of(seed.DES_DOWN_VPN) == [created.incident]
    assert {call["key"] for call in simulators.calls("mycx.create_ticket")} == {"case-1"}


def test_a_duplicate_reported_elsewhere_is_refused_with_its_number(simulators) -> None:
    simulators.fail("mycx.create_ticket", "duplicate", count=1)
    with pytest.raises(Refused) as caught:
        WRITES["mycx.create_ticket"]()
    assert caught.value.code == "DUPLICATE"
    assert simulators.incidents_of(seed.DES_DOWN_VPN) == [caught.value.data["incident"]]


def test_a_feed_that_repeats_itself_is_read_once(simulators) -> None:
    WRITES["mycx.create_ticket"]()
    simulators.fail("nossa.changes", "duplicate")
    assert len(clients.nossa().changes(0)) == 1


def test_a_slow_system_is_waited_for(simulators) -> None:
    simulators.fail("nossa.get_incident", "slow", ms=200)
    assert clients.nossa().incident(seed.OPEN_INCIDENT).number == seed.OPEN_INCIDENT


def test_a_fault_ends_after_its_calls_and_touches_nothing_else(simulators) -> None:
    simulators.fail("mycx", "http_500", count=1)
    clients.nossa().incident(seed.OPEN_INCIDENT)
    with pytest.raises(SystemError_):
        WRITES["mycx.create_ticket"]()
    WRITES["mycx.create_ticket"]()


@contextmanager
def answering(raw: bytes) -> Iterator[str]:
    """A server that says the same bytes to everybody."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _peer = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                connection.sendall(raw)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def http(body: bytes, status: str = "200 OK") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    )
    return head.encode() + b"\r\n" + body


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not http at all\r\n\r\n",
        http(b""),
        http(b"[]"),
        http(b"null"),
        http(b"\xff\xfe\x00"),
        http(b'{"ok": true}'),
        http(b'{"ok": true, "data": []}'),
        http(b'{"ok": true, "data": {"incident": 7, "product_id": "x"}}'),
        http(b'{"ok": false, "error": null}'),
        http(b'{"ok": false, "error": {"code": "X"}}', "409 Conflict"),
        http(b'{"ok": true, "data": {}}', "500 Internal Server Error"),
        http(b"", "302 Found"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
    ],
)
def test_nonsense_on_the_wire_is_unavailable(raw) -> None:
    with answering(raw) as url:
        wire = transport(url, "t", 0.5)
        with pytest.raises(Unavailable) as caught:
            MycxClient(wire).create_ticket(TICKET, key="case-1")
    assert caught.value.message
