"""What people of caring do at their windows, by keys alone: the call and its result."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from playwright.sync_api import expect

from caring.models import CaringResult, Prospect
from caring.prospects.desk import ProspectDesk
from caring.results.desk import ResultDesk
from caring.results.states import State as ResultState
from tests.caring import desk
from tests.caring.test_with_systems import fastel
from tests.journeys.browser.window import Window
from tests.vvip.windows import does

Work = Callable[[], object]  # what a worker has to do before the page goes on
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


def counted(window: Window) -> list[str]:
    """Every key that is pressed from now on."""
    pressed: list[str] = []
    press = window.press

    def press_and_count(*keys: str) -> None:
        pressed.extend(keys)
        press(*keys)

    window.press = press_and_count  # type: ignore[method-assign]
    return pressed


def owing(months: int = 2) -> Prospect:
    """Of a line that owes so much in the simulated I-payment."""
    return desk.prospect(fastel=fastel(months), address="Jl. Merdeka 12", city="Bandung")


def agreed(window: Window, one: Prospect, work: Work = desk.deliver) -> CaringResult:
    """With what the form proposes, and a clear yes."""
    in_call(window, one, work)
    keyed(window, "i", until="#offer-agree[open]")
    window.press("v", "Space")
    with window.page.expect_response(lambda answer: "/steps/agree/" in answer.url):
        window.press("Control+Enter")
    work()
    result: CaringResult = CaringResult.objects.filter(prospect=one).latest("pk")
    return result


def returned(window: Window, result: CaringResult) -> None:
    """QC takes it and returns it, for want of a clear yes."""
    opened(window, result)
    at_result(window, "claim")
    is_in(window, ResultState.QC_CLAIMED)
    keyed(window, "q", until="#offer-return_to_agent[open]")
    window.page.locator("#offer-return_to_agent [name=gate_WILLING][value=OK]").focus()
    window.press("ArrowDown")
    window.page.locator("#offer-return_to_agent [name=gate_RECORDED][value=OK]").check()
    window.page.locator("#offer-return_to_agent [name=return_class]").select_option("OFFER")
    window.page.locator("#offer-return_to_agent [name=recommendation]").fill("Pastikan pelanggan bersedia.")
    with window.page.expect_response(lambda answer: "/steps/return_to_agent/" in answer.url):
        window.press("Control+Enter")
    is_in(window, ResultState.RETURNED)


def judged(window: Window, result: CaringResult) -> None:
    """QC takes it and approves it; APPREC has no recording of a call that still runs, so that QC says it was heard."""
    opened(window, result)
    at_result(window, "claim")
    is_in(window, ResultState.QC_CLAIMED)
    keyed(window, "v", until="#offer-approve[open]")
    window.page.locator("#offer-approve [name=gate_RECORDED][value=OK]").check()
    with window.page.expect_response(lambda answer: "/steps/approve/" in answer.url):
        window.press("Control+Enter")
    is_in(window, ResultState.APPROVED)


def in_call(window: Window, one: Prospect, work: Work = desk.deliver) -> Prospect:
    """Picked, the bills read as a worker would, dialled."""
    opened(window, one)
    at_prospect(window, "pick")
    work()
    window.until("#offer-start_dial")
    at_prospect(window, "start_dial")
    window.shows("#offer-confirm_payer")
    found: Prospect = desk.again(one)
    return found
