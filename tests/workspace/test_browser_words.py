"""What stands half typed in the rail when there is news: of oneself, of somebody else, and where the step is gone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tenesa.accounts.models import User
from tenesa.workflow.perform import perform
from tests.journeys.browser.conftest import Seat, seat
from tests.workspace.sample.procedure import State, Visit
from tests.workspace.worked import placed

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
