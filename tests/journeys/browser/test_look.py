"""Every screen a person meets: no breach of WCAG in light and dark, no sideways scroll, no complaint in the console."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tenesa.accounts.models import SYSTEM, User
from tenesa.workflow.perform import perform
from tests import factories
from tests.journeys.browser.conftest import Seat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_door_and_the_readiness_list(seat: Seat, laras: User) -> None:
    window = seat().open(reverse("login"))
    window.is_fit("sign-in")
    window.knock(laras, "bukan-sandi")
    window.shows("[role=alert]")
    window.is_fit("sign-in-refused")
    window.sign_in(laras)
    window.page.wait_for_url(f"**{reverse('readiness')}")
    window.is_fit("readiness")


def test_the_places_of_a_team_leader(seat: Seat, bowo: User, rini: User) -> None:
    held, unknown, junk = (factories.opened(subject=f"Gangguan layanan cabang {place}") for place in ("A", "B", "C"))
    perform(held, "take", actor=rini)
    perform(unknown, "want_triage", actor=SYSTEM, why="pengirim tidak dikenal di SISKAS dan TENOSS")
    perform(junk, "propose_void", actor=rini, data={"reason": "Iklan"})
    window = seat(bowo)
    for name, path in (
        ("queue", f"{reverse('cases')}?view=all"),
        ("triage-case", f"{reverse('case', args=[unknown.pk])}?view=triage"),
        ("map", reverse("procedure-map")),
        ("outbox", f"{reverse('outbox')}?tab=all"),
    ):
        window.open(path)
        window.shows("h1, h2")
        window.is_fit(name)


def test_the_places_of_an_administrator(seat: Seat, chief: User) -> None:
    window = seat(chief).open("/systems/faults/")
    window.shows("table.list")
    window.is_fit("systems")
