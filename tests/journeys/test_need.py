"""Information and requests (W-05 1.2.5, requirement E-09)."""

from __future__ import annotations

import pytest

from tenesa.systems.simulator.seed import DES_HEALTHY
from tests.journeys import ways
from tests.journeys.desk import Api, World
from tests.journeys.patience import only
from tests.journeys.post import Customer, files

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_it_gives_information_with_a_related_product(world: World, agent: Api, bonar: Customer) -> None:
    mail = bonar.writes("Tanya bandwidth", "Berapa pilihan bandwidth Astinet di atas 100 Mbps?")
    case = world.case_of(agent, mail)
    ways.check_segment(case, "DES")
    case.take("identify", kind="INFORMATION")
    assert not {"start_checks", "hand_over_request", "accept_request", "close"} & case.offers()
    answer = "Tersedia 200, 300 dan 500 Mbps."
    assert set(case.refused("answer_information", 422, message=answer)["errors"]) == {"related_product"}
    case.take("answer_information", message=answer, related_product="Astinet SD-WAN")
    bonar.gets(answer, "Astinet SD-WAN")
    done = case.now()
    assert (done["state"], done["related_product"]) == ("INFO_ANSWERED", "Astinet SD-WAN")
    case.all_sent()
    case.take("close", message="Terima kasih.")
    bonar.gets("Terima kasih.", "kami tutup")
    assert case.sent() == ["acknowledgement", "answer", "closing"]
    for system, operation in (("mycx", "create_ticket"), ("coordination", "post")):
        assert world.outside.calls(system, operation) == []


def test_it_sends_a_file_that_the_agent_attached(world: World, agent: Api, bonar: Customer) -> None:
    case = world.case_of(agent, bonar.writes("Minta brosur", "Mohon brosur Astinet."))
    ways.check_segment(case, "DES")
    case.take("identify", kind="INFORMATION")
    sent = agent.client.post(
        f"{case.pk}/steps/answer_information/",
        data={"message": "Terlampir.", "none_fits": "sudah berlangganan"},
        files=[("attachments", ("brosur astinet.pdf", b"%PDF-1.4 satu", "application/pdf")),
               ("attachments", ("harga.pdf", b"%PDF-1.4 dua", "application/pdf"))],
    )  # fmt: skip
    assert sent.status_code == 200, sent.text
    assert files(bonar.gets("Terlampir.")) == {"brosur astinet.pdf": b"%PDF-1.4 satu", "harga.pdf": b"%PDF-1.4 dua"}


def test_it_accepts_a_request_and_tells_its_result(world: World, agent: Api, bonar: Customer) -> None:
    mail = bonar.writes("Tambah IP publik", f"Mohon penambahan 5 IP publik pada layanan {DES_HEALTHY}.")
    case = world.case_of(agent, mail)
    ways.check_segment(case, "DES")
    case.take("identify", kind="REQUEST", product_ids=DES_HEALTHY)
    assert not {"hand_over_request", "start_checks"} & case.offers()
    case.take("accept_request", message="Mohon ditunggu.", unit="Account Manager DES")
    bonar.gets("Permintaan Bapak/Ibu sudah kami terima", "Account Manager DES", "Mohon ditunggu.")
    world.at_rest()
    post = only(world.outside.calls("coordination", "post"))["content"]
    assert "Account Manager DES" in post["text"]
    assert case.state == "REQUEST_IN_PROGRESS"
    case.take("finish_request", message="5 IP publik sudah aktif.")
    bonar.gets("5 IP publik sudah aktif.", f"TN{case.pk:07d}")
    world.at_rest()
    assert case.state == "CLOSED"
    assert case.sent() == ["acknowledgement", "receipt", "result"]
    assert all(not unit.mails() for unit in world.units.values())
