"""A button that is pressed right after a refused field was corrected moves away under the pointer, and is pressed all
the same."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tenesa.accounts.models import User
from tests.journeys.browser.conftest import Seat
from tests.journeys.browser.window import Window
from tests.journeys.desk import Outside
from tests.pending.conftest import nossa, seat, ujang
from tests.pending.desk import again, asked, checked

__all__ = ["nossa", "seat", "ujang"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def press(window: Window, button: str) -> None:
    """With the pointer, from the field in which somebody has just typed: pressed here, released at the same spot."""
    window.page.locator(button).scroll_into_view_if_needed()
    box = window.page.locator(button).bounding_box()
    assert box is not None
    window.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 4)
    window.page.mouse.down()
    moved = window.page.locator(button).bounding_box()
    assert moved is not None
    assert moved["y"] < box["y"] - 4, "the error goes with the press, and what stands below it comes up"
    window.page.mouse.up()


def test_a_step_that_was_refused_is_sent_by_the_first_click(
    rini: User, ujang: User, nossa: Outside, seat: Seat
) -> None:
    request = checked(rini, asked(ujang))
    window = seat(rini).open(request.get_absolute_url())
    window.forgive(422)
    offer = "#offer-start_contact"
    window.shows(f"{offer}[open], {offer} > summary")
    if not window.page.locator(f"{offer}[open]").count():
        window.page.locator(f"{offer} > summary").click()
    number = window.page.locator(f"{offer} [name=contact_number]")
    number.fill("bukan nomor")
    window.page.locator(f"{offer} [data-submit]").click()
    expect(window.page.locator(f"{offer} .error")).to_have_count(1)
    number.click()
    window.press("Control+a")
    window.type("0812-7700-1187")
    press(window, f"{offer} [data-submit]")
    window.shows("#offer-record_attempt")
    assert again(request).state == "CONTACTING"


def test_so_is_a_form_of_a_page(ujang: User, nossa: Outside, seat: Seat) -> None:
    window = seat(ujang).open(reverse("pend-ask"))
    window.forgive(422)
    window.page.locator("[data-submit]").click()
    expect(window.page.locator("#ask-id_reason_text_error")).to_have_count(1)
    window.page.locator("[name=reason_text]").click()
    window.type("Pelanggan minta besok pagi.")
    with window.page.expect_response(lambda answer: answer.url.endswith(reverse("pend-ask"))):
        press(window, "[data-submit]")
    expect(window.page.locator("#ask-id_reason_text_error")).to_have_count(0)
