"""Every way of a hold by keys alone, by the unit, the agent and the leader; every page looked at by axe.

Time is moved by the clocks, never waited for; NOSSA is asked by `deliver`, as a worker would.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from pending.desk import PendingDesk
from pending.models import PendingRequest
from pending.states import State
from tenesa.accounts.models import User
from tenesa.systems.models import ExternalCall
from tests.journeys.browser.conftest import Seat
from tests.journeys.browser.window import Window
from tests.journeys.desk import Outside
from tests.pending.desk import (
    CALL,
    OPEN,
    OTHER,
    again,
    agreed,
    ahead,
    asked,
    call,
    contacting,
    deliver,
    pended,
    time_is_up,
    time_passes,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
THIRD = "IN10480003"


def at(window: Window, request: PendingRequest, step: str = "") -> None:
    """The request's page, and on it the offer of this step."""
    window.open(request.get_absolute_url())
    window.shows(f"#open [data-case='{request.pk}']")
    if step:
        window.shows(f"#offer-{step}")


def does(window: Window, step: str, **values: object) -> None:
    """A step by its key, or by its number where that opens it; its fields by Tab, sent with Ctrl+Enter."""
    offer = f"#offer-{step}"
    at_once = window.page.locator(f"{offer} [data-at-once]").count()
    key = "" if at_once else PendingDesk.keys.get(step)
    window.press(key or window.page.locator(f"{offer} > summary kbd").first.inner_text())
    window.lands_in(f"{offer}[open]")
    moment = values.pop("until", None)
    window.fill(**values)
    if isinstance(moment, datetime):  # a browser's own field of date and time
        window.page.locator(f"{offer} [name=until]").fill(f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}")
    window.submit()


def stands(window: Window, request: PendingRequest, state: State) -> None:
    """As it is now, on the page as in the house."""
    at(window, request)
    expect(window.page.locator("#open .chip-solid").first).to_have_text(str(state.label))
    assert again(request).state == state


def test_asked_twice_agreed_extended_and_gone_on_early(ujang: User, rini: User, nossa: Outside, seat: Seat) -> None:
    unit = seat(ujang).open(reverse("pend-ask"))
    unit.page.locator("[name=until]").fill(f"{timezone.localtime(ahead(hours=5)):%Y-%m-%dT%H:%M}")
    unit.page.locator("[name=incident]").focus()
    unit.fill(incident=OPEN, reason="CUST_RESCHEDULE", reason_text="Pelanggan minta besok pagi.", unit="TA Bandung")
    unit.press("Control+Enter")
    unit.shows("#open [data-case]")
    unit.forgive(409)
    unit.open(reverse("pend-ask"))  # once more: it leads to the same request, keeps the words, and knows who asks
    unit.page.locator("[name=until]").fill(f"{timezone.localtime(ahead(hours=5)):%Y-%m-%dT%H:%M}")
    for name, value in {"incident": OPEN, "reason_text": "Sekali lagi."}.items():
        unit.page.locator(f"[name={name}]").fill(value)
    unit.page.locator("[name=reason]").select_option("CUST_REQUEST")
    unit.press("Control+Enter")
    expect(unit.page.locator("[name=reason_text]")).to_have_value("Sekali lagi.")
    unit.is_fit("pend-asked-already")
    unit.tab_to(".say[role=alert] a")
    unit.press("Enter")
    unit.shows("#open [data-case]")
    request = PendingRequest.objects.get()
    assert request.requester == ujang
    unit.is_fit("pend-of-unit")

    agent = seat(rini).open(reverse("pending:list"))
    agent.press("j", "Enter")
    agent.shows(f"#open [data-case='{request.pk}']")
    agent.shows("#offer-pick_up")
    agent.press("a")
    agent.shows("#offer-read_again")
    deliver(request)
    at(agent, request, "start_contact")
    does(agent, "start_contact", contact_number=CALL["number"])
    agent.shows("#offer-record_attempt")
    does(agent, "record_attempt", result="CONNECTED", answered_by="Bonar Nababan")
    agent.shows("#offer-agree")
    agent.is_fit("pend-calling")
    does(agent, "agree", said_yes=True)
    deliver(request)
    stands(agent, request, State.PENDED)

    unit.until("#offer-extend")  # their page was open all the while, and nobody reloaded it
    unit.sees(str(State.PENDED.label), "#case-head")
    unit.sees(str(State.PENDED.label), f"#row-{request.pk}")
    does(unit, "extend", until=ahead(hours=9), reason_text="Perlu waktu lagi.")  # the reason is the hold's
    more = PendingRequest.objects.get(extends=request)
    stands(unit, request, State.EXTENDED)
    at(agent, more, "take")
    agent.press("a")
    agent.shows("#offer-record_attempt")
    does(agent, "record_attempt", result="CONNECTED", answered_by="Bonar Nababan")
    agent.shows("#offer-agree")
    does(agent, "agree", said_yes=True)
    deliver(more)
    stands(agent, more, State.PENDED)
    at(unit, more, "go_on")
    does(unit, "go_on", asked_by="UNIT", note="Material sudah ada.")
    deliver(more)
    stands(unit, more, State.RESUMED)


def test_unreachable_refused_and_changed_under_us(ujang: User, rini: User, nossa: Outside, seat: Seat) -> None:
    silent, refuses, moved = (contacting(rini, asked(ujang, number)) for number in (OPEN, OTHER, THIRD))
    for _call in range(2):
        call(rini, silent, "BUSY")
        time_passes(silent, 11)
    call(rini, refuses, "CONNECTED")
    call(rini, moved, "CONNECTED")
    agent = seat(rini)

    at(agent, silent, "record_attempt")
    agent.lacks("#offer-give_up")
    does(agent, "record_attempt", result="NO_ANSWER")
    agent.shows("#offer-give_up")
    does(agent, "give_up", said="Tiga kali tidak diangkat.")
    deliver(silent)
    stands(agent, silent, State.PENDED)

    at(agent, refuses, "refuse")
    does(agent, "refuse", said="Harus selesai hari ini.")
    deliver(refuses)
    stands(agent, refuses, State.RETURNED)

    nossa.advance(THIRD, status="WAIT")
    at(agent, moved, "agree")
    does(agent, "agree", said_yes=True)
    deliver(moved)
    stands(agent, moved, State.CHECKING)
    agent.sees("WAIT", "#open")
    does(agent, "start_contact", contact_number=CALL["number"])
    agent.shows("#offer-agree")
    does(agent, "agree", said_yes=True)
    deliver(moved)
    stands(agent, moved, State.PENDED)


def test_nossa_away_and_back_and_the_end_at_night(
    ujang: User, rini: User, bowo: User, nossa: Outside, seat: Seat
) -> None:
    failing, ends = contacting(rini, asked(ujang)), pended(rini, ujang, OTHER)
    call(rini, failing, "CONNECTED")
    agent, leader = seat(rini), seat(bowo)
    nossa.fault("nossa", "set_pending", "http_500")
    at(agent, failing, "agree")
    does(agent, "agree", said_yes=True)
    ExternalCall.objects.filter(operation="set_pending").update(retry_seconds=[])
    deliver(failing)
    stands(agent, failing, State.FAILED)
    agent.lacks("#offer-retry")
    nossa.heal()
    at(leader, failing, "retry")
    leader.press("o")
    expect(leader.page.locator("#open .chip-solid").first).to_have_text(str(State.APPLYING.label))
    deliver(failing)
    stands(leader, failing, State.PENDED)

    leader.open(reverse("pend-today"))
    leader.shows("#queue-rows")
    if timezone.localtime(ends.until).date() == timezone.localdate():
        leader.press("j")
        leader.lands_in("[data-row]")
    leader.is_fit("pend-today")
    time_is_up(ends, "resume")  # nobody touches a key
    deliver(ends)
    stands(leader, ends, State.RESUMED)
    leader.open(reverse("pend-today"))
    leader.shows(f"#row-{ends.pk}[data-ended]")
    leader.open(reverse("pending:list") + "?view=all")
    leader.shows(".row:nth-of-type(2)")
    leader.is_fit("register")


def test_the_next_step_opens_when_it_comes_unless_somebody_opened_another(
    ujang: User, rini: User, nossa: Outside, seat: Seat
) -> None:
    for opens, incident in ((False, OPEN), (True, OTHER)):
        request = asked(ujang, incident)
        window = seat(rini)
        at(window, request, "pick_up")
        window.press("a")
        window.shows("#offer-reject[open]")  # until NOSSA has answered it is all there is
        if opens:
            window.page.locator("#offer-read_again > summary").click()
            window.shows("#offer-read_again[open]")
        deliver(request)
        window.until("#offer-start_contact .reason")
        expect(window.page.locator(".offer[open]")).to_have_id("offer-read_again" if opens else "offer-start_contact")


def test_a_corrected_number_is_told_of_once(ujang: User, nossa: Outside, seat: Seat) -> None:
    unit = seat(ujang).open(reverse("pend-ask"))
    unit.forgive(422)
    unit.page.locator("[name=incident]").fill("123")
    unit.page.locator("[data-submit]").click()
    expect(unit.page.locator("#ask-id_incident_error")).to_have_count(1)
    expect(unit.page.get_by_text("Nomor tiket berbentuk")).to_have_count(1)
    unit.page.locator("[name=incident]").fill("IN10999999")
    unit.page.locator("[name=reason_text]").focus()
    unit.sees("NOSSA tidak mengenal tiket ini", "#incident-said")
    expect(unit.page.locator("#ask-id_incident_error")).to_have_count(0)


def test_an_error_in_the_form_loses_no_file(ujang: User, nossa: Outside, seat: Seat) -> None:
    unit = seat(ujang).open(reverse("pend-ask"))
    unit.forgive(422)
    chosen: Any = {"name": "izin.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 izin"}
    unit.page.locator("[name=attachments]").set_input_files([chosen])
    unit.fill(incident="123", reason="CUST_RESCHEDULE", reason_text="Pelanggan minta besok pagi.", unit="TA Bandung")
    unit.page.locator("[name=until]").fill(f"{timezone.localtime(ahead(hours=5)):%Y-%m-%dT%H:%M}")
    unit.page.locator("[data-submit]").click()
    expect(unit.page.locator("#ask-id_incident_error")).to_have_count(1)
    unit.page.locator("[name=incident]").fill(OPEN)
    unit.press("Control+Enter")
    unit.shows("#open [data-case]")
    unit.sees("izin.pdf", ".pend-evidence")
    heading: Any = unit.page.locator("#evidence-title").bounding_box()
    assert heading["height"] < 24  # the clip stands beside its words
    unit.is_fit("pend-evidence")


def test_a_call_tried_again_from_the_outbox_is_followed_to_its_answer(
    ujang: User, rini: User, bowo: User, nossa: Outside, seat: Seat
) -> None:
    failing = agreed(rini, contacting(rini, asked(ujang)))
    nossa.fault("nossa", "set_pending", "http_500")
    ExternalCall.objects.filter(operation="set_pending").update(retry_seconds=[])
    deliver(failing)
    nossa.heal()
    leader = seat(bowo).open(reverse("outbox"))
    leader.sees("percobaan habis", "main tbody")
    leader.page.locator("main tbody button").click()
    leader.sees("Dalam proses", "main tbody")
    deliver(failing)
    leader.sees("Dijawab", "main tbody")
    leader.is_fit("outbox-answered")
