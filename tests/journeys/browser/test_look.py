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


def test_a_case_of_the_triage(seat: Seat, bowo: User) -> None:
    unknown = perform(factories.opened(), "want_triage", actor=SYSTEM, why="pengirim tidak dikenal")
    window = seat(bowo).open(f"{reverse('cases:case', args=[unknown.pk])}?view=triage")
    window.shows("h1, h2")
    window.is_fit("triage-case")


def test_the_places_of_an_administrator(seat: Seat, chief: User) -> None:
    window = seat(chief).open("/systems/faults/")
    window.shows("table.list")
    window.is_fit("systems")
