"""What goes wrong at a desk: twice, back, too late, two at once, signed out. Each ends in words, nothing lost."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Route

from tenesa.accounts.models import User
from tenesa.mail.models import OutboundMail
from tenesa.workspace.models import Draft
from tests.journeys import ways
from tests.journeys.browser.conftest import Seat
from tests.journeys.browser.window import PASSWORD
from tests.journeys.desk import Api, Handling, World
from tests.journeys.post import Customer
from tickets.states import State

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def case(world: World, rini: User, bonar: Customer) -> Handling:
    """Rini holds a question of Bonar's."""
    held = world.case_of(world.person(rini), bonar.writes("Tanya bandwidth", "Berapa pilihan bandwidth Astinet?"))
    ways.check_segment(held, "DES")
    held.take("identify", kind="INFORMATION")
    return held


def test_two_quick_enters_and_a_resubmit_send_one_mail(
    world: World, seat: Seat, rini: User, case: Handling, bonar: Customer
) -> None:
    window = seat(rini)
    window.open_case(case.pk)
    late: list[Route] = []
    window.page.route("**/bar/", lambda route: late.append(route))  # noqa: PLW0108  # a bound method is no handler
    with window.page.expect_request("**/bar/"):
        window.page.evaluate("htmx.trigger(document.body, 'live-case')")
    window.compose("Tersedia 200 Mbps.")
    with window.page.expect_response("**/bar/"):  # what was fetched for the closed composer comes when it is open
        late.pop().continue_()
    assert window.page.input_value("#composer textarea") == "Tersedia 200 Mbps."
    window.page.unroute("**/bar/")
    with window.page.expect_response(lambda answer: "/steps/write/" in answer.url):
        window.press("Control+Enter", "Control+Enter", "Control+Enter")
    window.shows(".mail.ours >> text=Tersedia 200 Mbps.")
    bonar.gets("Tersedia 200 Mbps.")

    window.page.go_back()
    window.shows("#case-head")
    window.page.go_forward()
    window.shows("#case-head")
    window.open_case(case.pk)
    window.lacks("#composer textarea")  # nothing is left that could be sent again
    world.at_rest()
    assert case.history().count("write") == 1
    assert case.sent() == ["acknowledgement", "reply"]
    assert len(bonar.mails()) == 2
    assert not Draft.objects.exists()


def test_the_same_form_in_two_windows_is_refused_in_words(world: World, seat: Seat, rini: User, case: Handling) -> None:
    window, late = seat(rini), seat(rini)
    for each in (window, late):
        each.open_case(case.pk)
        each.reach("answer_information")
        each.press("Enter")
        each.lands_in("#composer textarea")
        each.type("Tersedia 200 Mbps.")
        each.fill(related_product="Astinet SD-WAN")
    window.submit()
    window.is_in(State.INFO_ANSWERED)
    late.submit()
    late.forgive(409)
    late.sees("Tidak ada yang berubah", "#procedure")
    late.sees("Tersedia 200 Mbps.", ".kept")
    world.at_rest()
    assert case.history().count("answer_information") == 1
    assert case.sent() == ["acknowledgement", "answer"]


def test_the_second_of_two_agents_hears_why_and_loses_nothing(
    world: World, seat: Seat, leader: Api, dewi: User, case: Handling
) -> None:
    rini, bonar = case.api.user, world.customer("Bonar Nababan", "bonar@samudra.example")
    hers = seat(rini)
    hers.open_case(case.pk)
    hers.compose("Jawaban panjang yang sudah saya tulis.")
    case.as_(leader).take("take_over", owner=dewi.pk, reason="Dewi yang menangani.")
    hers.submit()  # before the page has heard of it
    hers.forgive(409)
    hers.sees(f"Kasus ini dipegang {dewi}", "#procedure")
    hers.sees("Jawaban panjang yang sudah saya tulis.", ".kept")
    hers.shot("second-agent")
    assert Draft.objects.get(author=rini).values["message"] == "Jawaban panjang yang sudah saya tulis."
    world.at_rest()
    assert case.sent() == ["acknowledgement"]

    theirs = seat(dewi)
    theirs.open_case(case.pk)
    theirs.until(f"#case-head .chip:has-text('{rini}')")  # who else looks
    theirs.compose("Dari Dewi.")
    theirs.submit()
    bonar.gets("Dari Dewi.")
    assert case.history().count("write") == 1


def test_a_session_that_ends_in_the_middle_of_writing_loses_nothing(
    world: World, seat: Seat, rini: User, case: Handling, bonar: Customer
) -> None:
    window = seat(rini)
    window.open_case(case.pk)
    window.compose("Kalimat yang tidak boleh hilang.")
    Session.objects.all().delete()
    window.submit()
    window.lands_in("#signed-out")
    window.shot("signed-out")
    assert window.page.input_value("#composer textarea") == "Kalimat yang tidak boleh hilang."
    assert case.history().count("write") == 0

    with window.context.expect_page() as opened:
        window.press("Enter")
    other = opened.value
    other.locator("[name=username]:focus").wait_for()
    other.keyboard.type(rini.username)
    other.keyboard.press("Tab")
    other.keyboard.type(PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_url(lambda url: "sign-in" not in url)
    other.close()
    window.page.bring_to_front()
    window.press("Shift+Tab")
    window.tab_to("#composer textarea", limit=200)
    window.submit()
    window.shows(".mail.ours >> text=Kalimat yang tidak boleh hilang.")
    bonar.gets("Kalimat yang tidak boleh hilang.")
    assert case.history().count("write") == 1
    assert window.page.locator("#signed-out").count() == 0


def test_a_draft_survives_a_reload(world: World, seat: Seat, rini: User, case: Handling) -> None:
    window = seat(rini)
    window.open_case(case.pk)
    window.compose("Belum selesai")
    window.shows("#draft-state:not(:empty)")
    window.page.reload()
    window.sees("Lanjutkan draf")
    window.press("r")
    window.lands_in("#composer textarea")
    assert window.focus["value"] == "Belum selesai"
    window.press("Escape")
    other = seat(rini, size="phone")
    other.open_case(case.pk)
    other.press("r")
    other.lands_in("#composer textarea")
    assert other.focus["value"] == "Belum selesai"
    other.shot("draft-phone")
    assert case.sent() == ["acknowledgement"]
    assert OutboundMail.objects.filter(automatic=False).count() == 0
