"""The desk of prospects as an agent sees and works it, by keys alone (P-01 5.1 - 5.3, 8; story 10)."""

from __future__ import annotations

import pytest

from caring.models import CaringResult, Promise
from caring.prospects.states import State
from caring.results.states import State as ResultState
from tenesa.accounts.models import SYSTEM, User
from tenesa.contact.models import Dial
from tenesa.workflow.perform import perform
from tests.caring import desk
from tests.caring.test_with_systems import fastel
from tests.caring.windows import agreed, at_prospect, at_result, counted, in_call, is_in, judged, keyed, opened, owing
from tests.journeys.browser.conftest import Seat, seat
from tests.journeys.browser.window import Window
from tests.journeys.desk import Outside

__all__ = ["seat"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ON_THE_SCREEN = """() => [...document.querySelectorAll(".bills, .script[open], #dial, .offer")].every(part => {
  const box = part.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight && box.height > 0; })"""
CUT = """() => [...document.querySelectorAll(".offer[open] .reason span")].filter(
  it => it.scrollWidth > it.clientWidth).length"""
ROOM = """() => [...document.querySelectorAll(".offer[open] select")].filter(it => {
  const pen = new OffscreenCanvas(1, 1).getContext("2d"), style = getComputedStyle(it);
  pen.font = style.font;
  const room = it.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return pen.measureText(it.selectedOptions[0].text).width > room; }).map(it => it.name)"""


@pytest.fixture
def window(systems: Outside, seat: Seat, citra: User, novita: User) -> Window:
    """Citra's, with the five scripts published."""
    desk.publish_scripts(novita)
    return seat(citra)


def test_call_bills_script_and_result_stand_on_one_screen(window: Window) -> None:
    """Also in the first days: the hints make room while a prospect is open."""
    User.objects.update(tour_hint=0)
    window.open("/prospects/")
    window.shows("#tour")
    in_call(window, owing())
    assert not window.page.locator("#tour").is_visible()
    assert window.page.evaluate(ON_THE_SCREEN)
    assert "Rp" not in window.page.locator("body").inner_text()
    keyed(window, "i", until="#offer-agree[open]")
    window.sees("Rp 550.000", ".bills")
    window.sees("Membayar Rp", ".bills")
    assert window.page.evaluate(ON_THE_SCREEN)
    assert window.page.locator("#offer-note_number, #offer-report_fault, #offer-change_area").count() == 3
    assert (window.page.evaluate(CUT), window.page.evaluate(ROOM)) == (0, [])
    window.is_fit("caring-call")


def test_agree_takes_six_keys_and_not_reached_three(window: Window, systems: Outside) -> None:
    """Issue 13 wants nine and three: keys, clicks and filled fields from the prospect on the page to its result."""
    one, pressed = owing(), counted(window)
    result = agreed(window, one)
    assert pressed == ["a", "c", "i", "v", "Space", "Control+Enter"]
    assert (result.state, result.offer, result.arrears) == (ResultState.QC_QUEUED, "FULL", 550_000)
    assert (result.amount_told, result.promise.state) == (desk.again(one).owed.total, "UNCONFIRMED")
    assert result.recording
    pressed.clear()
    other = in_call(window, owing(1))
    call_id = Dial.objects.get(case_id=other.pk).call_id
    systems._ask("POST", f"softphone/{call_id.replace('EB-', 'CALL-')}/end", json={"result": "BUSY"})
    window.until("#dial:not([hx-get])")
    window.page.locator("#offer-miss [data-at-once]").wait_for(state="attached")  # its key takes it now
    with window.page.expect_response(lambda answer: "/steps/miss/" in answer.url):
        window.press("o")
    assert pressed == ["a", "c", "o"]
    assert CaringResult.objects.get(prospect=other).reason == "BUSY"


def test_agree_approve_final_kept(window: Window, seat: Seat, systems: Outside, laras: User, novita: User) -> None:
    result = agreed(window, owing(1))
    judged(seat(laras), result)
    leader = seat(novita)
    opened(leader, result)
    at_result(leader, "finalise")
    is_in(leader, ResultState.FINAL)
    systems._ask("POST", "epayment/pay", json={"fastel": result.fastel})
    perform(result, "ask_payments", actor=SYSTEM)
    desk.deliver()
    assert Promise.objects.get().state == Promise.State.KEPT


def test_decline_brings_the_script_of_its_reason(window: Window) -> None:
    one = in_call(window, owing())
    keyed(window, "i", until="#offer-agree[open]")
    keyed(window, "q", until="#script-reasons .prose")
    window.lands_in("#offer-decline")
    window.is_fit("caring-decline")
    window.fill(reason="EXPENSIVE", script_read=True)
    window.submit()
    is_in(window, State.DONE_DECLINE)
    assert CaringResult.objects.get(prospect=one).reason == "EXPENSIVE"


def test_paid_while_talking_is_told_on_the_open_page(window: Window, systems: Outside, citra: User) -> None:
    one = in_call(window, owing(1))
    systems._ask("POST", "epayment/pay", json={"fastel": one.fastel})
    perform(one, "read_systems", actor=citra)
    desk.deliver()
    window.until("#case-above .say[data-signal=met]")
    window.lacks("#case-above .script")
    assert desk.again(one).is_paid


def test_another_number_is_chosen_by_keys(window: Window) -> None:
    one = desk.prospect(fastel=fastel(1), phones=["081210000001", "081210000002"])
    opened(window, one)
    at_prospect(window, "pick")
    desk.deliver()
    window.until("#offer-choose_number")
    window.take("choose_number")
    assert desk.again(one).number_called == "081210000002"


def test_what_was_taken_is_no_success_any_more_once_the_case_has_ended(window: Window, novita: User) -> None:
    one = owing()
    opened(window, one)
    at_prospect(window, "pick")
    is_in(window, State.PICKED)
    window.sees("Ambil prospek", "#toasts .toast[data-while-open]")
    perform(desk.again(one), "exclude", actor=novita, data={"why": "DISPUTE", "note": "Sengketa tagihan."})
    window.hears()
    window.shows("#procedure[data-ended]")
    window.lacks("#toasts .toast")
