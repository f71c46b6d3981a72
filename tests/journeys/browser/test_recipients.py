"""To and Cc of an answer are seen and changed without a mouse, at a desk and on a phone."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tenesa.accounts.models import User
from tests.journeys.browser.conftest import Seat
from tests.journeys.browser.window import Window
from tests.journeys.desk import World
from tests.journeys.patience import eventually
from tests.journeys.post import Customer, submit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SARI, KEPALA = "sari@samudra.example", "kepala@samudra.example"


def composer_of(window: Window) -> dict[str, str]:
    return {name: window.page.locator(f"#composer [name={name}]").input_value() for name in ("to", "cc")}


def test_an_answer_goes_to_whom_the_agent_sees_and_wants(world: World, seat: Seat, rini: User, bonar: Customer) -> None:
    mail = bonar.compose("Internet gudang lambat", "Internet gudang lambat. Mohon kabari Sari juga.")
    mail["Cc"] = f"Sari <{SARI}>, {KEPALA}"
    submit(mail)
    case = world.case_of(world.person(rini), mail)
    window = seat(rini)
    window.take_first()
    window.take("check_segment", segment="DES", source="MANUAL", reason="kontrak")
    window.compose("Baik, kami periksa.")
    assert composer_of(window) == {"to": bonar.address, "cc": f"{SARI}, {KEPALA}"}
    window.is_fit("recipients")

    # the new domain is said while one types
    window.press("Shift+Tab")
    while window.focus["name"] != "cc":
        window.press("Shift+Tab")
    window.sees_focus()
    window.press("Control+a")
    window.type("budi@tempat-lain.example")
    window.context.clock.fast_forward(2_000)
    window.sees("Baru di kasus ini: tempat-lain.example", "#recipients-said")
    window.is_fit("recipients-new-domain")

    # whoever was taken out is one press away; so are the two usual choices
    window.tab_to(f"[data-add-recipient='{SARI}']")
    window.press("Enter")
    assert composer_of(window)["cc"] == f"budi@tempat-lain.example, {SARI}"
    window.tab_to("[data-recipients][data-cc='']")
    window.press("Enter")
    assert composer_of(window) == {"to": bonar.address, "cc": ""}
    window.press("Shift+Tab")
    window.press("Enter")
    assert composer_of(window) == {"to": bonar.address, "cc": f"{SARI}, {KEPALA}"}

    # nobody at all is refused, and the words stay
    window.press("Shift+Tab", "Shift+Tab")
    window.press("Control+a", "Delete")
    window.submit()
    window.forgive(422)
    window.lands_in("#composer [name=to]")
    window.sees("harus mempunyai penerima", "#composer")
    expect(window.page.locator("#composer [name=message]")).to_have_value("Baik, kami periksa.")
    window.type(SARI)
    window.fill(cc=KEPALA)
    window.submit()

    def arrived() -> EmailMessage | None:
        return next((m for m in world.inbox.mails() if str(m["To"]) == SARI), None)

    came = eventually(arrived, what="the answer at Sari's")
    assert str(came["Cc"]) == KEPALA
    assert case.sent() == ["acknowledgement", "reply"]
