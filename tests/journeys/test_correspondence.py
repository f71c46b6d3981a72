"""Mail beyond the document (ADR-0008): third parties, strangers, merge, split, mail that did not arrive or waits."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import timezone

from tenesa.mail.models import InboundMail, OutboundMail
from tenesa.systems.simulator.seed import DCS_LOS, DES_DOWN_VPN
from tenesa.workspace.models import Note
from tests.journeys import ways
from tests.journeys.desk import Api, World
from tests.journeys.patience import eventually, only
from tests.journeys.post import Customer
from tests.platform.mail.letters import bounce
from tickets.models import EmailCase

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
COMPLAINT = f"Link SID {DES_DOWN_VPN} mati total. HP 0812-0000-1187."


def hand_in(raw: bytes, to: str) -> None:
    server = urlsplit(settings.SMTP_URL)
    with smtplib.SMTP(server.hostname or "127.0.0.1", server.port or 25, timeout=10) as client:
        client.sendmail("", [to], raw)


def filed(mail: EmailMessage) -> InboundMail:
    message_id = str(mail["Message-ID"]).strip("<>")
    return eventually(InboundMail.objects.filter(message_id=message_id, status="FILED").first, what=message_id)


def test_it_keeps_a_third_partys_answer_in_the_case_as_theirs(world: World, agent: Api, wulan: Customer) -> None:
    case = world.case_of(agent, wulan.writes("LOS merah", f"Wifi {DCS_LOS} lampu LOS merah."))
    ways.check_segment(case, "DCS")
    case.take("hand_over_dcs", message="Kami teruskan.", unit_note="Mohon teknisi.")
    case.until("FORWARDED")
    case.all_sent()
    forwarded = only(world.units["dcs-care"].mails())
    unit = world.customer("Petugas DCS", settings.HANDOVER["DCS"]["address"])
    answer = filed(unit.answers(forwarded, "Teknisi sudah dijadwalkan besok."))
    assert (answer.case_id, answer.party) == (case.pk, "THIRD_PARTY")
    assert case.history()[-1] == "note_third_party"
    assert "attach_reply" not in case.history()

    case.take("close")
    case.all_sent()
    deputy = world.customer("Rekan petugas", "rekan@unit-lain.example")  # answers the unit's mail in its stead
    returned = filed(deputy.answers(forwarded, "Kami kembalikan, bukan pelanggan kami."))
    assert (returned.case_id, returned.party) == (case.pk, "THIRD_PARTY")
    assert case.state == "REOPENED"
    assert wulan.address == EmailCase.objects.get(pk=case.pk).last_mail.from_address


def test_it_lets_only_a_person_join_a_stranger_to_the_case_they_name(
    world: World, agent: Api, other_agent: Api, bonar: Customer
) -> None:
    case = world.case_of(agent, bonar.writes("Link mati", COMPLAINT))
    stranger = world.customer("Orang Asing", "asing@entah.example")
    mail = stranger.writes(f"Mohon info TN{case.pk:07d}", "Bagaimana perkembangannya?")
    other = world.case_of(agent, mail)
    assert other.pk != case.pk
    assert other.now()["names"] == case.pk
    assert case.history() == [step for step in case.history() if step != "attach_reply"]
    assert "join_case" not in case.offers()

    other.take("join_case")
    assert (other.state, other.now()["merged_into"]) == ("MERGED", case.pk)
    assert "take_in" in case.history()
    again = filed(stranger.writes(f"Mohon info TN{other.pk:07d}", "Saya tunggu."))  # now known to the joined case
    assert again.case_id == case.pk
    assert EmailCase.objects.get(pk=case.pk).sender_address == bonar.address
    other.as_(other_agent).take("unmerge", reason="Ternyata orang lain.")
    assert (other.state, other.now()["merged_into"]) == ("NEW", None)


def test_it_merges_two_cases_and_takes_them_apart_again(world: World, agent: Api, bonar: Customer) -> None:
    first = world.case_of(agent, bonar.writes("Link mati", COMPLAINT))
    second = world.case_of(agent, bonar.writes("Link masih mati", COMPLAINT))
    ack = bonar.gets(f"TN{first.pk:07d}")
    second.take("take")
    assert "into" in second.refused("merge", 422, into=f"TN{second.pk:07d}", reason="sama")["errors"]
    assert "into" in second.refused("merge", 422, into="TN9999999", reason="sama")["errors"]
    second.take("merge", into=f"TN{first.pk:07d}", reason="Laporan yang sama.")
    second.refused("merge", 409, into=f"TN{first.pk:07d}", reason="sama")
    late = filed(bonar.writes(f"Re: TN{second.pk:07d}", "Ada kabar?"))
    assert late.case_id == first.pk
    assert first.history()[-2:] == ["take_in", "attach_reply"]
    second.take("unmerge", reason="Dua hal berbeda.")
    assert second.state == "ASSIGNED"
    assert first.history()[-1] == "let_go"
    reply = filed(bonar.answers(ack, "Terima kasih."))
    assert reply.case_id == first.pk
    assert EmailCase.objects.get(pk=second.pk).urgent_for == "segment_check"


def test_it_splits_a_mail_about_services_of_two_segments(world: World, agent: Api, bonar: Customer) -> None:
    case = world.case_of(agent, bonar.writes("Dua gangguan", f"{COMPLAINT} Juga wifi rumah {DCS_LOS} lampu LOS merah."))
    case.take("take")
    case.evidence("siskas", product_id=DCS_LOS)
    world.at_rest()
    case.take("check_segment", segment="DES", source="SISKAS")
    inputs = {"kind": "COMPLAINT", "complaint": "NEW", "product_ids": DES_DOWN_VPN}
    assert "pisahkan" in case.refused("identify", 409, **inputs)["detail"]
    errors = case.refused("split", 422, product_ids=[DCS_LOS, DES_DOWN_VPN], reason="dua segmen")["errors"]
    assert set(errors) == {"product_ids"}
    case.take("split", product_ids=[DCS_LOS], reason="Dua segmen dalam satu surel.")
    made = EmailCase.objects.get(split_from=case.pk)
    other = case.as_(agent)
    other.pk = made.pk
    now = other.now()
    assert (now["state"], now["segment"], now["owner"]) == ("SEGMENT_CHECKED", "DCS", "rini")
    assert [line["product_id"] for line in now["lines"]] == [DCS_LOS]
    assert made.first_mail_id == EmailCase.objects.get(pk=case.pk).first_mail_id
    case.take("identify", **inputs)
    assert [line["product_id"] for line in case.now()["lines"]] == [DES_DOWN_VPN]
    other.take("hand_over_dcs", message="", unit_note="LOS merah.")
    other.until("FORWARDED")
    bonar.gets(settings.HANDOVER["DCS"]["name"])


def test_it_answers_by_phone_when_a_mail_came_back(world: World, agent: Api, leader: Api, bonar: Customer) -> None:
    case = world.case_of(agent, bonar.writes("Tanya", "Berapa pilihan bandwidth Astinet?"))
    ways.check_segment(case, "DES")
    case.take("identify", kind="INFORMATION")
    case.refused("answer_by_phone", 409)
    case.take("answer_information", message="Tersedia 200 Mbps.", none_fits="tidak ada")
    case.all_sent()
    mail = OutboundMail.objects.get(case_id=case.pk, purpose="answer")
    hand_in(bounce(mail.message_id, bonar.address), world.mailbox.address)
    case.until_step("want_attention")
    mail.refresh_from_db()
    assert "No such user" in mail.error
    assert "telepon" in case.refused("close", 409)["detail"]
    case.refused("resend", 403, mail=str(mail.pk))
    call = {"mail": str(mail.pk), "called_name": "Bonar", "said": "Tersedia 200 Mbps, pelanggan setuju."}
    when = timezone.now().isoformat()
    assert "called_number" in case.refused("answer_by_phone", 422, **call, called_at=when)["errors"]
    case.take("answer_by_phone", **call, called_at=when, called_number="0812-0000-1187")
    assert "0812-0000-1187" in Note.objects.get(case_id=case.pk).text
    assert "resend" not in case.as_(leader).offers()
    case.take("close")


def test_it_sends_a_scheduled_mail_at_its_hour_and_not_when_the_customer_was_quicker(
    world: World, agent: Api, bonar: Customer
) -> None:
    first = bonar.writes("Link mati", COMPLAINT)
    case = world.case_of(agent, first)
    case.take("take")
    past = (timezone.now() - timedelta(minutes=1)).isoformat()
    tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
    assert set(case.refused("write", 422, message="Selamat pagi.", send_at=past)["errors"]) == {"send_at"}
    case.take("write", message="Surel pertama.", send_at=tomorrow)
    mail = OutboundMail.objects.get(case_id=case.pk, purpose="reply")
    assert (mail.status, mail.scheduled) == ("HELD", True)
    case.take("send_now", mail=str(mail.pk))
    sent = bonar.gets("Surel pertama.")

    case.take("write", message="Surel kedua.", send_at=tomorrow)
    case.take("take_back")
    case.take("write", message="Surel ketiga.", send_at=tomorrow)
    third = OutboundMail.objects.get(case_id=case.pk, purpose="reply", status="HELD")
    case.take("cancel_mail", mail=str(third.pk))

    case.take("write", message="Surel keempat.", send_at=tomorrow)
    filed(bonar.answers(sent, "Sudah normal kembali."))
    case.until_step("want_attention")
    assert not OutboundMail.objects.filter(case_id=case.pk, status="HELD").exists()
    OutboundMail.objects.filter(case_id=case.pk, status="CANCELLED").update(send_after=timezone.now())
    world.clock()
    world.at_rest()
    case.take("write", message="Surel kelima.", send_at=tomorrow)
    OutboundMail.objects.filter(case_id=case.pk, status="HELD").update(send_after=timezone.now())
    world.clock()
    bonar.gets("Surel kelima.")
    assert not any(word in mail.as_string() for mail in bonar.mails() for word in ("kedua", "ketiga", "keempat"))
