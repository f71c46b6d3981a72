"""The other ends of W-05 with keys alone: hand-overs, information, progress, and MyCX away and back."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.systems.models import ExternalCall
from tenesa.systems.simulator.seed import DBS_HEALTHY, DCS_LOS, DES_DOWN_VPN, DES_OPEN_INCIDENT
from tests.journeys.browser.conftest import Seat
from tests.journeys.desk import World
from tests.journeys.patience import eventually, only
from tests.journeys.post import Customer, files, words
from tickets.states import State

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LETTER = b"%PDF-1.4\n surat \x00\xff\n%%EOF\n"
NO_CALLS = (("mycx", "create_ticket"), ("coordination", "post"))


@pytest.mark.long
def test_a_household_is_handed_over_in_three_parts(world: World, seat: Seat, rini: User, wulan: Customer) -> None:
    mail = wulan.writes("LOS merah", f"Wifi rumah {DCS_LOS} lampu LOS merah sejak semalam.", ("surat.pdf", LETTER))
    case = world.case_of(world.person(rini), mail)
    window = seat(rini)
    assert window.take_first() == case.pk
    window.until(".fact:has-text('NOSSA')")  # the last that is read at intake
    window.take("check_segment", segment="DCS", source="SISKAS")
    window.lacks("#offer-identify")
    window.write("hand_over_dcs", "Kami bantu teruskan.", unit_note="LOS merah, mohon teknisi.")
    window.is_in(State.FORWARDING)
    window.shot("handover")
    window.comes_to(State.FORWARDED)
    window.shot("handed-over")

    unit = settings.HANDOVER["DCS"]
    wulan.gets("Kami bantu teruskan.", unit["name"], unit["address"])
    forwarded = only(world.units["dcs-care"].mails())
    assert files(forwarded)["surat.pdf"] == LETTER
    assert "LOS merah, mohon teknisi." in words(forwarded)
    post = only(world.outside.calls("coordination", "post"))
    assert post["content"]["group"] == unit["group"]
    case.all_sent()
    window.write("close")
    window.is_in(State.CLOSED)
    wulan.gets("sudah selesai dan kami tutup")
    assert sorted(case.sent()) == ["acknowledgement", "closing", "education", "forward"]
    assert len(wulan.mails()) == 3
    assert world.units["dbs-request"].mails() == []
    assert world.outside.calls("mycx", "create_ticket") == []


def test_a_business_request_is_handed_over(world: World, seat: Seat, rini: User) -> None:
    paijo = world.customer("Paijo Hartono", "paijo@tanimakmur.example")
    mail = paijo.writes("Pindah kantor", f"Mohon pemindahan HSI bisnis {DBS_HEALTHY}.", ("denah.pdf", LETTER))
    case = world.case_of(world.person(rini), mail)
    window = seat(rini)
    assert window.take_first() == case.pk
    window.until(".fact:has-text('SISKAS')")
    window.take("check_segment", segment="DBS", source="SISKAS")
    window.lacks("#offer-hand_over_request")
    window.take("identify", kind="REQUEST", product_ids=DBS_HEALTHY)
    window.lacks("#offer-start_checks")
    window.write("hand_over_request", "Kami teruskan ke unit permintaan.", unit_note="Pindah bulan depan.")
    window.comes_to(State.FORWARDED)
    unit = settings.HANDOVER["DBS"]
    paijo.gets("Permintaan untuk layanan bisnis", unit["name"], "Kami teruskan ke unit permintaan.")
    assert files(only(world.units["dbs-request"].mails()))["denah.pdf"] == LETTER
    assert only(world.outside.calls("coordination", "post"))["content"]["group"] == unit["group"]
    assert world.units["dcs-care"].mails() == []
    assert world.outside.calls("mycx", "create_ticket") == []
    assert sorted(case.sent()) == ["acknowledgement", "education", "forward"]


@pytest.mark.long
def test_a_question_is_answered_with_a_related_product(world: World, seat: Seat, rini: User, bonar: Customer) -> None:
    mail = bonar.writes("Tanya bandwidth", "Berapa pilihan bandwidth Astinet di atas 100 Mbps?")
    case = world.case_of(world.person(rini), mail)
    window = seat(rini)
    assert window.take_first() == case.pk
    window.until(".fact:has-text('SISKAS')")
    window.take("check_segment", segment="DES", source="SISKAS")
    window.take("identify", kind="INFORMATION")
    window.write("answer_information", "Tersedia 200, 300 dan 500 Mbps.")
    window.is_in(State.INFO_ANSWERED)  # the catalogue's first related product stood in the form
    bonar.gets("Tersedia 200, 300 dan 500 Mbps.", "Astinet SD-WAN")
    case.all_sent()
    window.write("close", "Terima kasih.")
    window.is_in(State.CLOSED)
    bonar.gets("Terima kasih.", "kami tutup")
    assert case.sent() == ["acknowledgement", "answer", "closing"]
    assert len(bonar.mails()) == 3
    assert all(world.outside.calls(*call) == [] for call in NO_CALLS)


def test_progress_is_told_by_product_id(world: World, seat: Seat, rini: User, meutia: Customer) -> None:
    mail = meutia.writes("Perkembangan Astinet", f"Bagaimana perkembangan SID {DES_OPEN_INCIDENT}?")
    case = world.case_of(world.person(rini), mail)
    window = seat(rini)
    assert window.take_first() == case.pk
    window.until(".fact:has-text('TENOSS')")
    window.take("check_segment", segment="DES", source="TENOSS")
    window.take("identify", kind="COMPLAINT", complaint="PROGRESS", product_ids=DES_OPEN_INCIDENT)
    window.take("look_up")
    window.is_in(State.PROGRESS_LOOKUP)
    window.until("#procedure .tool:has-text('IN10482301')")
    window.shot("progress")
    window.write("tell_progress", "Teknisi sedang menuju lokasi.", facts="Gedung buka sampai pukul 21.00.")
    window.is_in(State.PROGRESS_INFORMED)
    meutia.gets("IN10482301", "Teknisi sedang menuju lokasi.")
    eventually(lambda: len(world.outside.calls("nossa", "add_worklog")) == 1)
    note = world.outside.incident("IN10482301")["worklogs"][-1]
    assert note["detail"] == "Gedung buka sampai pukul 21.00."
    assert "Gedung buka" not in words(meutia.mails()[-1])
    assert case.sent() == ["acknowledgement", "progress"]
    assert all(world.outside.calls(*call) == [] for call in NO_CALLS)


def test_mycx_goes_and_comes_back_with_exactly_one_ticket(
    world: World, seat: Seat, rini: User, bonar: Customer
) -> None:
    mail = bonar.writes("Link Tegal mati", f"Link SID {DES_DOWN_VPN} mati total. HP 0812-0000-1187.")
    case = world.case_of(world.person(rini), mail)
    window = seat(rini)
    assert window.take_first() == case.pk
    window.until(".fact:has-text('TENOSS')")
    window.take("check_segment", segment="DES", source="TENOSS")
    window.take("identify", kind="COMPLAINT", complaint="NEW", product_ids=DES_DOWN_VPN)
    window.take("start_checks")
    window.until(":nth-match(.tool-card:has(.age), 3)")
    window.take("draft_ticket", search_type="product_id", search_value=DES_DOWN_VPN)
    world.outside.fault("mycx", "create_ticket", "http_500")
    window.take("submit_ticket", rechecked=True)  # what the mail says stands there already
    window.is_in(State.TICKET_SUBMITTING)
    bonar.gets("Nomor tiket sedang kami proses")
    window.until("#procedure .say:has-text('MyCX tidak menjawab')")  # in words: tried again by itself, nothing lost
    window.shot("mycx-away")
    window.lacks("#offer-submit_ticket")
    window.lacks("#offer-enter_ticket")

    world.outside.heal()
    again = ExternalCall.objects.filter(case_id=case.pk, operation="create_ticket", status="WAITING")
    assert again.update(next_try_at=timezone.now()) == 1
    world.clock()
    window.comes_to(State.TICKET_OPEN)
    incident = only(case.now()["lines"])["incident_number"]
    bonar.gets("nomor tiket", incident)
    case.all_sent()
    calls = world.outside.calls("mycx", "create_ticket")
    assert [call["fault"] for call in calls] == ["http_500", ""]
    assert len({call["key"] for call in calls}) == 1
    assert [i["number"] for i in world.outside.incidents_of(DES_DOWN_VPN)] == [incident]
    assert case.sent() == ["acknowledgement", "delayed", "ticket"]
    assert len(bonar.mails()) == 3
