"""DCS customers and requests of DBS customers are handed over: one act of three parts (W-05 1.2.3, 1.2.4)."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.utils import timezone

from tenesa.systems.models import ExternalCall
from tenesa.systems.simulator.seed import DBS_HEALTHY, DCS_LOS
from tests.journeys import ways
from tests.journeys.desk import Api, World, tick
from tests.journeys.patience import eventually, only
from tests.journeys.post import Customer, files, words

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LETTER = b"%PDF-1.4\n surat \x00\xff\n%%EOF\n"
WIFI = f"Wifi rumah saya {DCS_LOS} lampu LOS merah sejak semalam, tolong dikirim teknisi."


def test_it_hands_a_household_over_and_is_done_only_when_all_three_parts_are(
    world: World, agent: Api, wulan: Customer
) -> None:
    mail = wulan.writes("LOS merah", WIFI, ("surat kuasa.pdf", LETTER))
    case = world.case_of(agent, mail)
    ways.check_segment(case, "DCS")
    assert "identify" not in case.offers()
    case.refused("identify", 409, kind="COMPLAINT", complaint="NEW", product_ids=DCS_LOS)
    assert set(case.refused("hand_over_dcs", 422)["errors"]) == {"unit_note"}

    world.outside.fault("coordination", "post", "http_500")
    case.take("hand_over_dcs", message="Kami bantu teruskan.", unit_note="LOS merah, mohon teknisi.")
    unit = settings.HANDOVER["DCS"]
    education = wulan.gets("Kami bantu teruskan.", unit["name"], unit["address"])
    assert world.mailbox.address not in words(education)  # it tells who helps, and that is not us
    forwarded = only(eventually(world.units["dcs-care"].mails))
    case.until_step("confirm_part", 2)
    world.at_rest()
    waiting = case.now()
    assert (waiting["state"], waiting["posted_at"]) == ("FORWARDING", None)
    assert waiting["educated_at"]
    assert waiting["forwarded_at"]
    case.refused("close", 409)

    world.outside.heal()
    calls = ExternalCall.objects.filter(case_id=case.pk, operation="post", status="WAITING")
    assert calls.update(next_try_at=timezone.now()) == 1
    world.clock()
    done = case.until("FORWARDED")
    assert all(done[part] for part in ("educated_at", "forwarded_at", "posted_at"))
    posts = world.outside.calls("coordination", "post")
    assert [post["fault"] for post in posts] == ["http_500", ""]
    assert len({post["key"] for post in posts}) == 1
    assert posts[1]["content"]["group"] == unit["group"]
    assert f"TN{case.pk:07d}" in posts[1]["content"]["text"]
    assert "LOS merah, mohon teknisi." in posts[1]["content"]["text"]

    attached = files(forwarded)
    assert attached["surat kuasa.pdf"] == LETTER
    assert str(mail["Message-ID"]).encode() in attached["surel-pelanggan.eml"]
    assert "LOS merah, mohon teknisi." in words(forwarded)
    assert wulan.address not in str(forwarded["To"])
    case.take("close")
    wulan.gets("sudah selesai dan kami tutup")
    world.at_rest()
    assert sorted(case.sent()) == ["acknowledgement", "closing", "education", "forward"]
    assert len(world.units["dcs-care"].mails()) == 1
    assert world.units["dbs-request"].mails() == []
    assert world.outside.calls("mycx", "create_ticket") == []


def test_it_hands_a_request_of_a_business_customer_over(world: World, agent: Api) -> None:
    paijo = world.customer("Paijo Hartono", "paijo@tanimakmur.example")
    mail = paijo.writes(
        "Pindah kantor", f"Mohon pemindahan layanan HSI bisnis nomor {DBS_HEALTHY}.", ("denah.pdf", LETTER)
    )
    case = world.case_of(agent, mail)
    ways.check_segment(case, "DBS")
    assert "hand_over_request" not in case.offers()
    case.take("identify", kind="REQUEST", product_ids=DBS_HEALTHY)
    assert not {"accept_request", "start_checks"} & case.offers()
    case.take("hand_over_request", message="", unit_note="Pindah bulan depan.")
    case.until("FORWARDED")
    unit = settings.HANDOVER["DBS"]
    paijo.gets("Permintaan untuk layanan bisnis", unit["name"], unit["address"])
    forwarded = only(world.units["dbs-request"].mails())
    assert files(forwarded)["denah.pdf"] == LETTER
    assert only(world.outside.calls("coordination", "post"))["content"]["group"] == unit["group"]
    assert world.units["dcs-care"].mails() == []

    message = ExternalCall.objects.get(case_id=case.pk, operation="post").answer["message"]
    world.outside.answer_in_group(message, "Sudah kami jadwalkan.")
    for _time in range(2):
        tick("tickets.tasks.poll_group")
    case.until_step("note_group_reply")
    world.at_rest()
    assert "Sudah kami jadwalkan." in case.evidence("coordination")["coordination"]["summary"]
    assert case.history().count("note_group_reply") == 1
    case.take("close")
    assert case.state == "CLOSED"
    assert world.outside.calls("mycx", "create_ticket") == []
