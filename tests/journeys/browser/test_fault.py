"""A complaint becomes an incident and is closed, with keys alone (W-05 1.1, 1.2.2 - 1.3)."""

from __future__ import annotations

import pytest

from tenesa.accounts.models import User
from tenesa.systems.simulator.seed import DES_DOWN_VPN
from tests.journeys.browser.conftest import Seat
from tests.journeys.desk import World
from tests.journeys.post import Customer, words
from tickets.models import EmailCase
from tickets.states import State

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

COMPLAINT = f"""Yth. Tim TENESA,

link VPN IP kami SID {DES_DOWN_VPN} (kantor cabang Tegal) mati total sejak pukul 07.20 WIB.
PIC lokasi: Bonar, 0812-0000-1187.
"""


def test_a_complaint_is_walked_to_its_end(world: World, seat: Seat, laras: User, bonar: Customer) -> None:
    mail = bonar.writes("Link Tegal mati", COMPLAINT)
    bonar.gets("kami catat dengan nomor laporan")
    window = seat(laras)

    # 1.1: nothing is given before the list is confirmed
    window.lands_in("[name=checked]")
    window.tab_to("#ready-card .btn-primary")
    window.press("Enter")
    window.sees("Belum siap")
    window.forgive(422)
    assert EmailCase.objects.get().owner is None
    for _item in range(6):
        window.sees_focus()
        window.press("Space", "Tab")
    window.shot("readiness")
    window.press("Enter")
    window.page.wait_for_url("**/cases/*")
    window.press("g")  # auto-in gives the most urgent case and takes it
    window.shows("#offer-check_segment")
    case = world.case_of(world.person(laras), mail)
    assert EmailCase.objects.get(owner=laras).pk == case.pk
    window.is_in(State.ASSIGNED)

    # 1.2.2: what SISKAS and TENOSS said fills the form
    window.until(".tool, .fact:has-text('TENOSS')")
    window.shot("assigned")
    window.take("check_segment", segment="DES", source="TENOSS")
    window.is_in(State.SEGMENT_CHECKED)

    # 1.2.5, 1.2.6: a new complaint; NOSSA knows no incident
    window.take("identify", kind="COMPLAINT", complaint="NEW", product_ids=DES_DOWN_VPN)
    window.is_in(State.CLASSIFIED)
    window.until("#offer-start_checks")
    window.shot("classified")
    window.lacks("#offer-draft_ticket")

    # 1.2.7: the applications are read; their verdict is beside the step
    window.take("start_checks")
    window.is_in(State.TROUBLESHOOTING)
    window.until(":nth-match(.tool-card:has(.age), 3)")
    window.is_fit("troubleshooting")

    # 1.2.8: search, form, second look
    window.take("draft_ticket", search_type="product_id", search_value=DES_DOWN_VPN)
    window.is_in(State.TICKET_DRAFT)
    window.reach("submit_ticket")
    window.lands_in("[name=rechecked]")  # symptom and description stand there from the mail; this is left to say
    assert window.page.input_value("[name=symptom]") == "OFFLINE"
    window.submit()
    window.lands_in("[name=rechecked]")  # the second look is not ticked: the form comes back with what was typed
    window.sees("wajib diisi", "#offer-submit_ticket")
    window.forgive(422)
    assert world.outside.calls("mycx", "create_ticket") == []
    window.is_fit("ticket-refused")
    assert "mati total sejak pukul 07.20" in window.page.input_value("[name=description]")
    window.fill(rechecked=True)
    window.submit()
    window.comes_to(State.TICKET_OPEN)
    incident = case.now()["lines"][0]["incident_number"]
    window.sees(incident)
    window.shot("ticket-open")
    assert incident in words(bonar.gets("nomor tiket", incident, DES_DOWN_VPN))

    # P-05 5.8, 5.10: NOSSA moves, the page follows, cause and repair are told
    world.outside.advance(incident, status="BACKEND")
    world.nossa_feed()
    case.until("MONITORING")
    window.comes_to(State.MONITORING)
    window.lacks("#offer-tell_recovery")
    world.outside.advance(incident, status="RESOLVED", cause="Kabel optik putus", solution="Kabel disambung")
    world.nossa_feed()
    case.until_step("note_change", 2)
    window.until("#offer-tell_recovery")
    window.reach("tell_recovery")
    window.press("Enter")
    window.lands_in("#composer textarea")
    window.sees("Penyebab  : Kabel optik putus Perbaikan : Kabel disambung", "#composer")
    window.fill(cause="Kabel optik putus di tiang")
    window.sees("Penyebab  : Kabel optik putus di tiang Perbaikan", "#composer")
    window.submit()
    window.is_in(State.RECOVERED_INFORMED)
    bonar.gets(incident, "Kabel optik putus", "Kabel disambung")
    case.all_sent()
    window.write("close", "Terima kasih atas kesabarannya.")
    window.is_in(State.CLOSED)
    window.shot("closed")
    assert "Terima kasih atas kesabarannya." in words(bonar.gets("sudah selesai dan kami tutup"))
    case.all_sent()

    assert case.sent() == ["acknowledgement", "ticket", "recovery", "closing"]
    assert len(bonar.mails()) == 4
    [made] = world.outside.calls("mycx", "create_ticket")
    assert (made["content"]["product_id"], made["actor"]) == (DES_DOWN_VPN, "laras")
    assert world.outside.calls("coordination", "post") == []
    assert all(not unit.mails() for unit in world.units.values())
