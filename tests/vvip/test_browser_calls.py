"""The ways of a 147 call by keys alone: not listed, not verified, several customers, CTI away."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tenesa.accounts.models import User
from tests.journeys.browser.conftest import Seat, seat
from tests.journeys.desk import Outside
from tests.segmentation import entries
from tests.vvip import desk
from tests.vvip.windows import at_call as does
from tests.vvip.windows import is_in, recorded, verified
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


def test_from_the_confirmed_vvip_to_the_callback_in_six_keys(sari: User, systems: Outside, seat: Seat) -> None:
    """The way out is read aloud, then the callback entered: number and name stand there already."""
    desk.listed("PUBLIC_FIGURE")
    desk.way_out()
    window = seat(sari)
    services.record(sari, {"number": entries.INTERNET, "caller_number": entries.PHONE, "report": "Mati."}, owner=sari)
    window.open(SpecialCase.objects.get().get_absolute_url())
    verified(window)
    pressed = []

    def press(key: str) -> None:
        pressed.append(key)
        window.press(key)

    press(CallDesk.keys["read_way_out"])
    window.lands_in("#offer-read_way_out[open] [name=read]")
    press("Space")
    press("Control+Enter")
    is_in(window, State.WAYOUT_READ)
    press(CallDesk.keys["queue_callback"])
    window.lands_in("#offer-queue_callback[open]")
    press("Control+Enter")
    is_in(window, State.CALLBACK_QUEUED)
    assert len(pressed) <= 6
    window.sees("Sampaikan ke pelanggan", "#procedure")
    window.is_fit("call-queued")


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
