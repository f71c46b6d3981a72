"""The team leader decides, the administrator changes how the world answers; strangers see nothing. Keys alone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.mail.models import MailTemplate
from tests.journeys.browser.conftest import Seat
from tests.journeys.desk import World
from tests.journeys.post import Customer, words
from tickets.states import State

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_leader_settles_triage_takes_over_and_confirms_void(world: World, seat: Seat, rini: User, bowo: User) -> None:
    stranger = world.customer("Orang Asing", "asing@entah.example")
    case = world.case_of(world.person(rini), stranger.writes("Tolong", "Internet kami mati."))
    case.until_step("want_triage")
    agent = seat(rini).open(f"{reverse('cases:list')}?view=queue")
    agent.sees("Antrean kosong")  # nothing is offered to agents before the leader has decided

    leader = seat(bowo).open(f"{reverse('cases:list')}?view=triage")
    assert leader.open_row() == case.pk
    leader.shot("triage")
    leader.take("settle_triage", segment="DES", reason="Pelanggan baru, kontrak terlampir.")
    leader.shows("#offer-take")
    assert case.now()["segment"] == "DES"

    agent.until("[data-row]")
    agent.open_row()
    agent.press("a")
    agent.shows("#offer-check_segment")
    leader.until("#offer-take_over")
    leader.take("take_over", reason="Rini dipindahkan ke meja lain.", owner=bowo.pk)
    leader.sees(str(bowo), "#case-head")
    assert case.now()["owner"] == "bowo"

    agent.reach("check_segment")
    agent.fill(segment="DES", source="MANUAL", reason="Lihat kontrak.")
    agent.submit()
    agent.forgive(409)
    agent.sees(f"Kasus ini dipegang {bowo}", "#procedure")
    agent.shot("taken-over")
    assert case.state == "ASSIGNED"

    leader.take("propose_void", reason="Iklan, bukan pelanggan.")
    leader.is_in(State.VOID_PROPOSED)
    leader.take("confirm_void")
    leader.is_in(State.VOID)
    assert case.history()[-3:] == ["take_over", "propose_void", "confirm_void"]
    assert case.sent() == ["acknowledgement"]
    assert len(stranger.mails()) == 1


def test_an_administrator_switches_a_fault_on_and_off(world: World, seat: Seat, chief: User) -> None:
    window = seat(chief).open("/systems/faults/")
    window.tab_to("[name=target]")
    window.choose("mycx.create_ticket")
    window.fill(kind="http_500", count=3)
    window.press("Enter")
    window.shows("button[name=clear]")
    window.sees("MyCX: ")
    window.shot("faults")
    window.sees("3", ".list .signal[data-signal=breach]")
    window.tab_to("button[name=clear]")
    window.press("Enter")
    window.page.locator("button[name=clear]").wait_for(state="detached")
    assert world.outside.client.get("/_control/faults").json()["faults"] == []


def test_an_administrator_edits_a_mail_and_the_next_one_uses_it(
    world: World, seat: Seat, chief: User, bonar: Customer, meutia: Customer
) -> None:
    bonar.writes("Pertanyaan pertama", "Berapa pilihan bandwidth Astinet?")
    assert "Hormat kami selalu" not in words(bonar.gets("kami catat dengan nomor laporan"))
    window = seat(chief).open(reverse("admin:mail_mailtemplate_add"))
    window.shot("admin-template")
    window.fill(
        name="ack_received",
        subject="Re: {subject}",
        body="{greeting} {customer},\n\nNomor laporan {case}. Hormat kami selalu.",
    )
    window.tab_to("[name=_save]")
    window.press("Enter")
    window.page.wait_for_url(f"**{reverse('admin:mail_mailtemplate_changelist')}")
    assert MailTemplate.objects.filter(name="ack_received").count() == 1
    meutia.writes("Pertanyaan kedua", "Berapa pilihan bandwidth VPN IP?")
    meutia.gets("Hormat kami selalu.")
    assert len(bonar.mails()) == len(meutia.mails()) == 1


def test_an_agent_of_another_desk_finds_nothing(
    world: World, seat: Seat, rini: User, asing: User, bonar: Customer
) -> None:
    case = world.case_of(world.person(rini), bonar.writes("Link mati", "Link kami mati."))
    window = seat(asing).open(f"{reverse('cases:list')}?view=all")
    window.lacks("[data-row]")
    window.open(reverse("cases:case", args=[case.pk]))
    window.sees("404")
    window.shot("not-found")
    window.forgive(404)
    window.press("Tab")
    window.sees_focus()
    window.open("/systems/faults/")
    window.sees("403")
    window.forgive(403)
    assert case.history().count("take") == 0
