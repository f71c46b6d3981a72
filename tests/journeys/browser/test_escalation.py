"""Escalate, approve, Telkom, answer, close; and who holds a case. Keys alone (P-05 5.6, 5.9)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.escalation.models import Escalation
from tests.journeys import ways
from tests.journeys.browser.conftest import Seat
from tests.journeys.desk import World, tick
from tests.journeys.patience import eventually
from tests.journeys.post import Customer
from tickets.states import State

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_escalate_approve_telkom_answer_close(
    world: World, seat: Seat, rini: User, bowo: User, bonar: Customer
) -> None:
    case = world.case_of(world.person(rini), bonar.writes("Bandwidth", "Berapa pilihan bandwidth Astinet di Natuna?"))
    ways.check_segment(case, "DES")
    case.take("identify", kind="INFORMATION")
    agent = seat(rini)
    agent.open_case(case.pk)
    agent.take("escalate", reason="Natuna tidak ada di daftar.", level="TELKOM", unit="TELKOM")
    agent.is_in(State.ESCALATED)
    agent.shows(".asked")

    leader = seat(bowo).open(reverse("approvals:list"))
    leader.sees("Natuna tidak ada di daftar.", "#open")
    leader.is_fit("approvals")
    leader.press("y")
    leader.shows("#open .empty")
    one = eventually(lambda: Escalation.objects.filter(state="WITH_UNIT").exclude(reference="").first())
    leader.open(one.get_absolute_url())
    leader.sees(one.reference, "#open")
    leader.shot("with-unit")

    world.outside.answer_of_unit(one.reference, "Tersedia 10 sampai 50 Mbps.")
    tick("tenesa.escalation.tasks.read_units")
    agent.comes_to(State.CLASSIFIED)
    agent.sees("Tersedia 10 sampai 50 Mbps.", "#timeline")
    agent.write("answer_information", "Tersedia 10 sampai 50 Mbps.", related_product="Astinet SD-WAN")
    agent.is_in(State.INFO_ANSWERED)
    bonar.gets("Tersedia 10 sampai 50 Mbps.")
    case.all_sent()
    agent.write("close", "Terima kasih sudah menghubungi kami.")
    agent.is_in(State.CLOSED)
    assert case.history().count("return_escalation") == 1
    assert len(world.outside.calls("backend", "escalate")) == 1


def test_a_held_case_is_asked_for_passed_on_taken_over_and_handed_back(
    world: World, seat: Seat, rini: User, dewi: User, bowo: User
) -> None:
    bonar = world.customer("Bonar Nababan", "bonar@samudra.example")
    case = world.case_of(world.person(rini), bonar.writes("Link mati", "Link kami mati total sejak pagi."))
    ways.check_segment(case, "DES")
    hers, theirs = seat(rini), seat(dewi)
    hers.open_case(case.pk)
    theirs.open_case(case.pk)
    theirs.lacks("#composer-bar [data-key=r], #offer-identify, #offer-escalate")
    theirs.take("ask_for_case", reason="Pelanggan menelepon saya.")
    theirs.shows(".asked")
    hers.until(".asked")
    hers.sees("Pelanggan menelepon saya.", ".asked")
    hers.is_fit("asked-of-owner")
    hers.press("y")
    theirs.until("#offer-identify")
    assert case.now()["owner"] == "dewi"
    hers.until("#procedure :text('Kasus ini dipegang Dewi')")

    leader = seat(bowo)
    leader.open_case(case.pk)
    leader.take("take_over", reason="Pelanggan penting.", owner=bowo.pk)
    leader.sees(str(bowo), "#case-head")
    leader.take("hand_back", reason="Sudah saya telepon.")
    leader.sees(str(dewi), "#case-head")
    theirs.until("#timeline :text('Sudah saya telepon.')")
    assert case.now()["owner"] == "dewi"
    assert case.history()[-4:] == ["ask_for_case", "change_hands", "take_over", "hand_back"]
