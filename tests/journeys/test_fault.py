"""A complaint that becomes an incident, by REST, from the customer's mail to the closing mail (W-05 1.2.2 - 1.3)."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tenesa.systems.models import ExternalCall
from tenesa.systems.simulator.seed import DBS_UNSTABLE, DES_DOWN_VPN, DES_HEALTHY, DES_OPEN_INCIDENT, DGS_DOWN
from tests.journeys import ways
from tests.journeys.desk import Api, Handling, World
from tests.journeys.patience import eventually, only
from tests.journeys.post import Customer, words

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

COMPLAINT = f"""Yth. Tim TENESA,

link VPN IP kami SID {DES_DOWN_VPN} (kantor cabang Tegal) mati total sejak pukul 07.20 WIB.
PIC lokasi: Bonar, 0812-0000-1187.
"""


def test_it_walks_from_complaint_to_incident_to_recovery_to_closed(world: World, agent: Api, bonar: Customer) -> None:
    mail = bonar.writes("Link Tegal mati", COMPLAINT)
    case = world.case_of(agent, mail)
    bonar.gets("kami catat dengan nomor laporan", f"TN{case.pk:07d}")

    case.take("take")
    seen = case.evidence("siskas", "tenoss")
    assert {seen[tool]["measures"]["Segmen"] for tool in ("siskas", "tenoss")} == {"DES"}
    case.take("check_segment", segment="DES", source="TENOSS")
    case.take("identify", kind="COMPLAINT", complaint="NEW", product_ids=DES_DOWN_VPN)
    assert case.evidence("nossa", product_id=DES_DOWN_VPN)["nossa"]["state"] == "NORMAL"
    assert not {"draft_ticket", "tell_normal", "submit_ticket"} & case.offers()

    case.take("start_checks")
    checks = case.evidence("telkom_center", "mrtg", "securecrt", product_id=DES_DOWN_VPN)
    assert "FAULT" in {checks[tool]["state"] for tool in ("telkom_center", "mrtg", "securecrt")}
    case.refused("tell_normal", 422, message="Layanan normal.")  # a check says fault: not without a reason
    case.take("draft_ticket", search_type="product_id", search_value=DES_DOWN_VPN)
    case.evidence("mycx")
    form = ways.form(bonar, DES_DOWN_VPN)
    assert set(case.refused("submit_ticket", 422, **{**form, "rechecked": False})["errors"]) == {"rechecked"}
    assert world.outside.calls("mycx", "create_ticket") == []

    case.take("submit_ticket", **form)
    opened = case.until("TICKET_OPEN")
    incident = only(opened["lines"])["incident_number"]
    bonar.gets("nomor tiket", incident, DES_DOWN_VPN)
    world.nossa_feed()
    world.at_rest()
    assert (case.state, case.history()[-1]) == ("TICKET_OPEN", "open_ticket")  # its own birth is no change

    world.outside.advance(incident, status="BACKEND")
    world.nossa_feed()
    case.until("MONITORING")
    assert incident in case.refused("tell_recovery", 409, cause="?", repair="?")["detail"]
    world.outside.advance(incident, status="RESOLVED", cause="Kabel optik putus", solution="Kabel disambung")
    world.nossa_feed()
    case.until_offered("tell_recovery")
    case.take("tell_recovery", cause="Kabel optik putus", repair="Kabel disambung")
    bonar.gets(incident, "Kabel optik putus", "Kabel disambung")
    case.all_sent()
    case.take("close")
    bonar.gets("sudah selesai dan kami tutup")
    assert case.state == "CLOSED"

    assert case.sent() == ["acknowledgement", "ticket", "recovery", "closing"]
    assert len(bonar.mails()) == 4
    made = only(world.outside.calls("mycx", "create_ticket"))
    assert (made["content"]["product_id"], made["actor"], made["clause"]) == (DES_DOWN_VPN, "rini", "W-05 1.2.8")
    assert [i["number"] for i in world.outside.incidents_of(DES_DOWN_VPN)] == [incident]
    assert world.outside.calls("coordination", "post") == []
    assert all(not unit.mails() for unit in world.units.values())


def test_it_stays_in_one_conversation_in_the_customers_mail_program(world: World, agent: Api, bonar: Customer) -> None:
    mail = bonar.writes("Link Tegal mati", COMPLAINT)
    case = world.case_of(agent, mail)
    ways.check_segment(case, "DES")
    case.take("write", message="Sedang kami periksa.")
    got = bonar.gets("Sedang kami periksa.")
    assert got["In-Reply-To"] == mail["Message-ID"]
    assert mail["Message-ID"] in got["References"]
    assert got["Subject"] == "Re: Link Tegal mati"
    assert str(got["From"]).endswith(f"<{world.mailbox.address}>")
    assert case.state == "SEGMENT_CHECKED"


def test_it_says_normal_and_checks_again_when_the_customer_insists(world: World, agent: Api, bonar: Customer) -> None:
    case = world.case_of(agent, bonar.writes("Internet lambat", f"SID {DES_HEALTHY} terasa lambat."))
    ways.check_segment(case, "DES")
    ways.identify_complaint(case, DES_HEALTHY)
    ways.trouble_shoot(case, DES_HEALTHY)
    assert "reason" in case.refused("draft_ticket", 422, search_type="product_id", search_value=DES_HEALTHY)["errors"]
    case.take("tell_normal", message="Mohon dicoba kembali.")
    told = bonar.gets("layanan terpantau normal", "TELKOM.CENTER", "MRTG", "Mohon dicoba kembali.")
    assert case.state == "NORMAL_INFORMED"

    bonar.answers(told, "Masih lambat, mohon dicek lagi.")
    case.until_step("attach_reply")
    assert case.now()["unread"] is True
    case.take("check_again")
    assert case.state == "TROUBLESHOOTING"
    case.evidence("telkom_center", "mrtg", "securecrt", product_id=DES_HEALTHY, times=2)
    case.take("tell_normal", message="Hasil pemeriksaan kedua tetap normal.")
    bonar.gets("Hasil pemeriksaan kedua tetap normal.")
    case.all_sent()
    case.take("close")
    assert case.sent() == ["acknowledgement", "normal", "normal", "closing"]
    assert world.outside.calls("mycx", "create_ticket") == []


def test_it_opens_no_second_ticket_where_one_is_open_already(world: World, agent: Api, meutia: Customer) -> None:
    case = world.case_of(agent, meutia.writes("Astinet mati", f"SID {DES_OPEN_INCIDENT} putus."))
    ways.check_segment(case, "DES")
    ways.identify_complaint(case, DES_OPEN_INCIDENT)
    known = eventually(lambda: only(case.now()["lines"])["incident_number"])
    assert known == "IN10482301"
    assert known in case.refused("start_checks", 409)["detail"]

    ways.identify_complaint(case, DES_OPEN_INCIDENT, complaint="PROGRESS")
    case.take("look_up")
    case.until_offered("tell_progress")
    case.take("tell_progress", message="Teknisi sedang menuju lokasi.")
    meutia.gets(known, "Teknisi sedang menuju lokasi.")
    assert world.outside.calls("mycx", "create_ticket") == []
    assert sum(i["status"] != "CLOSED" for i in world.outside.incidents_of(DES_OPEN_INCIDENT)) == 1


def test_it_links_the_ticket_that_mycx_already_has(world: World, agent: Api, bonar: Customer) -> None:
    case = world.case_of(agent, bonar.writes("Link Tegal mati", COMPLAINT))
    ways.to_the_form(case, "DES", DES_DOWN_VPN)
    world.outside.fault("mycx", "create_ticket", "duplicate", times=1)
    case.take("submit_ticket", **ways.form(bonar, DES_DOWN_VPN))
    case.until("PROGRESS_LOOKUP")
    existing = only(world.outside.incidents_of(DES_DOWN_VPN))["number"]
    bonar.gets("sudah tercatat sebelumnya", existing)
    case.until_offered("tell_progress")
    line = only(case.now()["lines"])
    assert (line["incident_number"], line["opened_here"]) == (existing, False)
    world.at_rest()
    assert case.sent() == ["acknowledgement", "ticket_existing"]
    assert len(world.outside.calls("mycx", "create_ticket")) == 1
    case.take("tell_progress", message="Tiket sedang ditangani.")
    bonar.gets("Tiket sedang ditangani.", existing)


def test_it_brings_the_form_back_with_what_mycx_refused(world: World, agent: Api, bonar: Customer) -> None:
    case = world.case_of(agent, bonar.writes("Link Tegal mati", COMPLAINT))
    ways.to_the_form(case, "DES", DES_DOWN_VPN)
    case.take("submit_ticket", **ways.form(bonar, DES_DOWN_VPN, reporter_email='"bonar\\ n"@samudra.example'))
    case.until_step("correct_ticket")
    back = case.until("TICKET_DRAFT")
    assert "Surel pelapor: bukan alamat e-mail" in back["ticket_problem"]
    assert back["description"] == ways.form(bonar)["description"]
    assert case.sent() == ["acknowledgement"]
    assert world.outside.incidents_of(DES_DOWN_VPN) == []

    case.take("submit_ticket", **ways.form(bonar, DES_DOWN_VPN))
    opened = case.until("TICKET_OPEN")
    assert opened["ticket_problem"] == ""
    bonar.gets("nomor tiket", only(opened["lines"])["incident_number"])
    keys = {call["key"] for call in world.outside.calls("mycx", "create_ticket")}
    assert len(keys) == 2
    assert len(world.outside.incidents_of(DES_DOWN_VPN)) == 1


def test_it_opens_an_incident_for_each_of_two_services_and_tells_both_in_one_mail(
    world: World, agent: Api, bonar: Customer
) -> None:
    second = "4700112-0045127836"
    mail = bonar.writes("Dua link mati", f"SID {DES_DOWN_VPN} dan SID {second} sama-sama terganggu.")
    case = world.case_of(agent, mail)
    both = (DES_DOWN_VPN, second)
    ways.to_the_form(case, "DES", *both)
    case.take("submit_ticket", **ways.form(bonar, *both))
    opened = case.until("TICKET_OPEN")
    numbers = [line["incident_number"] for line in opened["lines"]]
    assert {line["product_id"] for line in opened["lines"]} == set(both)
    assert len(set(numbers)) == 2
    bonar.gets(*numbers, *both)
    world.at_rest()
    assert case.sent() == ["acknowledgement", "ticket"]
    assert len(world.outside.calls("mycx", "create_ticket")) == 2
    assert [len(world.outside.incidents_of(product_id)) for product_id in both] == [1, 1]


def test_it_keeps_a_complaint_of_a_business_customer_at_the_desk(world: World, agent: Api, satrio: Customer) -> None:
    mail = satrio.writes("Internet naik-turun", f"Nomor layanan {DBS_UNSTABLE} RTO 30 %. HP 0812-0000-1187")
    case = world.case_of(agent, mail)
    ways.check_segment(case, "DBS")
    ways.identify_complaint(case, DBS_UNSTABLE)
    case.refused("hand_over_request", 409, unit_note="x")
    ways.trouble_shoot(case, DBS_UNSTABLE)
    ways.draft(case, DBS_UNSTABLE)
    case.take("submit_ticket", **ways.form(satrio, DBS_UNSTABLE, symptom="INTERMITTENT"))
    opened = case.until("TICKET_OPEN")
    satrio.gets("nomor tiket", only(opened["lines"])["incident_number"])
    assert world.units["dbs-request"].mails() == []
    assert world.outside.calls("coordination", "post") == []


def test_it_opens_a_closed_case_again_when_the_customer_answers(world: World, agent: Api, other_agent: Api) -> None:
    retno = world.customer("Retno Palupi", "retno@tirtajaya.example")
    case = world.case_of(agent, retno.writes("Link tidak stabil", f"VPN IP SID {DGS_DOWN} putus-putus."))
    ways.check_segment(case, "DGS")
    ways.identify_complaint(case, DGS_DOWN)
    ways.trouble_shoot(case, DGS_DOWN)
    case.take("tell_normal", message="Silakan dicoba.", reason="Pelanggan menyalakan ulang perangkat.")
    case.all_sent()
    case.take("close")
    closing = retno.gets("sudah selesai dan kami tutup")

    retno.answers(closing, "Putus lagi sejak tadi.")
    again = case.until("REOPENED")
    assert (again["owner"], again["unread"]) == (None, True)
    hers = case.as_(other_agent)
    hers.take("take")
    assert hers.state == "ASSIGNED"
    assert len(world.ledger()) == 1
    assert world.ledger() == {"FILED": 2}
    assert hers.history().count("receive") == 1


# --- MyCX out of reach -------------------------------------------------------------------
def due_now(case: Handling) -> None:
    """Turn the clock of the waiting call back instead of waiting a minute."""
    calls = ExternalCall.objects.filter(case_id=case.pk, status="WAITING", attempts__gt=0)
    assert calls.update(next_try_at=timezone.now()) == 1


def tries(world: World, number: int) -> None:
    eventually(lambda: len(world.outside.calls("mycx", "create_ticket")) == number, what=f"try {number}")
    world.at_rest()


def test_it_tells_the_customer_once_while_mycx_is_down_and_opens_one_ticket(
    world: World, agent: Api, bonar: Customer
) -> None:
    case = world.case_of(agent, bonar.writes("Link Tegal mati", COMPLAINT))
    ways.to_the_form(case, "DES", DES_DOWN_VPN)
    world.outside.fault("mycx", "create_ticket", "http_500")
    case.take("submit_ticket", **ways.form(bonar, DES_DOWN_VPN))
    bonar.gets("Nomor tiket sedang kami proses", f"TN{case.pk:07d}")
    case.refused("enter_ticket", 409, product_id=DES_DOWN_VPN, incident="IN10499999", reason="MyCX mati")
    due_now(case)
    world.clock()
    tries(world, 2)
    world.outside.heal()
    world.outside.fault("mycx", "create_ticket", "lost_answer", ms=300, times=1)  # done, but we never hear of it
    due_now(case)
    world.clock()
    tries(world, 3)
    assert case.state == "TICKET_SUBMITTING"
    assert len(world.outside.incidents_of(DES_DOWN_VPN)) == 1

    due_now(case)
    world.clock()
    opened = case.until("TICKET_OPEN")
    incident = only(opened["lines"])["incident_number"]
    bonar.gets("nomor tiket", incident)
    calls = world.outside.calls("mycx", "create_ticket")
    assert [call["fault"] for call in calls] == ["http_500", "http_500", "lost_answer", ""]
    assert len({call["key"] for call in calls}) == 1
    assert [i["number"] for i in world.outside.incidents_of(DES_DOWN_VPN)] == [incident]
    assert case.sent() == ["acknowledgement", "delayed", "ticket"]
    assert case.history().count("delay_ticket") == 1


def test_it_lets_the_agent_enter_the_number_when_mycx_stays_silent(world: World, agent: Api, bonar: Customer) -> None:
    case = world.case_of(agent, bonar.writes("Link Tegal mati", COMPLAINT))
    ways.to_the_form(case, "DES", DES_DOWN_VPN)
    world.outside.fault("mycx", "create_ticket", "http_500")
    case.take("submit_ticket", **ways.form(bonar, DES_DOWN_VPN))
    case.until_step("delay_ticket")
    for number in range(2, 6):
        world.at_rest()
        due_now(case)
        world.clock()
        tries(world, number)
    case.until_step("want_attention")
    entered = {"product_id": DES_DOWN_VPN, "reason": "Dibuka di jendela MyCX."}
    assert "incident" in case.refused("enter_ticket", 422, incident="123", **entered)["errors"]
    case.take("enter_ticket", incident="IN10499999", **entered)
    assert case.state == "TICKET_OPEN"
    bonar.gets("nomor tiket", "IN10499999")
    world.outside.heal()
    world.clock()
    world.at_rest()
    assert len(world.outside.calls("mycx", "create_ticket")) == 5
    assert world.outside.incidents_of(DES_DOWN_VPN) == []
    assert words(bonar.mails()[-1]).count("IN10499999") >= 1
    assert case.sent() == ["acknowledgement", "delayed", "ticket"]
