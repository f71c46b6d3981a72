"""The evidence panel and the board of applications in a real browser: readable, accessible, one card at a time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page

from tenesa.accounts.models import User
from tenesa.systems import breaker, control
from tenesa.systems.errors import Unavailable
from tenesa.systems.simulator import seed
from tenesa.systems.sites import load_sites
from tests.accessibility import violations
from tests.tickets.test_evidence import answer_all, at_work, read
from tests.ui.test_browser import desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SHOTS", "")
ARRIVED = """names => !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling")
  && names.every(name => document.getElementById(name))"""

TO_THE_END = """() => { const all = document.querySelector("#open .thread");
  return all.scrollHeight > all.clientHeight ? all.scrollHeight - all.scrollTop - all.clientHeight : 999 }"""


def fits(page: Page, name: str) -> None:
    assert violations(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, name
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def open_all(page: Page) -> None:
    page.evaluate("for (const card of document.querySelectorAll('.tool-card')) card.open = true")


@pytest.fixture
def case(rini: User) -> Any:
    control._ask("mycx", "POST", "reset")
    case = at_work(rini, seed.DES_DOWN_VPN, seed.DGS_OPEN_INCIDENT, seed.DBS_UNSTABLE)
    for _time in range(2):
        read(case, rini)
        answer_all()
    return case


def test_the_panel_in_the_rail_and_as_a_page(browser: Browser, live_server: Any, case: Any, rini: User) -> None:
    at_the_desk = desk(browser, live_server, rini)
    page = at_the_desk.open(reverse("cases:case", args=[case.pk]))
    fits(page, "evidence-rail")
    open_all(page)
    page.locator(f"[id='evidence-mrtg-{seed.DES_DOWN_VPN}']").scroll_into_view_if_needed()
    fits(page, "evidence-rail-open")
    for size, scheme in (("wide", "dark"), ("phone", "light")):
        window = desk(browser, live_server, rini, size, scheme)
        page = window.open(reverse("evidence", args=[case.pk]))
        fits(page, f"evidence-page-{size}-{scheme}")
        assert window.complaints == []
    assert at_the_desk.complaints == []


def test_one_card_is_read_again_and_one_entered_by_hand(
    browser: Browser, live_server: Any, case: Any, rini: User
) -> None:
    window = desk(browser, live_server, rini)
    page = window.open(reverse("cases:case", args=[case.pk]))
    card = page.locator(f"[id='evidence-mrtg-{seed.DES_DOWN_VPN}']")
    card.locator("summary").first.click()
    card.get_by_role("button", name="Baca lagi").click()
    card.get_by_text("Sedang dibaca …").wait_for()
    assert card.evaluate("card => card.open")
    answer_all()
    page.evaluate("htmx.trigger(document.body, 'live-case')")
    card.get_by_text("2 pembacaan sebelumnya").wait_for()
    page.wait_for_function(ARRIVED, arg=[])
    assert page.evaluate(TO_THE_END) < 48  # at the newest entry of one's own act
    with page.expect_response(lambda answer: "/part/bar/" in answer.url):
        page.evaluate("htmx.trigger(document.body, 'live-case')")
    page.wait_for_function(ARRIVED, arg=[])
    assert page.evaluate(TO_THE_END) < 48  # a composer that is drawn anew, and closed, moves nobody's eye
    card.locator(".by-hand summary").click()
    card.get_by_label("Hasil").select_option("NORMAL")
    card.get_by_label("Yang terlihat").fill("Trafik dilihat di layar MRTG")
    card.get_by_role("button", name="Simpan").click()
    card.get_by_text("Trafik dilihat di layar MRTG").first.wait_for()
    assert window.complaints == []


def test_the_board_of_applications(browser: Browser, live_server: Any, case: Any, bowo: User) -> None:
    for _failure in range(breaker.FAILURES):
        breaker.failed("mrtg", Unavailable("TIMEOUT", "MRTG tidak menjawab dalam waktunya."))
    load_sites()
    for size, scheme in (("desk", "light"), ("phone", "dark")):
        window = desk(browser, live_server, bowo, size, scheme)
        fits(window.open(reverse("systems-status")), f"board-{size}-{scheme}")
        assert window.complaints == []


def test_a_newer_rail_leaves_the_opened_step(browser: Browser, live_server: Any, case: Any, rini: User) -> None:
    """Offers that arrive or change places meanwhile neither shut it nor take the next key from it."""
    window = desk(browser, live_server, rini)
    page = window.open(reverse("cases:case", args=[case.pk]))
    offers = page.locator("#procedure .offer").evaluate_all("all => all.map(one => one.id)")
    suggested = page.locator("#procedure .offer[open]").get_attribute("id")
    chosen = offers[offers.index(suggested) + 1]
    for change in ("offer.remove()", "offer.parentElement.append(offer)"):
        page.evaluate(
            """([chosen, suggested, change]) => {
              const mine = document.getElementById(chosen), offer = document.getElementById(suggested);
              mine.open = true;
              (mine.querySelector("form button") ?? mine.querySelector("summary")).focus();
              new Function("offer", change)(offer);
            }""",
            [chosen, suggested, change],
        )
        with page.expect_response(lambda answer: "/part/procedure/" in answer.url):
            page.evaluate("htmx.trigger(document.body, 'live-case')")
        page.wait_for_function(ARRIVED, arg=[chosen, suggested])
        assert page.evaluate("name => document.getElementById(name).open", chosen), change
        assert page.evaluate("name => document.getElementById(name).contains(document.activeElement)", chosen), change
