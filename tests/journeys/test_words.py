"""Only a person's own words move a case, and they always do: replies, signatures, quotes, numbers nobody knows."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tenesa.systems.models import ExternalCall
from tenesa.systems.simulator.seed import DES_DOWN_VPN, DES_HEALTHY, OPEN_INCIDENT, UNKNOWN_SID
from tenesa.timers.models import Timer
from tests.journeys import ways
from tests.journeys.desk import Api, Handling, World
from tests.journeys.patience import eventually
from tests.journeys.post import Customer, submit
from tests.journeys.test_progress import let_time_pass

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SIGNATURE = "-- \nTono Wijaya\nPercetakan Maju\nNo. Telp: (021) 5551234\nLangganan 131055507781"


@pytest.fixture
def asked(world: World, agent: Api, bonar: Customer) -> Handling:
    """A new complaint without a product, whose product the agent has asked for."""
    case = world.case_of(agent, bonar.writes("Internet mati total", "Internet kami mati total sejak malam."))
    ways.check_segment(case, "DES")
    case.take("identify", kind="COMPLAINT", complaint="NEW")
    case.take("ask_product")
    return case


def waiting(case: Handling) -> set[str]:
    clocks = Timer.objects.filter(case_id=case.pk, name__startswith="reference", state="RUNNING")
    return set(clocks.values_list("name", flat=True))


def test_a_reply_stops_the_clocks_whatever_it_says(world: World, bonar: Customer, asked: Handling) -> None:
    ours = bonar.gets("nomor layanan: SID")
    assert waiting(asked) == {"reference_reminder", "reference_close"}
    words = f"Baik Pak, nomornya saya carikan dulu di tagihan, nanti siang saya kirim.\n\n{SIGNATURE}"
    bonar.answers(ours, f"{words}\n\nPada hari ini Tono menulis:\n> SID {DES_HEALTHY}")
    asked.until_step("attach_reply")
    world.at_rest()
    now = asked.now()
    assert (now["state"], now["unread_by"], now["lines"]) == ("NEED_REFERENCE", "CUSTOMER", [])
    assert waiting(asked) == set()
    assert {system for system, *_rest in asked.outside()} == {"siskas", "nossa"}  # the sender, and their services

    asked.take("write", message="Baik, kami tunggu.")
    assert waiting(asked) == {"reference_reminder", "reference_close"}
    bonar.answers(ours, f"Ini nomornya: {DES_DOWN_VPN}.\n\n{SIGNATURE}")
    now = asked.until("CLASSIFIED")
    assert [line["product_id"] for line in now["lines"]] == [DES_DOWN_VPN]
    assert now["unread_by"] == "CUSTOMER"
    assert waiting(asked) == set()


def test_a_number_is_taken_when_it_is_known(world: World, bonar: Customer, asked: Handling) -> None:
    ours = bonar.gets("nomor layanan: SID")
    bonar.answers(ours, f"SID kami {UNKNOWN_SID}.")
    asked.until_step("attach_reply")
    world.at_rest()
    assert (asked.state, asked.now()["lines"]) == ("NEED_REFERENCE", [])
    offers = {field["name"]: field for field in asked.api.offers(asked.pk)["receive_product"]["inputs"]}
    assert offers["product_ids"]["initial"] == UNKNOWN_SID

    world.outside.fault("tenoss", "get_service", "http_500")
    bonar.answers(ours, f"Maaf, {DES_DOWN_VPN} dan {UNKNOWN_SID}.")
    asked.until_step("attach_reply", times=2)
    again = ExternalCall.objects.filter(case_id=asked.pk, status="WAITING", attempts=1)
    eventually(lambda: again.count() == 2)
    assert asked.state == "NEED_REFERENCE"  # nothing is taken on trust while TENOSS is silent
    world.outside.heal()
    assert again.update(next_try_at=timezone.now()) == 2
    world.clock()
    asked.until("CLASSIFIED")
    assert [line["product_id"] for line in asked.now()["lines"]] == [DES_DOWN_VPN]


def test_an_incident_is_looked_up_too(world: World, agent: Api) -> None:
    made = world.customer("Made Suarjana", "made@pajak-cendana.example")
    case = world.case_of(agent, made.writes("Tanya", "Apakah gangguan kami sudah ditangani?"))
    ways.check_segment(case, "DGS")
    case.take("identify", kind="COMPLAINT", complaint="PROGRESS")
    case.take("ask_reference")
    ours = made.gets("nomor tiket gangguan")
    made.answers(ours, "Nomornya IN10000001.")
    case.until_step("keep_reading", times=2)
    world.at_rest()
    assert case.state == "NEED_REFERENCE"
    made.answers(ours, f"Maaf, {OPEN_INCIDENT}.")
    now = case.until("PROGRESS_LOOKUP")
    assert [line["incident_number"] for line in now["lines"]] == [OPEN_INCIDENT]


def test_nothing_closes_by_itself_while_something_is_unread(world: World, bonar: Customer, asked: Handling) -> None:
    bonar.gets("nomor layanan: SID")
    let_time_pass(world, asked, "reference_reminder")
    reminder = bonar.gets("belum menerima nomor tiket atau nomor layanan")
    returned = bonar.compose("Undelivered Mail Returned to Sender", "550 5.1.1 mailbox unavailable")
    returned.replace_header("From", "MAILER-DAEMON <mailer-daemon@mx.example>")
    returned["In-Reply-To"] = reminder["Message-ID"]
    returned["Return-Path"] = "<>"
    returned["Auto-Submitted"] = "auto-replied"
    returned["X-Failed-Recipients"] = bonar.address
    submit(returned)
    asked.until_step("want_attention")
    assert asked.now()["unread_by"] == "SYSTEM"
    let_time_pass(world, asked, "reference_close")
    world.at_rest()
    assert asked.state == "NEED_REFERENCE"
    assert "closing" not in asked.sent()


def test_a_quoted_number_makes_nobody_the_customer(world: World, agent: Api) -> None:
    tono = world.customer("Tono", "tono@percetakan.example")
    text = f"Mohon dibantu seperti di bawah.\n\nPada Sen, 16 Nov 2026 Bonar menulis:\n> SID {DES_DOWN_VPN} mati"
    case = world.case_of(agent, tono.writes("Titipan", text))
    case.evidence("tenoss", product_id=DES_DOWN_VPN)
    eventually(lambda: case.now()["triage"])
    assert case.now()["customer"] is None
