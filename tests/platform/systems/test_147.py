"""The systems of the 147 desk over real HTTP: CTI, My Kiss, callback application, SISKAS by telephone."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tenesa.accounts import tokens
from tenesa.accounts.roles import Role
from tenesa.systems import clients, control
from tenesa.systems.cti.values import AgentState, Category
from tenesa.systems.errors import Refused, SystemError_
from tenesa.systems.simulator import seed
from tenesa.systems.simulator.seed_numbers import CTI_ONLY, CTI_VVIP, VVIP_HOUSEHOLDS, owners_of
from tenesa.systems.simulator.seed_scripts import SCRIPTS, WAY_OUT
from tests import factories
from tickets.demo import people

pytestmark = pytest.mark.usefixtures("simulators")
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


def refused(ask, *args, **kwargs) -> SystemError_:
    with pytest.raises(Refused) as caught:
        ask(*args, **kwargs)
    assert caught.value.message
    return caught.value


def phone_of(reference: str) -> str:
    return seed.world().by_reference[reference].contacts[0].phone


# --- CTI -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("writing", ["0812-0000-3001", "+62 812 0000 3001", "081200003001"])
def test_the_cti_knows_a_vvip_in_every_writing_of_the_number(writing) -> None:
    caller = clients.cti().category(writing)
    assert (caller.number, caller.category) == (writing, Category.VVIP)
    assert caller.name == seed.world().by_reference["3000001"].name


@pytest.mark.parametrize(
    ("number", "category"),
    [
        (phone_of(VVIP_HOUSEHOLDS[-1]), Category.REGULAR),
        (phone_of(CTI_ONLY), Category.VVIP),
        ("0274/5550143", Category.REGULAR),
        ("0899-9999-9999", Category.UNKNOWN),
        ("rahasia", Category.UNKNOWN),
    ],
)
def test_the_cti_and_the_list_may_disagree_and_nobody_is_guessed(number, category) -> None:
    assert clients.cti().category(number).category == category


def test_a_number_of_two_households_has_no_name() -> None:
    assert clients.cti().category(seed.SHARED_PHONE).name == ""
    assert len(owners_of(seed.world(), seed.SHARED_PHONE)) == 2
    assert {seed.world().by_reference[reference].segment for reference in CTI_VVIP} == {"DCS"}


def test_the_state_of_an_agent_is_set_and_an_older_one_is_left_aside() -> None:
    cti = clients.cti()
    assert refused(cti.agent_state, "rini").code == "NOT_FOUND"
    assert cti.set_agent_state("rini", AgentState.AUTO_IN, NOW, key="p:1").state == AgentState.AUTO_IN
    late = cti.set_agent_state("rini", AgentState.OFF, NOW - timedelta(minutes=1), key="p:0")
    assert (late.state, late.since) == (AgentState.AUTO_IN, NOW)
    assert cti.agent_state("rini") == late


class Receiver(BaseHTTPRequestHandler):
    """Stands where TENESA's REST stands; keeps what it was sent, and asks the CTI back as a receiver may."""

    base: str
    got: list[tuple[str, str, dict[str, Any]]]
    status: int

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.got.append((self.path, self.headers["Authorization"], body))
        clients.cti().category(body["number"])
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b'{"detail": "ya"}')

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[type[Receiver]]:
    class Listening(Receiver):
        got = []
        status = 201

    server = HTTPServer(("127.0.0.1", 0), Listening)
    Listening.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    control.receive_pops(f"{Listening.base}/api/v1/screen-pops/", "kunci")
    yield Listening
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_call_is_posted_to_the_rest_of_the_desk(receiver) -> None:
    sent = control.screen_pop("0812-0000-3001", "rini", "CTI-1")
    ((path, token, body),) = receiver.got
    assert (path, token) == ("/api/v1/screen-pops/", "Token kunci")
    assert body == {
        **sent["event"],
        "call_id": "CTI-1",
        "number": "0812-0000-3001",
        "agent": "rini",
        "category": "VVIP",
    }
    assert datetime.fromisoformat(body["at"]).tzinfo is not None
    assert (sent["status"], sent["answer"]) == (201, '{"detail": "ya"}')


def test_a_call_of_an_unknown_number_has_no_category_and_an_id_of_its_own(receiver) -> None:
    first, second = (control.screen_pop("0899 9999 9999", "rini") for _turn in range(2))
    assert "category" not in first["event"]
    assert first["event"]["call_id"] != second["event"]["call_id"]


def test_what_the_desk_refuses_comes_back_with_its_status(receiver) -> None:
    receiver.status = 422
    assert control.screen_pop("0812-0000-3001", "rini")["status"] == 422


def test_a_call_without_a_number_or_a_receiver_is_not_raised(receiver) -> None:
    for number, agent in (("", "rini"), ("rahasia", "rini"), ("0812-0000-3001", "")):
        with pytest.raises(control.NoSimulator):
            control.screen_pop(number, agent)
    control.receive_pops("http://127.0.0.1:9/api/v1/screen-pops/", "kunci")
    with pytest.raises(control.NoSimulator):
        control.screen_pop("0812-0000-3001", "rini")
    assert receiver.got == []


# --- My Kiss ---------------------------------------------------------------------------------------------------------
def test_my_kiss_lists_its_tree_and_reads_the_way_out() -> None:
    listed = clients.mykiss().tree()
    assert {entry.path for entry in listed} == {path for path, _title, _text in SCRIPTS}
    below = clients.mykiss().tree("Knowledge/Script Handling 147")
    assert WAY_OUT in {entry.path for entry in below}
    assert all(entry.path.startswith("Knowledge/Script Handling 147/") for entry in below)
    script = clients.mykiss().script(WAY_OUT)
    assert "petugas khusus" in script.script
    assert (script.version, script.title) == ("1.0", next(e.title for e in listed if e.path == WAY_OUT))
    assert clients.mykiss().tree("Knowledge/Script") == ()


def test_a_new_version_is_published_and_an_unpublished_script_is_not_found() -> None:
    assert control.publish_script(WAY_OUT, script="> Baru.") == "1.1"
    read = clients.mykiss().script(WAY_OUT)
    assert (read.version, read.script) == ("1.1", "> Baru.")
    control.unpublish_script(WAY_OUT)
    assert refused(clients.mykiss().script, WAY_OUT).code == "NOT_FOUND"
    assert WAY_OUT not in {entry.path for entry in clients.mykiss().tree()}
    assert control.publish_script(WAY_OUT) == "1.2"
    assert clients.mykiss().script(WAY_OUT).script == "> Baru."


# --- callback application --------------------------------------------------------------------------------------------
def test_a_callback_is_queued_claimed_and_done() -> None:
    queue = clients.callback()
    entered = queue.enqueue("SC1", "021/55501234", NOW, 0, key="SC1")
    assert (entered.status, entered.priority, entered.due_at, entered.agent) == ("QUEUED", 0, NOW, "")
    assert queue.enqueue("SC1", "021/55501234", NOW, 0, key="SC1") == entered
    assert queue.claim("SC1", "sari", key="SC1:2").agent == "sari"
    later = queue.reschedule("SC1", NOW + timedelta(hours=1), 1, key="SC1:3")
    assert (later.status, later.agent, later.due_at) == ("QUEUED", "", NOW + timedelta(hours=1))
    assert queue.claim("SC1", "tono", key="SC1:4").status == "CLAIMED"
    assert queue.complete("SC1", "Selesai", key="SC1:5").result == "Selesai"


def test_a_callback_is_refused_in_words() -> None:
    queue = clients.callback()
    entered = queue.enqueue("SC1", "021/55501234", NOW, 1, key="SC1")
    again = refused(queue.enqueue, "SC1", "021/55501234", NOW, 2, key="lain")
    assert (again.code, again.data["queue_id"]) == ("DUPLICATE", entered.queue_id)
    queue.claim("SC1", "sari", key="SC1:2")
    taken = refused(queue.claim, "SC1", "tono", key="SC1:3")
    assert (taken.code, taken.data["agent"]) == ("CONFLICT", "sari")
    queue.complete("SC1", "Selesai", key="SC1:4")
    assert refused(queue.claim, "SC1", "tono", key="SC1:5").code == "CLOSED"
    assert refused(queue.complete, "SC2", "Selesai", key="SC2:1").code == "NOT_FOUND"
    assert refused(queue.enqueue, "SC3", "021", NOW, 17, key="SC3").data["fields"] == {"priority": "0 sampai 9"}
    assert refused(queue.enqueue, "SC3", "021", NOW.replace(tzinfo=None), 1, key="SC3x").code == "INVALID"


# --- SISKAS ----------------------------------------------------------------------------------------------------------
def test_siskas_finds_by_telephone_and_says_the_speed() -> None:
    record = clients.siskas().find_customer("phone", "+62 812-0000-3000")
    assert (record.customer.reference, record.matched_by) == ("3000000", "phone")
    assert record.services[0].mbps == seed.world().by_number[seed.DCS_LOS].bandwidth_mbps
    shop = clients.siskas().find_customer("phone", "0274 5550143")
    assert {service.product_id: service.mbps for service in shop.services}["02745550143"] is None
    assert refused(clients.siskas().find_customer, "phone", seed.SHARED_PHONE).code == "AMBIGUOUS"
    assert refused(clients.siskas().find_customer, "phone", "0899 9999 9999").code == "NOT_FOUND"


def test_about_every_seventh_household_is_fast() -> None:
    speeds = [service.bandwidth_mbps for service in seed.world().services if service.name == "IndiHome"]
    assert len(speeds) == seed.HOUSEHOLDS
    assert 0.10 <= sum(50 <= speed <= 100 for speed in speeds) / len(speeds) <= 0.20


@pytest.mark.django_db
def test_an_administrator_brings_a_call_from_the_page(receiver, client) -> None:
    client.force_login(factories.person("wayan", Role.ADMIN))
    given = {"call": "1", "number": "0812-0000-3001", "agent": "rini"}
    nobody = client.post("/systems/faults/", given)
    assert (nobody.status_code, receiver.got) == (422, [])
    assert "Tidak ada pengguna aktif dengan login “rini”." in nobody.content.decode()
    factories.person("rini", Role.AGENT_147)
    page = client.post("/systems/faults/", given, follow=True)
    assert receiver.got[0][2]["agent"] == "rini"
    assert "tampil di layar rini" in page.content.decode()
    assert client.post("/systems/faults/", {"call": "1", "number": "", "agent": "rini"}).status_code == 422
    page = client.post("/systems/faults/", {"call": "1", "number": "rahasia", "agent": "rini"}, follow=True)
    assert len(receiver.got) == 1
    assert (page.status_code, list(page.context["call"].errors)) == (422, ["number"])


@pytest.mark.django_db
def test_the_demonstration_gives_the_cti_a_token_in_place_of_the_one_before(receiver, settings) -> None:
    settings.TENESA_URL = f"{receiver.base}/"
    people.load_people()
    for _start in range(2):
        people.connect_telephone()
        control.screen_pop("0812-0000-3001", "rini")
    first, second = (token.removeprefix("Token ") for _path, token, _body in receiver.got)
    assert {path for path, _token, _body in receiver.got} == {"/api/v1/screen-pops/"}
    assert tokens.valid(first) is None
    valid = tokens.valid(second)
    assert valid is not None
    assert valid.user.username == "telepon"
