"""A call rings on the open page of its agent: the CTI posts it to a real web process, whose stream tells the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser

from tenesa.accounts import tokens
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.systems import control
from tests.journeys.browser.window import Window
from tests.journeys.desk import Outside
from tests.segmentation import entries
from tests.ui.test_live import Web, web
from tests.vvip import desk
from vvip.models import SpecialCase

__all__ = ["web"]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
At = Callable[[User, str], Window]


@pytest.fixture
def at(web: Web, browser: Browser) -> Iterator[At]:
    """`at(sari, path)`: a page of hers that hears the stream; it is as it was loaded as long as it is marked."""
    with ExitStack() as open_windows:

        def opened(user: User, path: str) -> Window:
            context = open_windows.enter_context(browser.new_context(locale="id-ID", reduced_motion="reduce"))
            name = settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": web.session(user), "url": web.base}])
            window = Window(context, web.base).open(path)
            window.shows("body[data-live=open]")
            window.page.evaluate("window.loadedOnce = true")
            return window

        yield opened


def test_it_rings_at_once_on_the_page_of_its_agent_alone(systems: Outside, sari: User, web: Web, at: At) -> None:
    entries.customer()
    rudi = desk.person("rudi", Role.AGENT_147)
    hers, his = at(sari, reverse("call-new")), at(rudi, reverse("calls:list"))
    hers.lands_in("[name=number]")
    hers.type("12205")
    cti = desk.person("cti", Role.API_CLIENT)
    control.receive_pops(f"{web.base}/api/v1/screen-pops/", tokens.issue(cti, "cti")[1])
    assert [control.screen_pop(entries.PHONE, "sari", "CTI-7")["status"] for _twice in range(2)] == [201, 200]

    call = SpecialCase.objects.get()
    hers.sees(call.number, ".ringing")
    assert hers.page.evaluate("window.loadedOnce") is True
    assert hers.page.input_value("[name=number]") == "12205"  # what she was typing is still there
    his.shows(f"[data-row='{call.pk}']")  # it came to the list of the desk by the same stream
    assert his.page.evaluate("window.loadedOnce") is True
    his.lacks(".ringing")
    for window in (hers, his):
        window.shows("body[data-live=open]")  # no poll has brought it

    hers.press("F2")
    hers.shows(f'#open [data-case="{call.pk}"]')
    hers.shows("#offer-note_report")
    assert [*hers.unforgiven(), *his.unforgiven()] == []
