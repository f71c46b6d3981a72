"""A phone of 390 pixels: the bar of places shows where one is, and what stands above a page is read whole."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tenesa.accounts.models import Membership, User
from tenesa.accounts.roles import Role
from tests import factories
from tests.journeys.browser.conftest import Seat, seat

__all__ = ["seat"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OUTSIDE = """all => all.filter(one => {
  const { left, right } = one.getBoundingClientRect();
  return left < 0 || right > innerWidth || one.scrollWidth > one.clientWidth;
}).map(one => one.textContent.trim())"""


@pytest.fixture
def leader(bowo: User) -> User:
    """Of every desk, so that the bar is longer than the phone is wide."""
    for desk in ("CARING", "147"):
        Membership.objects.create(user=bowo, team=factories.team(desk), role=Role.TEAM_LEADER)
    return bowo


def test_the_open_desk_and_list_are_in_sight(leader: User, seat: Seat) -> None:
    window = seat(leader, size="phone")
    for page in (reverse("audits:list"), reverse("dapros")):
        window.open(page)
        assert window.page.locator("#nav [aria-current]").count() == 2
        assert window.page.locator("#nav [aria-current]").evaluate_all(OUTSIDE) == []


def test_the_buttons_above_the_lists_of_prospects_are_whole(leader: User, seat: Seat) -> None:
    window = seat(leader, size="phone").open(reverse("dapros"))
    assert window.page.locator(".page > header .btn").count() == 3
    assert window.page.locator(".page > header .btn").evaluate_all(OUTSIDE) == []
