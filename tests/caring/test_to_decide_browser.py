"""Pages of requests at a window: what somebody else decides is read there, and what is typed stays (four eyes)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from caring.exclusions import services as exclusions
from caring.offers import publishing
from caring.quality import drafting
from tenesa.accounts.models import User
from tests.caring.test_to_decide import exclusion, instrument, offer, rizal
from tests.journeys.browser.conftest import Seat, seat

__all__ = ["rizal", "seat"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TYPED = "Belum dikirim."
# How many rows of fields there are, and how many of them with inputs that stand higher than others.
UNLIKE = """() => {
  const rows = {}, top = it => Math.round(it.getBoundingClientRect().top);
  for (const field of document.querySelectorAll(".report-filter .field"))
    (rows[top(field.querySelector("label"))] ??= new Set()).add(top(field.querySelector(".input, .select")));
  return [Object.keys(rows).length, Object.values(rows).filter(tops => tops.size > 1).length]; }"""


def test_the_page_of_a_list_and_the_list_of_lists_follow_whoever_decides(seat: Seat, novita: User, rizal: User) -> None:
    mine, other, entered = seat(novita), seat(rizal), exclusion(novita)
    mine.open(reverse("caring-exclusions"))
    mine.page.fill("[name=reason]", TYPED)
    mine.page.evaluate("window.listed = document.getElementById('lists')")
    other.open(entered.get_absolute_url())
    other.page.click("[name=decision][value=refuse]")
    mine.until(f"#lists:has-text('{rizal}')")
    assert mine.page.evaluate("window.listed.isConnected")  # and with it focus and scroll
    assert mine.page.input_value("[name=reason]") == TYPED
    second = exclusion(novita)
    mine.open(second.get_absolute_url())
    mine.page.fill("[name=number]", "1220")
    exclusions.decide(rizal, second, approved=True)
    mine.until("#numbers [name=why]")
    mine.sees(str(rizal), "main")
    assert mine.page.input_value("[name=number]") == "1220"
    mine.page.fill("[name=why]", TYPED)
    asked: list[str] = []
    mine.page.on("request", lambda request: asked.append(request.url))
    mine.page.evaluate("htmx.trigger(document.body, 'live-notices')")
    mine.page.wait_for_selector(".htmx-request", state="detached")
    assert [url for url in asked if second.get_absolute_url() in url] == []  # decided: it hears nothing more
    assert mine.page.input_value("[name=why]") == TYPED


def test_the_pages_of_offers_and_instruments_follow_whoever_decides(seat: Seat, novita: User, rizal: User) -> None:
    window, version, draft = seat(novita), offer(novita), instrument(novita)
    window.open(reverse("caring-offers"))
    window.page.fill("[name=note]", TYPED)
    publishing.approve(version, rizal)
    window.until(f"#versions:has-text('{rizal}')")
    assert window.page.input_value("[name=note]") == TYPED
    window.open(draft.get_absolute_url())
    window.sees("orang lain yang menyetujui", "#request")
    other = seat(novita).open(reverse("qc:instruments"))
    other.shows("#standing a:has-text('menunggu')")
    drafting.approve(draft, rizal)
    window.until(f"#request:has-text('{rizal}')")
    window.lacks("#request button")
    other.until(f"#standing td:has-text('{rizal}')")
    other.lacks("#standing a:has-text('menunggu')")


def test_a_refused_field_stands_in_line_with_its_neighbours(seat: Seat, novita: User) -> None:
    window = seat(novita).open(reverse("caring-offers"))
    window.forgive(422)
    window.page.click("main .report-filter .btn-primary")
    window.shows(".report-filter .error")
    rows, uneven = window.page.evaluate(UNLIKE)
    assert (1 < rows < 6, uneven) == (True, 0), rows
