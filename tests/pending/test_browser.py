"""A request from the unit's form to the end of its hold, keys alone; every page looked at by axe."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from pending.models import PendingRequest
from tenesa.accounts.models import User
from tests.journeys.browser.conftest import Seat
from tests.journeys.desk import Outside
from tests.pending.desk import CALL, OPEN, OTHER, ahead, asked, call, contacting, deliver, pended, time_passes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def local(hours: int) -> str:
    return f"{timezone.localtime(ahead(hours=hours)):%Y-%m-%dT%H:%M}"


def test_asked_called_agreed_and_gone_on_early(ujang: User, rini: User, nossa: Outside, seat: Seat) -> None:
    unit = seat(ujang).open(reverse("pend-ask"))
    page = unit.page
    page.locator("[name=incident]").fill(OPEN)
    page.locator("[name=reason]").select_option("CUST_RESCHEDULE")
    page.locator("[name=reason_text]").fill("Pelanggan minta besok pagi.")
    page.locator("[name=until]").fill(local(5))
    page.locator("[name=unit]").fill("TA Bandung")
    page.locator("[name=person]").fill("Ujang")
    unit.is_fit("pend-ask")
    page.locator("[name=person]").press("Enter")
    page.wait_for_selector("#open [data-item]")
    request = PendingRequest.objects.get()
    assert request.requester == ujang
    unit.is_fit("pend-of-unit")

    agent = seat(rini).open(reverse("pends"))
    agent.press("j", "Enter")
    agent.page.wait_for_selector(f"#open [data-item='{request.pk}']")
    agent.press("a")
    agent.page.wait_for_selector("#open [data-key=e]")
    deliver(request)
    agent.open(reverse("pend", args=[request.pk]))
    agent.page.wait_for_selector("#open [data-key=c]")
    agent.press("c")
    number = agent.page.locator("#open [name=contact_number]")
    number.fill(CALL["number"])
    number.press("Enter")
    agent.page.wait_for_selector(".pend-calls")
    call(rini, request, "BUSY")
    time_passes(request, 11)
    agent.open(reverse("pend", args=[request.pk]))
    agent.page.wait_for_selector(".pend-attempts li")
    agent.press("r")
    agent.page.locator("details[open] [name=result]").select_option("CONNECTED")
    agent.page.locator("details[open] [name=answered_by]").fill("Bonar Nababan")
    agent.page.locator("details[open] [name=answered_by]").press("Enter")
    agent.page.wait_for_selector(".pend-attempts li:nth-child(2)")
    agent.page.wait_for_selector("#open [data-key=y]")
    agent.is_fit("pend-calling")
    agent.press("y")
    agent.page.locator("details[open] [name=said_yes]").press("Space")
    agent.page.locator("details[open] [name=until]").fill(local(4))
    agent.page.locator("details[open] [name=until]").press("Enter")
    agent.page.wait_for_selector("#open [data-item]:not(:has([data-key=y]))")
    deliver(request)

    unit.open(reverse("pend", args=[request.pk]))
    unit.page.wait_for_selector("#open [data-key=g]")
    unit.is_fit("pended")
    unit.press("g")
    unit.page.locator("details[open] [name=note]").fill("Material sudah ada.")
    unit.page.locator("details[open] [data-submit]").press("Enter")
    unit.page.wait_for_selector("#open [data-item]:not(:has([data-key=g]))")
    deliver(request)
    assert PendingRequest.objects.get().state == "RESUMED"


def test_register_and_request_fit_every_screen(ujang: User, rini: User, nossa: Outside, seat: Seat) -> None:
    request = contacting(rini, asked(ujang))
    call(rini, request, "BUSY")
    pended(rini, ujang, OTHER)
    window = seat(rini).open(reverse("pends") + "?view=all")
    window.page.wait_for_selector(".row:nth-of-type(2)")
    window.is_fit("register")
    window.open(reverse("pend", args=[request.pk]))
    window.page.wait_for_selector(".pend-calls")
    window.is_fit("request")
