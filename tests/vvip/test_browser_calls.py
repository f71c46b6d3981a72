"""The ways of a 147 call by keys alone: not listed, not verified, several customers, CTI away."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, expect

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workspace.suggestions import KEY
from tests.caring.windows import counted
from tests.journeys.browser.conftest import Seat, seat
from tests.journeys.browser.window import Window
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


def test_from_the_ring_of_a_vvip_to_the_callback_in_six_acts(sari: User, systems: Outside, seat: Seat) -> None:
    """Issue 13: what the customer says is written down, then a key each: answers matched, way out read, callback."""
    desk.listed("PUBLIC_FIGURE")
    desk.way_out()
    window = seat(sari)
    services.screen_pop(
        desk.person("cti", Role.API_CLIENT),
        {"call_id": "CTI-8", "number": entries.PHONE, "agent": "sari", "at": timezone.now()},
    )
    call = SpecialCase.objects.get()
    window.open(call.get_absolute_url())
    pressed = counted(window)
    window.shows("#offer-note_report .reason")
    window.press(KEY)
    window.lands_in("#offer-note_report [name=report]")
    window.type("Internet mati.")
    window.press("Control+Enter")
    window.sees(
        "Nama pelanggan terdaftar, Nomor kontak terdaftar, Alamat surel terdaftar", "#offer-confirm_identity .reason"
    )
    window.is_fit("call-verify")
    window.context.clock.fast_forward(5_000)
    window.shows("#offer-confirm_identity [data-submit-also]:enabled")
    with window.page.expect_response("**/part/procedure/"):
        window.page.evaluate("htmx.trigger(document.body, 'live-case')")
    window.page.wait_for_selector(".htmx-request, .htmx-swapping, .htmx-settling", state="detached")
    assert window.page.locator("#offer-confirm_identity [data-submit-also]:enabled").count() == 1
    takes(window, "confirm_identity")
    is_in(window, State.LIST_CHECKED)
    window.is_fit("call-way-out")
    takes(window, "read_way_out")
    is_in(window, State.WAYOUT_READ)
    window.sees("Wulan Sasmita", "#offer-queue_callback .reason")
    takes(window, "queue_callback")
    is_in(window, State.CALLBACK_QUEUED)
    assert pressed == ["0", "Control+Enter", "0", "0", "0"]  # and the words typed: six
    call = desk.again(call)
    assert call.questions_asked == call.questions_matched == ["name", "contact", "mail"]
    assert call.script_read_at
    assert call.live_callback().contact_name == "Wulan Sasmita"
    window.sees("Sampaikan ke pelanggan", "#procedure")
    window.is_fit("call-queued")


def test_the_state_of_a_super_emergency_on_the_board_is_read_whole(browser: Browser) -> None:
    soon = timezone.now() + timedelta(days=30)
    calls = [
        SimpleNamespace(
            pk=number, number="SK0000012", state=state, get_state_display=state.label, get_absolute_url="/",
            customer=SimpleNamespace(short_segment="DES"), is_verified=True, news_due=soon, urgent_at=soon,
            urgent_for="super_end", emergency_owner="Indah Permatasari Kusuma",
        )
        for number, state in enumerate(State)
    ]  # fmt: skip
    card = render_to_string("vvip/board_emergencies.html", {"card": {"obj": {"calls": calls}}})
    css = (settings.BASE_DIR / "static/dist/app.css").read_text()
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.set_content(f'<style>{css}</style><section class="card" style="width:270px">{card}</section>')
    fits = "one => one.scrollWidth <= one.clientWidth && one.closest('.card').scrollWidth <= 272"
    for number, state in enumerate(State):
        row = page.locator(f"#emergency-{number}").get_by_text(str(state.label), exact=True)
        assert row.evaluate(fits), state


def takes(window: Window, step: str) -> None:
    """The key of the suggested step takes it."""
    window.page.wait_for_selector(".htmx-request", state="detached")
    window.shows(f"#offer-{step} .reason")
    window.context.clock.fast_forward(5_000)
    window.page.wait_for_selector(f"#offer-{step} [data-submit-also]:disabled", state="detached")
    with window.page.expect_response(lambda response: f"/steps/{step}/" in response.url):
        window.press(KEY)


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


def test_who_is_refused_sees_why_and_the_key_goes_on(sari: User, systems: Outside, seat: Seat) -> None:
    desk.listed("PUBLIC_FIGURE")
    window = seat(sari)
    recorded(window)
    does(window, "start_verification")
    window.press(CallDesk.keys["confirm_identity"])
    window.tab_to("#offer-confirm_identity [name=asked][value=name]")
    window.press("Space")
    window.forgive(422)
    window.submit()
    why = window.page.locator("#offer-confirm_identity :is(.error, form > [data-signal=breach])").first
    expect(why).to_be_in_viewport(ratio=1)
    window.lands_in("#offer-confirm_identity")
    window.sees("Nama pelanggan terdaftar", "#offer-confirm_identity .reason")
    window.tab_to("#offer-confirm_identity [name=asked][value=name]")
    window.press("Space")  # it was not asked after all
    takes(window, "confirm_identity")
    is_in(window, State.LIST_CHECKED)


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
    is_in(window, State.VERIFYING)


def test_a_key_held_or_beaten_states_nothing_that_nobody_did(sari: User, systems: Outside, seat: Seat) -> None:
    """“All match” is not pressed with the step before it, and where ticks say something else they are what is sent."""
    desk.listed("PUBLIC_FIGURE")
    desk.way_out()
    window = seat(sari)
    desk.recorded(sari)
    window.open(SpecialCase.objects.get().get_absolute_url())
    takes(window, "start_verification")
    window.shows("#offer-confirm_identity[open] [data-submit-also]:disabled")
    window.press(KEY, KEY, KEY)
    is_in(window, State.VERIFYING)
    window.page.locator("#offer-confirm_identity [name=asked][value=name]").check()
    window.context.clock.fast_forward(5_000)
    window.shows("#offer-confirm_identity [data-submit-also]:disabled")
    window.page.locator("#offer-confirm_identity [name=asked][value=name]").uncheck()
    window.shows("#offer-confirm_identity [data-submit-also]:enabled")


def test_whose_number_nobody_has_the_key_leads_to_the_field(sari: User, systems: Outside, seat: Seat) -> None:
    window = seat(sari)
    desk.recorded(sari, internet_number="129999999999", caller_number="081299990000")
    window.open(SpecialCase.objects.get().get_absolute_url())
    window.shows("#offer-choose_customer .reason")
    window.press(KEY)
    window.lands_in("#offer-choose_customer [name=number]")
