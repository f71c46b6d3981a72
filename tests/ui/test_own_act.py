"""What a person's own key sends, and what is heard while it is on its way."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Route

from tenesa.accounts.models import User
from tests import factories
from tests.ui.test_browser import desk
from tickets.models import EmailCase

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NOTHING = "retry: 100\n: nothing\n\n"


def test_send_and_close_by_its_key_closes(browser: Browser, live_server: Any, rini: User) -> None:
    case = factories.put(factories.opened(), "CLASSIFIED", owner=rini, segment="DES", kind="INFORMATION")
    window = desk(browser, live_server, rini)
    page = window.open(reverse("cases:case", args=[case.pk]))
    page.keyboard.press("0")
    page.locator("#composer textarea:focus").wait_for()
    page.keyboard.insert_text("Tersedia 10 Mbps.")
    page.fill("#composer [name=none_fits]", "lengkap")
    with page.expect_response(lambda answer: "/steps/answer_information/" in answer.url):
        page.keyboard.press("Control+Shift+Enter")
    assert EmailCase.objects.get(pk=case.pk).state == "CLOSED"
    assert window.complaints == []


def test_news_that_come_while_a_step_is_on_its_way_are_not_lost(browser: Browser, live_server: Any, rini: User) -> None:
    """The answer to the step was written before them, and stands on the page after them."""
    case = factories.put(factories.opened(), "ASSIGNED", owner=rini, unread_by="")
    window, told = desk(browser, live_server, rini), ""

    def stream(route: Route) -> None:
        nonlocal told
        route.fulfill(content_type="text/event-stream", body=told or NOTHING)
        told = ""

    def late(route: Route) -> None:
        nonlocal told
        answer = route.fetch()
        EmailCase.objects.filter(pk=case.pk).update(triage="kabar baru")
        told = f"retry: 100\nid: 1\ndata: case tickets.emailcase:{case.pk} all mine:{rini.pk}\n\n"
        page.wait_for_timeout(1_000)  # heard and asked for meanwhile
        assert told == ""
        route.fulfill(response=answer)

    window.page.route(re.compile(r"/events\?"), stream)
    page = window.page
    page.goto(f"{live_server.url}{reverse('cases:case', args=[case.pk])}")
    page.route("**/steps/check_segment/", late)
    page.keyboard.press("1")
    page.select_option("#offer-check_segment [name=segment]", "DES")
    page.fill("#offer-check_segment [name=reason]", "Terlihat di kontrak")
    page.keyboard.press("Control+Enter")
    page.locator("#offer-identify").wait_for(state="attached")
    page.locator("#procedure :text('kabar baru')").first.wait_for(timeout=5_000)
