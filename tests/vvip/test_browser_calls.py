"""The ways of a 147 call by keys alone: listed, not listed, not verified, several customers, CTI away."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tenesa.accounts.models import User
from tests.journeys.browser.conftest import Seat, seat
from tests.journeys.browser.window import Window
from tests.journeys.desk import Outside
from tests.segmentation import entries
from tests.vvip import desk
from vvip import services
from vvip.calls.desk import CallDesk
from vvip.calls.states import State
from vvip.models import SpecialCase

__all__ = ["seat"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("all_hours"),
]


def does(window: Window, step: str, **values: Any) -> None:
    """A step by its key; fields by Tab, sent with Ctrl+Enter where it has any."""
    window.shows(f"#offer-{step}")
    with window.page.expect_response(lambda answer: f"/steps/{step}/" in answer.url):
        window.press(CallDesk.keys[step])
        if values:
            window.lands_in(f"#offer-{step}[open]")
            window.fill(**values)
            window.press("Control+Enter")


def matches(window: Window, *rows: str) -> None:
    """Tick the answers that matched; that they were asked follows."""
    window.shows("#offer-confirm_identity")
    window.press(CallDesk.keys["confirm_identity"])
    for row in rows:
        window.tab_to(f"#offer-confirm_identity [name=matched][value={row}]")
        window.press("Space")


def is_in(window: Window, state: State) -> None:
    expect(window.page.locator("#open .chip-solid").first).to_have_text(str(state.label))


def recorded(window: Window, number: str = entries.INTERNET) -> None:
    """The caller's number and words; Enter records."""
    window.open(reverse("call-new"))
    window.lands_in("[name=number]")
    window.type(number)
    window.fill(report="Internet mati sejak pagi.")
    window.press("Control+Enter")


def verified(window: Window) -> None:
    window.shows("#offer-start_verification")
    does(window, "start_verification")
    matches(window, "name", "address", "contact")
    window.is_fit("call-verifying")
    with window.page.expect_response(lambda answer: "/steps/" in answer.url):
        window.press("Control+Enter")
    is_in(window, State.LIST_CHECKED)


@pytest.mark.parametrize(
    "criterion", ["NO_UNISOLATE", "CUT_REINSTALL", "HARD_COMPLAINT", "HIGH_SPEED", "PUBLIC_FIGURE"]
)
def test_listed_to_the_callback(sari: User, systems: Outside, seat: Seat, criterion: str) -> None:
    desk.listed(criterion)
    desk.way_out()
    window = seat(sari)
    recorded(window)
    verified(window)
    window.sees("tim khusus kami", "#procedure")
    window.is_fit("call-way-out")
    does(window, "read_way_out", read=True)
    is_in(window, State.WAYOUT_READ)
    does(window, "queue_callback", number_to_call=desk.PHONE)
    is_in(window, State.CALLBACK_QUEUED)
    assert SpecialCase.objects.get().callbacks.get().state == "QUEUED"


def test_not_listed_is_solved_and_goes_to_the_backend(sari: User, systems: Outside, seat: Seat) -> None:
    desk.customer()
    window = seat(sari)
    recorded(window)
    verified(window)
    desk.deliver()
    does(window, "analyse", analysis="Modem perlu dinyalakan ulang.")
    is_in(window, State.T1_ANALYSED)
    window.shows("#reading-mycx-search")
    window.is_fit("call-analysis")
    does(window, "solve", solution="Pulih setelah dinyalakan ulang.", informed=True)
    is_in(window, State.CLOSED)
    recorded(window)
    verified(window)
    does(window, "analyse", analysis="Kabel putus.")
    does(window, "ask_for_backend", reason="Mohon perbaikan kabel.")
    is_in(window, State.BACKEND_WAIT_APPROVAL)


def test_data_that_do_not_match(sari: User, systems: Outside, seat: Seat) -> None:
    desk.listed("PUBLIC_FIGURE")
    window = seat(sari)
    recorded(window)
    does(window, "start_verification")
    window.shows("#offer-fail_verification")
    window.press(CallDesk.keys["fail_verification"])
    window.tab_to("#offer-fail_verification [name=asked][value=name]")
    window.press("Space")
    with window.page.expect_response(lambda answer: "/steps/" in answer.url):
        window.press("Control+Enter")
    is_in(window, State.CLOSED)
    window.lacks("#readings")


def test_several_customers_one_chosen_by_key(sari: User, systems: Outside, seat: Seat) -> None:
    entries.customer("3000901")
    desk.customer(reference="3000902", name="Bonar Nababan")
    window = seat(sari)
    recorded(window, entries.PHONE)
    window.shows(".who-list [data-key='2']")
    window.is_fit("call-who")
    window.press("2")
    window.shows("#offer-start_verification")
    assert str(SpecialCase.objects.get().customer) == "Bonar Nababan"


def test_it_rings_and_the_cti_is_away(sari: User, systems: Outside, seat: Seat) -> None:
    from django.utils import timezone

    from tenesa.accounts.roles import Role

    desk.listed("PUBLIC_FIGURE")
    systems.fault("cti", "category", "http_500")
    window = seat(sari).open(reverse("calls:list"))
    event = {"call_id": "CTI-7", "number": entries.PHONE, "agent": "sari", "at": timezone.now()}
    services.screen_pop(desk.person("cti", Role.API_CLIENT), event)
    window.until(".ringing a")
    window.is_fit("call-ringing")
    window.press("F2")
    window.shows("#offer-note_report")
    desk.deliver()
    does(window, "note_report", report="Internet mati.")
    window.sees("CTI tidak menjawab", "#procedure")
    does(window, "start_verification")
    is_in(window, State.VERIFYING)
