"""What stands half typed in the rail when there is news, what does not fit, and where a page stands after an act."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tenesa.accounts.models import User
from tenesa.workflow.perform import perform
from tenesa.workspace import auto_in
from tests import factories
from tests.journeys.browser.conftest import Seat, seat
from tests.workspace.sample.procedure import State, Visit
from tests.workspace.worked import placed
from tickets.desk import EmailDesk

__all__ = ["seat"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FINDING = "#offer-finish [name=finding]"
WORDS = "Konektor longgar, sudah"


@pytest.fixture
def visit(rini: User) -> Visit:
    """Rini's, for which she has to say what was found."""
    case = placed(State.PLANNED)
    Visit.objects.filter(pk=case.pk).update(owner=rini)
    case.refresh_from_db(fields=["owner"])
    return case


def test_news_wipes_no_word_and_tells_only_of_others(visit: Visit, rini: User, bowo: User, seat: Seat) -> None:
    window = seat(rini).open(visit.get_absolute_url())
    window.reach("finish")
    window.type(WORDS)
    perform(visit, "write", actor=rini, data={"message": "Teknisi sudah di lokasi."})
    window.hears()
    window.shows(".undo")  # her own mail is taken in without a word
    expect(window.page.locator("#changed")).to_be_hidden()
    expect(window.page.locator(f"{FINDING}:focus")).to_have_value(WORDS)

    perform(visit, "write", actor=bowo, data={"message": "Mohon ditunggu."})
    window.hears()
    window.sees("berubah", "#changed:not([hidden])")
    window.press("Shift+Tab")
    window.tab_to("#changed button")
    window.press("Enter")
    expect(window.page.locator("#changed")).to_be_hidden()
    expect(window.page.locator(f"{FINDING}:focus")).to_have_value(WORDS)
    window.lacks("#kept-words")

    Visit.objects.filter(pk=visit.pk).update(state=State.FAILED)
    window.hears()
    window.tab_to("#changed button")
    window.press("Enter")
    window.sees(WORDS, "#kept-words")
    window.hears()
    window.sees(WORDS, "#kept-words")
    window.is_fit("kept-words")


def test_what_does_not_fit_is_said(visit: Visit, rini: User, seat: Seat) -> None:
    window = seat(rini).open(visit.get_absolute_url())
    window.reach("finish")
    window.keyboard.insert_text("a" * 190)
    window.sees("190/200", "#offer-finish")
    window.lacks("#toasts .toast")
    window.keyboard.insert_text("b" * 40)
    window.sees("200/200", "#offer-finish")
    window.sees("terpotong", "#toasts .toast")
    window.press("Control+a", "Delete")
    expect(window.page.locator("#offer-finish")).not_to_contain_text("/200")


def test_a_phone_opens_on_the_unread_mail_and_stays_where_one_works(rini: User, seat: Seat) -> None:
    case = factories.opened()
    window = seat(rini, size="phone")
    window.page.set_viewport_size({"width": 390, "height": 480})
    window.open(case.get_absolute_url())
    thread = window.page.locator("#open .thread")
    assert thread.evaluate("it => it.scrollTop + it.clientHeight + 12 < it.scrollHeight"), "the end is out of sight"
    expect(window.page.locator("#timeline > li[data-unread] header")).to_be_in_viewport()
    window.page.locator("#open .case [data-show=procedure]").click()
    window.page.locator("#offer-take [data-submit]").click()
    window.shows("#offer-release")
    expect(window.page.locator(".work")).to_have_attribute("data-pane", "procedure")
    expect(window.page.locator("#timeline > li[data-unread]")).to_have_count(0)


def test_a_case_that_was_given_is_put_away_by_a_key(rini: User, seat: Seat) -> None:
    case = factories.opened()
    assert auto_in.give(rini, [EmailDesk()]) == case
    window = seat(rini).open(reverse("notices"))
    given = window.page.locator(f"[data-given={case.number}]")
    expect(given).to_be_visible()
    window.press("F8")
    expect(given).to_have_count(0)
    with window.page.expect_response(f"**{reverse('auto-in')}"):
        window.open(reverse("own"))
    window.page.wait_for_selector(".htmx-request, .htmx-settling", state="detached")
    expect(given).to_have_count(0)
