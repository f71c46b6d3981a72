"""Questions for progress, by ticket number or by product id, and the wait for a reference (W-05 1.2.9, 1.2.10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tenesa.systems.simulator.seed import (
    DES_DOWN_VPN,
    DES_HEALTHY,
    DES_OPEN_INCIDENT,
    DES_TWO_INCIDENTS,
    OPEN_INCIDENT,
    UNKNOWN_SID,
)
from tenesa.timers.models import Timer
from tests.journeys import ways
from tests.journeys.desk import Api, Handling, World
from tests.journeys.patience import eventually, only
from tests.journeys.post import Customer

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def asks_for_progress(case: Handling, segment: str, *, product_ids: str = "", incident: str = "") -> None:
    ways.check_segment(case, segment)
    case.take("identify", kind="COMPLAINT", complaint="PROGRESS", product_ids=product_ids, incident=incident)


def let_time_pass(world: World, case: Handling, clock: str) -> None:
    """Turn the clock back in its row and let the sweep look at it."""
    past = timezone.now() - timedelta(days=10)
    running = Timer.objects.filter(case_id=case.pk, name=clock, state="RUNNING")
    assert running.update(started_at=past, warn_at=None, due_at=past + timedelta(hours=1)) == 1
    world.clock()


def test_it_tells_the_progress_of_a_ticket_number_and_writes_new_facts_into_nossa(world: World, agent: Api) -> None:
    made = world.customer("Made Suarjana", "made@pajak-cendana.example")
    mail = made.writes("Update tiket", f"Mohon update tiket {OPEN_INCIDENT}, gedung kini buka sampai pukul 21.00.")
    case = world.case_of(agent, mail)
    asks_for_progress(case, "DGS", incident=OPEN_INCIDENT)
    assert "ask_reference" not in case.offers()
    lapul = world.outside.incident(OPEN_INCIDENT)["lapul"]
    case.take("look_up")
    case.until_offered("tell_progress")
    assert Timer.objects.get(case_id=case.pk, name="ttr", state="RUNNING").note == f"{OPEN_INCIDENT} DGS"
    case.take("tell_progress", message="Teknisi menuju lokasi.", facts="Gedung buka sampai pukul 21.00.")
    made.gets(OPEN_INCIDENT, "dalam penanganan gangguan", "Teknisi menuju lokasi.")
    eventually(lambda: world.outside.incident(OPEN_INCIDENT)["lapul"] == lapul + 1)
    note = world.outside.incident(OPEN_INCIDENT)["worklogs"][-1]
    assert (note["log_type"], note["detail"]) == ("CLIENTNOTE", "Gedung buka sampai pukul 21.00.")
    world.at_rest()
    assert len(world.outside.calls("nossa", "add_worklog")) == 1
    assert case.state == "PROGRESS_INFORMED"
    assert world.outside.calls("mycx", "create_ticket") == []
    assert case.sent() == ["acknowledgement", "progress"]


def test_it_finds_the_newest_open_incident_by_product_id_alone(world: World, agent: Api) -> None:
    laode = world.customer("La Ode Hamzah", "laode@pelitaraya.example")
    case = world.case_of(agent, laode.writes("Metro-E kami", f"Bagaimana perkembangan SID {DES_TWO_INCIDENTS}?"))
    asks_for_progress(case, "DES", product_ids=DES_TWO_INCIDENTS)
    case.take("look_up")
    case.until_offered("tell_progress")
    assert only(case.now()["lines"])["incident_number"] == "IN10482344"
    case.take("tell_progress", message="Sedang dianalisis.")
    told = laode.gets("IN10482344", "Sedang dianalisis.")
    assert "IN10482290" not in told.as_string()
    assert world.outside.calls("nossa", "add_worklog") == []

    laode.answers(told, "Kini lampu sudah menyala merah.")
    case.until_step("attach_reply")
    case.take("look_up_again", facts="Lampu menyala merah.")
    eventually(lambda: world.outside.calls("nossa", "add_worklog"))
    assert case.state == "PROGRESS_LOOKUP"
    assert only(case.now()["lines"])["incident_number"] == "IN10482344"


def test_it_asks_for_a_reference_and_goes_on_by_itself_when_the_reply_has_it(
    world: World, agent: Api, meutia: Customer
) -> None:
    case = world.case_of(agent, meutia.writes("Tanya gangguan", "Apakah gangguan kami kemarin sudah ditangani?"))
    asks_for_progress(case, "DES")
    assert "look_up" not in case.offers()
    case.take("ask_reference", message="Nomor tiketnya yang mana?")
    asked = meutia.gets("nomor tiket gangguan", "Nomor tiketnya yang mana?")
    assert case.state == "NEED_REFERENCE"
    meutia.answers(asked, "Terima kasih, nanti kami kirim.")
    case.until_step("attach_reply")
    assert case.state == "NEED_REFERENCE"
    meutia.answers(asked, f"Nomor tiketnya hilang, SID {DES_OPEN_INCIDENT}.")
    case.until("PROGRESS_LOOKUP")
    case.until_offered("tell_progress")
    assert only(case.now()["lines"])["incident_number"] == "IN10482301"
    assert not Timer.objects.filter(case_id=case.pk, name__startswith="reference", state="RUNNING").exists()
    case.take("tell_progress", message="Sedang diperbaiki.")
    meutia.gets("IN10482301", "Sedang diperbaiki.")
    assert case.sent() == ["acknowledgement", "ask_reference", "progress"]


def test_it_asks_for_the_product_of_a_new_complaint_and_goes_on_with_it(
    world: World, agent: Api, bonar: Customer
) -> None:
    case = world.case_of(agent, bonar.writes("Link mati", "Link cabang Tegal mati total."))
    ways.check_segment(case, "DES")
    case.take("identify", kind="COMPLAINT", complaint="NEW")
    assert "ask_reference" not in case.offers()
    case.refused("start_checks", 409)
    case.take("ask_product")
    asked = bonar.gets("nomor layanan: SID")
    bonar.answers(asked, f"SID {DES_DOWN_VPN}")
    case.until("CLASSIFIED")
    case.until_offered("start_checks")
    assert only(case.now()["lines"])["product_id"] == DES_DOWN_VPN


def test_it_reminds_once_and_closes_when_no_reference_comes(world: World, agent: Api, bonar: Customer) -> None:
    case = world.case_of(agent, bonar.writes("Tanya gangguan", "Sudah selesai belum?"))
    asks_for_progress(case, "DES")
    case.take("ask_reference")
    bonar.gets("nomor tiket gangguan")
    let_time_pass(world, case, "reference_reminder")
    bonar.gets("belum menerima nomor tiket atau nomor layanan")
    world.clock()
    world.at_rest()
    assert case.state == "NEED_REFERENCE"
    let_time_pass(world, case, "reference_close")
    case.until("CLOSED")
    closed = bonar.gets("kami tutup untuk sementara")
    world.clock()
    world.at_rest()
    assert case.sent() == ["acknowledgement", "ask_reference", "reminder", "closing"]
    assert len(bonar.mails()) == 4
    assert not Timer.objects.filter(case_id=case.pk, state="RUNNING").exists()

    bonar.answers(closed, f"Maaf terlambat, SID {DES_DOWN_VPN}.")
    case.until("REOPENED")


def test_it_asks_again_when_nossa_does_not_know_the_reference(world: World, agent: Api, bonar: Customer) -> None:
    case = world.case_of(agent, bonar.writes("Update tiket", "Mohon update tiket IN10999999."))
    asks_for_progress(case, "DES", incident="IN10999999")
    case.take("look_up")
    case.until_offered("ask_again")
    case.refused("tell_progress", 409, message="Sedang ditangani.")
    case.take("ask_again", message="Mohon kirim foto stikernya.")
    bonar.gets("masih terbuka untuk IN10999999")
    assert case.state == "NEED_REFERENCE"
    assert world.outside.calls("nossa", "add_worklog") == []


def test_it_waits_for_nossa_when_nossa_is_down(world: World, agent: Api, meutia: Customer) -> None:
    world.outside.fault("nossa", "*", "http_500")
    case = world.case_of(agent, meutia.writes("Update", f"Mohon update SID {DES_OPEN_INCIDENT}."))
    asks_for_progress(case, "DES", product_ids=DES_OPEN_INCIDENT)
    case.take("look_up")
    world.at_rest()
    assert not {"tell_progress", "ask_again"} & case.offers()
    world.outside.heal()
    case.take("look_up")
    case.until_offered("tell_progress")
    assert "ask_again" not in case.offers()


def test_it_knows_no_incident_of_an_unknown_product(world: World, agent: Api, bonar: Customer) -> None:
    case = world.case_of(agent, bonar.writes("Update", f"Mohon update SID {UNKNOWN_SID} dan {DES_HEALTHY}."))
    asks_for_progress(case, "DES", product_ids=UNKNOWN_SID)
    case.take("look_up")
    case.evidence("nossa", product_id=UNKNOWN_SID)
    case.until_offered("ask_again")
    assert "tell_progress" not in case.offers()
