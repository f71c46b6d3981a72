"""The desk of prospects as an agent sees and works it, by keys alone (P-01 5.1 - 5.3; story 10)."""

from __future__ import annotations

import pytest

from tenesa.accounts.models import User
from tests.caring import desk, windows
from tests.caring.test_with_systems import fastel
from tests.caring.windows import at_prospect
from tests.journeys.browser.conftest import Seat, seat
from tests.journeys.desk import Outside

__all__ = ["seat"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def published(novita: User) -> None:
    """The five scripts, as a round of comparing with My Kiss and two leaders would publish them."""
    desk.publish_scripts(novita)


def test_look(systems: Outside, seat: Seat, citra: User, published: None) -> None:
    one, window = desk.prospect(fastel=fastel(2), address="Jl. Merdeka 12", city="Bandung"), seat(citra)
    one = windows.in_call(window, one)
    window.shot("a-in-call")
    at_prospect(window, "confirm_payer")
    window.shows("#offer-agree")
    window.shot("b-payer")
    window.press("q")
    window.shows("#script-reasons .prose")
    window.shot("c-decline")
    window.page.set_viewport_size({"width": 390, "height": 844})
    window.shot("b-payer-phone")
