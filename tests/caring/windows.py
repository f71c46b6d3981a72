"""What people of caring do at their windows, by keys alone: the call and its result."""

from __future__ import annotations

from functools import partial
from typing import Any

from playwright.sync_api import expect

from caring.models import Prospect
from caring.prospects.desk import ProspectDesk
from caring.results.desk import ResultDesk
from tests.caring import desk
from tests.journeys.browser.window import Window
from tests.vvip.windows import does

at_prospect, at_result = partial(does, ProspectDesk), partial(does, ResultDesk)


def opened(window: Window, case: Any) -> None:
    window.open(case.get_absolute_url())
    window.shows(f'#open [data-case="{case.pk}"]')


def is_in(window: Window, state: Any) -> None:
    expect(window.page.locator("#open .chip-solid").first).to_have_text(str(state.label))


def keyed(window: Window, key: str, *, until: str) -> None:
    """A key, and what it brings."""
    window.page.wait_for_selector(".htmx-request", state="detached")
    window.press(key)
    window.shows(until)


def in_call(window: Window, one: Prospect) -> Prospect:
    """Picked, the bills read as a worker would, dialled."""
    opened(window, one)
    at_prospect(window, "pick")
    desk.deliver()
    window.until("#offer-start_dial")
    at_prospect(window, "start_dial")
    window.shows("#offer-confirm_payer")
    found: Prospect = desk.again(one)
    return found
