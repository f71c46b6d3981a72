"""The real web process instead of the test's server: what travels over the wire, and news by the live stream."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, CDPSession, Route

from tenesa.accounts.models import User
from tenesa.launch import commands
from tenesa.launch.process import wait_until
from tenesa.launch.rundir import answers
from tenesa.ui.live import name_of, tell
from tenesa.workflow.perform import perform
from tests import factories
from tests.journeys.browser.window import PASSWORD, Window
from tests.journeys.patience import eventually
from tests.ports import free_port
from tests.services import services
from tickets.models import EmailCase

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BUDGET = 100_000


@pytest.fixture
def address(transactional_db: None) -> Iterator[str]:
    port = free_port()
    process = services.spawn("web", commands.web("127.0.0.1", port), services.environment())
    wait_until(lambda: answers(port), process, name="The web process", log=services.log("web"))
    yield f"http://127.0.0.1:{port}"
    services.kill(process)


def test_the_workspace_is_light_and_hears_by_the_stream(
    address: str, browser: Browser, settings: Any, rini: User, dewi: User
) -> None:
    case = factories.opened()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # the web process knows no other
    rini.set_password(PASSWORD)
    rini.save()
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID")
    window = Window(context, address)
    window.sign_in(rini)
    wire = context.new_cdp_session(window.page)
    sizes: dict[str, int] = {}
    kinds: dict[str, str] = {}
    wire.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["response"]["mimeType"]}))
    wire.on("Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}))
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    window.open_case(case.pk)
    eventually(lambda: window.page.evaluate("() => document.fonts.status") == "loaded", what="the fonts")
    paint = [size for request, size in sizes.items() if kinds.get(request, "").endswith(("css", "javascript"))]
    assert len(paint) >= 3
    assert sum(paint) < BUDGET

    window.shows("body[data-live=open]")
    hears_while_it_fetches(window, wire, case, dewi)  # and no poll: the page's clock is not turned on
    hears_after_a_part_is_gone(window, case, dewi)
    assert window.page.locator("#live").is_hidden()
    window.open(reverse("cases:list"))
    assert window.unforgiven() == []
    context.close()


def hears_while_it_fetches(window: Window, wire: CDPSession, case: EmailCase, dewi: User) -> None:
    """What is told while an older answer is on its way is not forgotten when that answer is put in place."""
    heard: list[str] = []
    held: list[Route] = []
    wire.on("Network.eventSourceMessageReceived", lambda e: heard.append(e["data"]))
    window.page.route("**/part/head/", lambda route: route.continue_() if held else held.append(route))
    with window.page.expect_request("**/part/head/"):
        tell("at", name_of(case))
    eventually(lambda: window.page.evaluate("1") and held)
    old = held[0].fetch()
    perform(case, "take", actor=dewi)
    eventually(lambda: window.page.evaluate("1") and any(data.startswith("case ") for data in heard))
    window.page.clock.run_for(500)  # the page would ask now
    held[0].fulfill(response=old)
    window.sees(str(dewi), "#case-head")


def hears_after_a_part_is_gone(window: Window, case: EmailCase, dewi: User) -> None:
    """A part that a step takes from the page while its answer is on its way holds up nothing that is told later."""
    held: list[Route] = []
    window.page.route("**/part/clocks/", lambda route: route.continue_() if held else held.append(route))
    with window.page.expect_request("**/part/clocks/"):
        tell("case", name_of(case))
    eventually(lambda: window.page.evaluate("1") and held)
    with window.page.expect_event("requestfinished", lambda request: request.url.endswith("/part/clocks/")):
        window.page.evaluate("htmx.swap('#case-clocks', '', {swapStyle: 'delete'})")
        held[0].continue_()
    perform(case, "release", actor=dewi)
    window.sees("Kembalikan ke antrean", "#timeline")
