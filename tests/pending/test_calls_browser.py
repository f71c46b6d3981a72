"""The dial button by keys: a call that rings and ends, and the hand-over to a telephone of the browser's own."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tenesa.accounts.models import User
from tenesa.contact.models import Dial
from tests.journeys.browser.conftest import Seat
from tests.journeys.desk import Outside
from tests.pending.desk import asked, contacting, tried
from tests.pending.test_browser import at, does

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_call_rings_ends_and_is_recorded(ujang: User, rini: User, nossa: Outside, seat: Seat) -> None:
    request = contacting(rini, asked(ujang))
    window = seat(rini)
    at(window, request, "record_attempt")
    window.is_fit("pend-dial")
    window.press("z")
    expect(window.page.locator("#dial")).to_contain_text("Berdering")
    window.is_fit("pend-rings")
    one = Dial.objects.get()
    nossa._ask("POST", f"softphone/{one.call_id}/end", json={"result": "BUSY"})
    window.context.clock.run_for(3_000)
    expect(window.page.locator("#dial")).to_contain_text("Panggilan selesai")
    expect(window.page.locator("#offer-record_attempt [name=result]")).to_have_value("BUSY")
    does(window, "record_attempt")
    expect(window.page.locator("#dial")).to_contain_text("Boleh lagi")
    window.is_fit("pend-dial-later")
    assert tried(request).get().dial == one


def test_without_a_device_the_browser_dials(ujang: User, rini: User, nossa: Outside, seat: Seat) -> None:
    nossa._ask("PUT", "softphone/rini", json={"device": "off"})
    request = contacting(rini, asked(ujang))
    window = seat(rini)
    window.page.add_init_script(
        "document.addEventListener('click', (e) => { const link = e.target.closest?.('a[href^=\"tel:\"]');"
        " if (link) { e.preventDefault(); document.body.dataset.handed = link.href; } }, true);"
    )
    at(window, request, "record_attempt")
    window.press("z")
    expect(window.page.locator("body")).to_have_attribute("data-handed", "tel:+6281200001187")
    expect(window.page.locator("#dial a")).to_have_text("Hubungi manual 081200001187")
    window.is_fit("pend-by-hand")
    assert Dial.objects.get().state == "LINKED"
