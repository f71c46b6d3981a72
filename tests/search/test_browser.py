"""Finding without a mouse: from the field and from the palette, on a notebook and on a telephone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tenesa.accounts.models import User
from tests.accessibility import violations
from tests.journeys.browser.conftest import Seat, seat
from tests.journeys.patience import eventually
from tests.search.conftest import Arrives
from tests.search.test_found import BODY, LETTER

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["seat"]


def test_a_telephone_number_leads_to_the_case_by_keys_alone(seat: Seat, rini: User, arrives: Arrives) -> None:
    case = arrives(BODY, **LETTER)
    page: Any = seat(rini).page
    expect(page.locator("#finder")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("021/55501234")
    page.keyboard.press("Enter")
    row = page.locator("[data-row]")
    expect(row).to_contain_text(case.number)
    expect(row.locator("mark")).to_have_count(1)
    assert violations(page) == []
    page.locator("body").press("j")
    expect(row).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(reverse("cases:case", args=[case.pk])))


def test_the_palette_says_where_and_leads_to_all(seat: Seat, rini: User, arrives: Arrives) -> None:
    arrives(BODY, **LETTER)
    page: Any = seat(rini).page
    expect(page.locator("#finder")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("cilincing")
    expect(page.locator("#palette [role=option]").first).to_contain_text("di badan surel")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette [role=option][aria-selected=true]")).to_contain_text("Semua hasil")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("cilincing")


def test_what_is_entered_before_the_answer_came_is_of_the_words_as_they_are(
    seat: Seat, rini: User, arrives: Arrives
) -> None:
    arrives(BODY, **LETTER)
    page: Any = seat(rini).page
    page.keyboard.press("Control+k")
    page.keyboard.type("cil")
    expect(page.locator("#palette [role=option]", has_text="Semua hasil")).to_have_count(1)
    held: list[Any] = []
    free: list[bool] = []

    def hold(route: Any) -> None:
        held.append(route)
        if free:  # whoever types slowly asks more than once
            route.continue_()

    page.route("**/palette/?**", hold)
    page.keyboard.type("incing")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette [role=option][aria-selected=true]")).to_contain_text("Semua hasil")
    page.keyboard.press("Enter")
    eventually(lambda: page.wait_for_timeout(20) or held, what="the palette to ask")
    free.append(True)
    for route in [*held]:
        route.continue_()
    expect(page.locator("h1")).to_contain_text("cilincing")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_telephone(seat: Seat, rini: User, arrives: Arrives, scheme: Any) -> None:
    arrives(BODY, **LETTER)
    window = seat(rini, size="phone", scheme=scheme)
    page: Any = window.page
    page.goto(f"{window.base}{reverse('search')}?q=cilincing")
    expect(page.locator("[data-row]")).to_have_count(1)
    assert page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert violations(page) == []
